/**
 * Invitations: links by which somebody makes an account with a given address, and joins groups. Each is for one address, and makes one account.
 * @module
 */

import { PermittedUser, type BaseUser } from '../accounts/base-user.js'
import { normalizeEmail } from '../accounts/email-address.js'
import { Group, type GroupManager } from '../accounts/group.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { readOutside } from '../authentication/outside-values.js'
import type { Clock } from '../base/clock.js'
import { validateEmail } from '../base/email-address.js'
import { DoesNotExist, ImproperlyConfigured, PermissionDenied, problem, ValidationError } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import type { Keys } from '../crypto/keys.js'
import { checkToken, makeToken, type TokenMeaning } from '../crypto/purpose-tokens.js'
import { getRandomString } from '../crypto/random.js'
import type { Manager } from '../database/manager.js'
import type { Mailer } from '../mail/mailer.js'
import { isMailAddress } from '../mail/message.js'
import type { RequestSettings } from '../settings/request-settings.js'
import { PUBLIC_ID } from './email-models.js'
import type { Emails, EmailVerified } from './emails.js'
import type { InvitationRow } from './invitation-model.js'
import type { RegistrationMode } from './registration-settings.js'
import type { RegistrationTerms } from './registration-terms.js'
import type { VerifiedEmails } from './verified-emails.js'

/** What an invitation says. */
export interface NewInvitation<U = BaseUser> {
  readonly email: string
  /** Groups that whoever comes joins: objects, keys or names. */
  readonly groups?: readonly (Group | number | string)[]
  /** When it ends: a moment, or seconds from now. Default: `registration.invitationTimeout`, a week. */
  readonly expires?: Date | number
  /**
   * Who invites. They must be allowed to make accounts, and to hold themselves whatever the groups grant, now and when it is used (I6). Without
   * it the application answers for what it does.
   */
  readonly by?: U
  /** The request it was made in, where `baseUrl` does not say where links lead. */
  readonly request?: unknown
  /** `false`: it is not mailed, and the application hands the link over itself. Default true. */
  readonly mail?: boolean
}

/** An invitation that stands. */
export interface Invitation {
  readonly id: string
  readonly email: string
  /** Keys of groups. */
  readonly groups: readonly number[]
  readonly created: Date
  readonly expires: Date
}

/** The same with its link, which is told once, when it is made. */
export interface MadeInvitation extends Invitation {
  readonly link: string
}

/** What `invitationCreated` and `invitationUsed` tell; the user is who invited, or who came. */
export interface InvitationEvent<U = BaseUser> {
  readonly invitation: Invitation
  readonly user: U | null
}

/** What they are made of. */
export interface InvitationParts {
  readonly mode: RegistrationMode
  /** Seconds. */
  readonly timeout: number
  readonly keys: Keys
  readonly clock: Clock
  readonly requestSettings: RequestSettings
  readonly mailer: Mailer
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly groups: GroupManager
  readonly emails: Emails
  readonly verified: VerifiedEmails
  readonly rows: Manager<typeof InvitationRow>
  readonly emailVerified: Signal<EmailVerified>
  readonly invitationCreated: Signal<InvitationEvent>
  readonly invitationUsed: Signal<InvitationEvent>
}

/** So many a list shows. */
const MOST_LISTED = 1000

/** The invitations of a site; `U` is its user. */
export class Invitations<U extends BaseUser = BaseUser> {
  readonly #parts: InvitationParts

  constructor(parts: InvitationParts) {
    this.#parts = parts
  }

  /**
   * Invites somebody: mails them a link, and gives it back.
   *
   * @throws ValidationError where it is no address, or has an account; DoesNotExist for a group there is not; PermissionDenied where `by` lacks
   * what the groups grant
   * @example
   * const { link } = await auth.invitations.create({ email: 'ada@example.com', groups: ['editors'] })
   */
  async create(invitation: NewInvitation<U>): Promise<MadeInvitation> {
    const { mode, timeout, clock, emails, rows, keys, mailer, requestSettings, invitationCreated } = this.#parts
    if (mode === 'closed') throw new ImproperlyConfigured('registration.mode is “closed”: nobody can use an invitation. Make it “invitation”.')
    const email = normalizeEmail(invitation.email)
    const wrong = isMailAddress(email) ? validateEmail(email) : problem('invalid.email')
    if (wrong !== null) throw new ValidationError({ ...wrong, field: 'email' })
    const groups = await this.#groupsOf(invitation.groups ?? [])
    if (invitation.by !== undefined) await this.#refuseUnlessMay(invitation.by, groups)
    if ((await emails.holders(email, null)).length > 0) throw new ValidationError(problem('unique.email', {}, 'email'))
    const base = emails.baseFor(invitation.request ?? null)
    const now = clock.now()
    const expires = endOf(invitation.expires ?? timeout, now)
    const publicId = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    await rows.create({ publicId, email, groups, invitedBy: String(invitation.by?.pk ?? ''), created: now, expires, usedAt: null })
    const link = `${base}/invitation/${publicId}/${makeToken(keys, meaning(publicId, email, expires), { clock })}/`
    const made = { id: publicId, email, groups, created: now, expires, link }
    if (invitation.mail !== false) {
      const validHours = Math.max(1, Math.floor((expires.getTime() - now.getTime()) / 3_600_000))
      mailer.queueTemplate('invitation', {
        to: { address: email },
        context: { siteName: requestSettings.siteName, userName: email, link, validHours },
      })
    }
    const { link: _link, ...event } = made
    await invitationCreated.send({ invitation: event, user: invitation.by ?? null })
    return made
  }

