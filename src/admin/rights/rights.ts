/**
 * The rights of one admin: what stands against a change, what it would mean, and what a page may offer to begin with.
 * @module
 */

import { isAlmighty } from '../../authentication/permission-questions.js'
import type { SiteRequest } from '../../authentication/site-request.js'
import type { BaseUser } from '../../accounts/base-user.js'
import type { AdminParts } from '../admin-parts.js'
import type { ModelAction, ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { EffectReader } from './effects.js'
import { GroupGuard } from './group-guard.js'
import { PermissionGuard } from './permission-guard.js'
import { PowerReader, type Standing } from './power.js'
import { UserGuard } from './user-guard.js'

interface Answers {
  isUnlimited: Promise<boolean> | null
  readonly users: Map<string, Promise<boolean>>
  readonly groups: Map<string, Promise<boolean>>
}

/** What guards and pages ask of rights. */
export class Rights {
  readonly powers: PowerReader
  readonly users: UserGuard
  readonly groups: GroupGuard
  readonly permissions: PermissionGuard
  readonly effects: EffectReader
  /** What pages were told already; a guard asks again. */
  readonly #answers = new WeakMap<SiteRequest, Answers>()

  constructor(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}) {
    this.powers = new PowerReader(parts, options)
    this.users = new UserGuard(this.powers)
    this.groups = new GroupGuard(this.powers)
    this.permissions = new PermissionGuard(parts, this.powers)
    this.effects = new EffectReader(parts, this.powers)
  }

  /** Holds who acts and whom it is done to, before anything else is read or written. */
  async hold(visit: AdminVisit, users: readonly unknown[] = []): Promise<void> {
    await this.powers.read(visit.staff, users)
  }

  /** Whether who is asking may grant everything, for what a page offers. */
  async isUnlimited(request: SiteRequest): Promise<boolean> {
    const answers = this.#answersOf(request)
    return (answers.isUnlimited ??= this.#ask(request, [], async ({ actor }) => actor?.isUnlimited === true))
  }

  /** Whether a user is within reach of who is asking, for what a page offers. */
  async reachesUser(request: SiteRequest, key: unknown): Promise<boolean> {
    const who = request.user as BaseUser
    if (isAlmighty(who) || String(who.pk) === String(key)) return true
    return remembered(this.#answersOf(request).users, key, () =>
      this.#ask(request, [key], async ({ actor, of }) => {
        const power = of(key)
        return actor !== null && (power === null || !(await this.powers.isStronger(power, actor)))
      }),
    )
  }

  /** The same for a group. */
  async reachesGroup(request: SiteRequest, key: unknown): Promise<boolean> {
    if (isAlmighty(request.user as BaseUser)) return true
    return remembered(this.#answersOf(request).groups, key, () =>
      this.#ask(
        request,
        [],
        async ({ actor }) => actor !== null && (await this.powers.lacking(actor, await this.powers.ofGroups([key]))).length === 0,
      ),
    )
  }

  /** Settles for several users at once what pages will ask of each, in a constant number of statements. */
  async preloadUsers(request: SiteRequest, keys: readonly unknown[]): Promise<void> {
    if (isAlmighty(request.user as BaseUser) || keys.length === 0) return
    const { actor, of } = await this.powers.read(request.user as BaseUser, keys)
    const { users } = this.#answersOf(request)
    for (const key of keys) {
      const power = of(key)
      const isReached = actor !== null && (power === null || !(await this.powers.isStronger(power, actor)))
      users.set(String(key), Promise.resolve(isReached))
    }
  }

  /** The same for groups. */
  async preloadGroups(request: SiteRequest, keys: readonly unknown[]): Promise<void> {
    if (isAlmighty(request.user as BaseUser) || keys.length === 0) return
    const { actor } = await this.powers.read(request.user as BaseUser)
    const byGroup = await this.powers.byGroup(keys)
    const { groups } = this.#answersOf(request)
    for (const key of keys) {
      const lacking = actor === null ? [0] : await this.powers.lacking(actor, byGroup.get(String(key)) ?? [])
      groups.set(String(key), Promise.resolve(lacking.length === 0))
    }
  }

  async #ask(request: SiteRequest, targets: readonly unknown[], answer: (standing: Standing) => Promise<boolean>): Promise<boolean> {
    return answer(await this.powers.read(request.user as BaseUser, targets))
  }

  #answersOf(request: SiteRequest): Answers {
    const known = this.#answers.get(request) ?? { isUnlimited: null, users: new Map(), groups: new Map() }
    this.#answers.set(request, known)
    return known
  }
}

/** The permission that a guard asks for again; null where the application decides in its own way. */
export function permissionFor(admin: ModelAdmin, action: Exclude<ModelAction, 'view'>): string | null {
  const { hasAddPermission, hasChangePermission, hasDeletePermission } = admin.options
  const own = { add: hasAddPermission, change: hasChangePermission, delete: hasDeletePermission }[action]
  return own === undefined ? admin.permission(action) : null
}

function remembered(answers: Map<string, Promise<boolean>>, key: unknown, ask: () => Promise<boolean>): Promise<boolean> {
  const known = answers.get(String(key)) ?? ask()
  answers.set(String(key), known)
  return known
}
