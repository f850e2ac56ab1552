/**
 * What is held about somebody: all of it as JSON, and none of it any more.
 * @module
 */

import { sql } from 'kysely'
import type { BaseUser } from '../accounts/base-user.js'
import type { ContentTypeManager } from '../accounts/content-type.js'
import { LogEntry } from '../accounts/django-apps.js'
import type { ProfileManager } from '../accounts/profiles.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import type { DeviceSessions } from '../authentication/device-sessions.js'
import type { SiteLockouts } from '../authentication/lockouts.js'
import type { Clock } from '../base/clock.js'
import type { ErrorListener } from '../base/error-listener.js'
import { DoesNotExist, ImproperlyConfigured, problem, ValidationError } from '../base/errors.js'
import { getRandomString } from '../crypto/random.js'
import { writerFor } from '../database/filters.js'
import type { Manager } from '../database/manager.js'
import type { AnyModelClass, Model } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import type { MediaStorage } from '../media/storage.js'
import { anonymousValues } from './anonymous-values.js'
import { belongings, filesOf, leaveRelations } from './belongings.js'
import { PersonalHistory } from './history.js'
import type { PersonalDataPart } from './part.js'

/** Everything that is held about somebody, as JSON can hold it. */
export interface PersonalData {
  /** When it was put together, as ISO 8601. */
  readonly exportedAt: string
  /** Every column but the password's hash. */
  readonly user: Readonly<Record<string, unknown>>
  readonly profile: Readonly<Record<string, unknown>> | null
  readonly groups: readonly string[]
  /** Those that were granted to the user alone. */
  readonly permissions: readonly string[]
  readonly sessions: readonly unknown[]
  readonly lockouts: readonly unknown[]
  /** What the admin's history says of what they did, and of what was done to them. */
  readonly history: { readonly did: readonly unknown[]; readonly suffered: readonly unknown[] }
  /** Further parts: security events, addresses, and those of the application, by name. */
  readonly parts: Readonly<Record<string, unknown>>
}

/** How an erasure ended. */
export interface Erased {
  /** `deleted`: the row is gone. `anonymised`: it stays without the person, for the history of the admin or for rows that are protected. */
  readonly outcome: 'deleted' | 'anonymised'
  /** Stands in place of the name wherever something stays. */
  readonly pseudonym: string
}

/** What it is made of. */
export interface PersonalDataSources {
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly profiles: ProfileManager | null
  readonly contentTypes: ContentTypeManager
  readonly sessions: DeviceSessions
  readonly lockouts: SiteLockouts
  readonly storage: MediaStorage | null
  readonly clock: Clock
  readonly onError: ErrorListener
  /** Those of the site's own, then those of the application. */
  readonly parts: readonly PersonalDataPart[]
  objects(model: AnyModelClass): Manager
}