  /** Those that nobody has used and that still count, the newest first. Their links were told when they were made. */
  async list(): Promise<readonly Invitation[]> {
    const { rows, clock } = this.#parts
    const found = await rows.filter({ usedAt: { isNull: true }, expires: { gt: clock.now() } }, { orderBy: '-created', limit: MOST_LISTED })
    return found.map(told)
  }

  /** Takes an invitation back; false where it was used, or there is none. */
  async revoke(id: string): Promise<boolean> {
    return (await this.#parts.rows.delete({ publicId: id, usedAt: { isNull: true } })).total === 1
  }

  /** @internal Forgets what has ended; tells how many. */
  async clearExpired(): Promise<number> {
    return (await this.#parts.rows.delete({ expires: { lt: this.#parts.clock.now() } })).total
  }

  /** @internal The terms of a link; null where it does not count. */
  async open(id: unknown, token: unknown): Promise<RegistrationTerms | null> {
    const { rows, keys, clock, mode, emails } = this.#parts
    if (typeof id !== 'string' || !ID.test(id) || mode === 'closed') return null
    const row = await rows.find({ publicId: id })
    if (row === null || row.usedAt !== null || row.expires <= clock.now()) return null
    // When it ends stands in what is signed and in the row; a token itself has no other end.
    if (!checkToken(keys, token, meaning(row.publicId, row.email, row.expires), { maxAge: Infinity, clock })) return null
    if ((await emails.holders(row.email, null)).length > 0 || !(await this.#stillMay(row))) return null
    return { email: row.email, accept: async (make) => this.#accept(row, make) }
  }

  async #accept(row: InvitationRow, make: () => Promise<BaseUser>): Promise<BaseUser> {
    const { rows, clock, verified, groups, emailVerified, invitationUsed } = this.#parts
    const user = await rows.registry.database.atomic(async () => {
      const open = { pk: row.pk, usedAt: { isNull: true }, expires: { gt: clock.now() } } as const
      if ((await rows.update(open, { usedAt: clock.now() })) !== 1 || !(await this.#stillMay(row))) throw new ValidationError(problem('invalid_link'))
      const made = await make()
      const joined = await groups.filter({ pk: { in: keysIn(row) } })
      if (made instanceof PermittedUser && joined.length > 0) await made.groups.add(...joined)
      await verified.mark(made.pk, row.email)
      return made
    })
    await emailVerified.send({ user, address: row.email })
    await invitationUsed.send({ invitation: told(row), user })
    return user
  }

  /** Whoever invited may have lost since what the groups grant, or groups may grant more. */
  async #stillMay(row: InvitationRow): Promise<boolean> {
    if (row.invitedBy === '') return true
    const { users } = this.#parts
    const { primaryKey } = users.meta
    const key = primaryKey === null ? null : readOutside(users.registry, users.meta, primaryKey, row.invitedBy)
    const by = key === null ? null : await users.find({ pk: key } as never)
    return by !== null && (await this.#lackOf(by, keysIn(row))) === null
  }

  async #refuseUnlessMay(by: BaseUser, groups: readonly number[]): Promise<void> {
    const lack = await this.#lackOf(by, groups)
    if (lack !== null) throw new PermissionDenied({ permission: lack, reason: `Who invites lacks ${lack}, which an invited account would have.` })
  }

  /** What somebody lacks to invite into these groups; null where they lack nothing. */
  async #lackOf(by: BaseUser, groups: readonly number[]): Promise<string | null> {
    const { appLabel, modelName } = this.#parts.users.meta
    const needed = [`${appLabel}.add_${modelName}`, ...(await this.#parts.groups.namesGrantedBy(groups))]
    if (!(by instanceof PermittedUser) || !by.isActive) return needed[0] ?? ''
    const held = await by.getAllPermissions()
    return needed.find((one) => !by.isSuperuser && !held.has(one as never)) ?? null
  }

  async #groupsOf(given: readonly (Group | number | string)[]): Promise<number[]> {
    const { groups } = this.#parts
    const names = given.filter((one) => typeof one === 'string')
    const keys = given.flatMap((one) => (typeof one === 'number' ? [one] : one instanceof Group ? [one.id] : []))
    const found = [...(await groups.filter({ name: { in: names } })), ...(await groups.filter({ pk: { in: keys } }))]
    const missing = given.find((one) => !found.some((group) => group.name === one || group.id === (one instanceof Group ? one.id : one)))
    if (missing !== undefined) throw new DoesNotExist(`There is no group “${String(missing)}”.`)
    return [...new Set(found.map((one) => one.id))]
  }
}

const ID = new RegExp(`^[0-9a-z]{${PUBLIC_ID.length}}$`)

function endOf(expires: Date | number, now: Date): Date {
  const end = expires instanceof Date ? expires : new Date(now.getTime() + expires * 1000)
  if (Number.isNaN(end.getTime()) || end <= now)
    throw new ImproperlyConfigured('`expires` of an invitation is a moment to come, or seconds from now.')
  // Whole seconds: every engine keeps those, and they are signed.
  return new Date(Math.ceil(end.getTime() / 1000) * 1000)
}

function meaning(publicId: string, email: string, expires: Date): TokenMeaning {
  return { purpose: 'invitation', subject: publicId, context: [email, String(Math.round(expires.getTime() / 1000))] }
}

function keysIn({ groups }: InvitationRow): number[] {
  return Array.isArray(groups) ? groups.filter((one): one is number => typeof one === 'number') : []
}

function told(row: InvitationRow): Invitation {
  return { id: row.publicId, email: row.email, groups: keysIn(row), created: row.created, expires: row.expires }
}
