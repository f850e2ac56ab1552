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
import { PowerReader } from './power.js'
import { UserGuard } from './user-guard.js'

interface Answers {
  isUnlimited: boolean | null
  readonly users: Map<string, boolean>
  readonly groups: Map<string, boolean>
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
    return (answers.isUnlimited ??= (await this.powers.read(request.user as BaseUser)).actor?.isUnlimited === true)
  }

  /** Whether a user is within reach of who is asking, for what a page offers. */
  async reachesUser(request: SiteRequest, key: unknown): Promise<boolean> {
    const who = request.user as BaseUser
    if (isAlmighty(who) || String(who.pk) === String(key)) return true
    const { users } = this.#answersOf(request)
    if (!users.has(String(key))) await this.preloadUsers(request, [key])
    return users.get(String(key)) ?? false
  }

  /** The same for a group. */
  async reachesGroup(request: SiteRequest, key: unknown): Promise<boolean> {
    if (isAlmighty(request.user as BaseUser)) return true
    const { groups } = this.#answersOf(request)
    if (!groups.has(String(key))) await this.preloadGroups(request, [key])
    return groups.get(String(key)) ?? false
  }

  /** Settles for several users at once what pages will ask of each, in a constant number of statements. */
  async preloadUsers(request: SiteRequest, keys: readonly unknown[]): Promise<void> {
    const who = request.user as BaseUser
    if (isAlmighty(who) || keys.length === 0) return
    const { actor, of } = await this.powers.read(who, keys)
    const { users } = this.#answersOf(request)
    const accounts = keys.flatMap((key) => of(key) ?? [])
    const beyond = new Set(actor === null ? accounts : await this.powers.strongerAmong(actor, accounts))
    for (const key of keys) {
      const account = of(key)
      // An account that is not found is one that nothing is known of.
      users.set(String(key), String(key) === String(who.pk) || (account !== null && !beyond.has(account)))
    }
  }

  /** The same for groups. */
  async preloadGroups(request: SiteRequest, keys: readonly unknown[]): Promise<void> {
    if (isAlmighty(request.user as BaseUser) || keys.length === 0) return
    const { actor } = await this.powers.read(request.user as BaseUser)
    const stronger = actor === null ? null : await this.powers.strongerGroups(actor, keys)
    const { groups } = this.#answersOf(request)
    for (const key of keys) groups.set(String(key), stronger !== null && !stronger.has(String(key)))
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