/** 16 of 36 signs: nobody guesses which. */
const PSEUDONYM = { length: 16, alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789' } as const

/** Exports and erases what is held about users. */
export class PersonalDataService<U extends BaseUser = BaseUser> {
  readonly #sources: PersonalDataSources
  readonly #history: PersonalHistory

  constructor(sources: PersonalDataSources) {
    this.#sources = sources
    this.#history = new PersonalHistory(sources.objects(LogEntry), sources.contentTypes)
    checkNames(sources.parts)
  }

  /**
   * Puts together everything that is held about a user. It is theirs alone: send it nowhere else.
   *
   * @example
   * const held = await auth.personalData.export(await auth.users.get({ username: 'ada' }))
   * const response = Response.json(held, { headers: { 'cache-control': 'no-store' } })
   */
  async export(user: U): Promise<PersonalData> {
    const { clock, lockouts, sessions, parts } = this.#sources
    const profile = await this.#profileOf(user)
    const { groups, userPermissions } = user as unknown as { groups?: Related; userPermissions?: Related }
    const named: Record<string, unknown> = {}
    for (const part of parts) if (part.export !== undefined) named[part.name] = await part.export(user)
    return plain({
      exportedAt: clock.now(),
      user: { ...user.toJSON(), hasUsablePassword: user.hasUsablePassword() },
      profile: profile?.toJSON() ?? null,
      groups: ((await groups?.all()) ?? []).map(String),
      permissions: ((await userPermissions?.all()) ?? []).map(String),
      sessions: await sessions.listFor(user),
      lockouts: (await lockouts.list({ username: user.getUsername() })).map(({ kind, address, tries, until, lastTry }) => ({
        kind,
        address,
        tries,
        until,
        lastTry,
      })),
      history: await this.#history.export(user, profile === null ? [user] : [user, profile]),
      parts: named,
    }) as PersonalData
  }

  /**
   * Erases a user, all or nothing: what belongs to the account goes, its sessions end, its files are removed once that is certain. What they
   * did in the admin stays, under a pseudonym.
   *
   * @throws ValidationError with `last_superuser` for the last active superuser; IntegrityError where rows are protected from it;
   * DoesNotExist where somebody else was faster
   * @example
   * const { outcome, pseudonym } = await auth.personalData.erase(await auth.users.get({ username: 'ada' }))
   */
  async erase(user: U): Promise<Erased> {
    const { registry } = this.#sources
    return registry.database.atomic(async () => {
      const held = await this.#hold(user)
      const pseudonym = `erased-${getRandomString(PSEUDONYM.length, PSEUDONYM.alphabet)}`
      const outcome = await this.#erase(held, pseudonym)
      return { outcome, pseudonym }
    })
  }

  async #erase(user: BaseUser, pseudonym: string): Promise<Erased['outcome']> {
    const { registry, users, sessions, lockouts, parts } = this.#sources
    for (const part of parts) await part.erase?.(user, { pseudonym })
    const profile = await this.#profileOf(user)
    await this.#history.erase(user, profile === null ? [user] : [user, profile], namesOf(user, users.model), pseudonym)
    await sessions.endAll(user)
    await lockouts.unlock({ username: user.getUsername() })
    const own = await belongings(registry, users.model, user)
    const stays = own.isProtected || (await this.#history.hasDone(user))
    const files = [...(await filesOf(registry, own, (model) => this.#sources.objects(model))), ...filesIn(user)]
    await this.#removeLater(files)
    if (!stays) {
      await user.delete()
      return 'deleted'
    }
    for (const { model, column } of own.direct) await this.#sources.objects(model).delete({ [column.name]: user.pk } as never)
    const { groups, userPermissions } = user as unknown as { groups?: Related; userPermissions?: Related }
    await groups?.clear()
    await userPermissions?.clear()
    await leaveRelations(registry, users.model, user)
    await users.updateObject(user, anonymousValues(users.meta, users.model.usernameField, pseudonym))
    await user.setUnusablePassword()
    return 'anonymised'
  }

  /** Holds the user's row, and those of every active superuser: of two who erase each other one is late, and refused. */
  async #hold(user: BaseUser): Promise<BaseUser> {
    const { registry, users } = this.#sources
    const { meta } = users
    const { database } = registry
    const key = meta.primaryKey
    if (key === null) throw new ImproperlyConfigured(`${meta.label} declares no fields and cannot be a user.`)
    const [isSuperuser, isActive] = ['isSuperuser', 'isActive'].map((name) => meta.column.get(name)?.column)
    const superusers =
      isSuperuser === undefined
        ? null
        : sql`${sql.ref(isSuperuser)} = ${true}${isActive === undefined ? sql`` : sql` and ${sql.ref(isActive)} = ${true}`}`
    const encoded = writerFor(registry, meta, key)(user.pk)
    const rows = await database.execute<Record<string, unknown>>(
      sql<
        Record<string, unknown>
      >`select ${users.selectList()} from ${sql.table(meta.table)} where ${sql.ref(key.column)} = ${encoded}${superusers === null ? sql`` : sql` or (${superusers})`} order by ${sql.ref(key.column)} ${database.dialect.forUpdate()}`,
    )
    const found = rows.map((row) => users.load(row as never))
    const held = found.find((one) => String(one.pk) === String(user.pk))
    if (held === undefined) throw new DoesNotExist('This user is no longer in the database.')
    if (isActiveSuperuser(held) && !found.some((one) => one !== held && isActiveSuperuser(one))) throw new ValidationError(problem('last_superuser'))
    return held
  }

  async #profileOf(user: BaseUser): Promise<Model | null> {
    const { profiles } = this.#sources
    return profiles === null ? null : profiles.find({ [profiles.userField]: user.pk } as never)
  }

  async #removeLater(files: readonly string[]): Promise<void> {
    const { storage, registry, onError } = this.#sources
    if (storage === null || files.length === 0) return
    // Not before: a file is not brought back by a rollback.
    await registry.database.onCommit(async () => {
      for (const file of files) await storage.delete(file).catch(onError)
    })
  }
}

interface Related {
  all(): Promise<Model[]>
  clear(): Promise<void>
}

function isActiveSuperuser(user: BaseUser): boolean {
  return user.isActive && (user as { readonly isSuperuser?: boolean }).isSuperuser === true
}

/** By what a person is called in texts. */
function namesOf(user: BaseUser, model: AnyUserClass): readonly string[] {
  const values = user as unknown as Readonly<Record<string, unknown>>
  const { firstName, lastName } = values
  const full = [firstName, lastName].filter((one) => typeof one === 'string' && one !== '').join(' ')
  // The longer first: an address may begin with the name.
  return [user.getUsername(), String(values[model.emailField] ?? ''), full]
    .filter((one) => one !== '')
    .toSorted((one, other) => other.length - one.length)
}

function filesIn(user: BaseUser): string[] {
  const { meta } = user.constructor as unknown as AnyModelClass
  return meta.columns.flatMap(({ name, field }) => {
    const value = (user as unknown as Readonly<Record<string, unknown>>)[name]
    return ['file', 'image'].includes(field.settings.kind) && typeof value === 'string' && value !== '' ? [value] : []
  })
}

function checkNames(parts: readonly PersonalDataPart[]): void {
  const seen = new Set<string>()
  for (const { name } of parts) {
    if (!/^[\w-]{1,40}$/.test(name)) throw new ImproperlyConfigured(`personalData has a part “${name}”. Name it with letters, digits, - and _.`)
    if (seen.has(name)) throw new ImproperlyConfigured(`personalData has two parts “${name}”. Give one another name.`)
    seen.add(name)
  }
}

/** As JSON has it: moments as text, whole numbers of 64 bits too, and what refers to a class as nothing but data. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one)))
}
