/**
 * What the keys in events are called: accounts, groups and permissions, each kind in one statement for a whole page.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { readOutside } from '../../authentication/outside-values.js'
import type { StoredEvent } from '../../events/event-table.js'
import type { AdminVisit } from '../visit.js'

/** Somebody or something that an event is about. */
export interface Named {
  readonly name: string
  /** Null where it is gone, or may not be looked at. */
  readonly href: string | null
}

/** Names of a page of events. */
export interface EventNames {
  /** Who did it. */
  readonly account: (key: string) => Named
  /** What it was done to: `user:1`, `group:3`, or whatever an application noted. */
  readonly subject: (target: string) => Named
  /** The groups and permissions that were given or taken. */
  readonly rights: (relation: string, keys: readonly unknown[]) => readonly string[]
}

/** Reads the names of everything that these events name. */
export async function namesOf(visit: AdminVisit, events: readonly StoredEvent[]): Promise<EventNames> {
  const targets = events.flatMap((one) => one.target ?? [])
  const accounts = await accountsOf(visit, [...events.flatMap((one) => one.actor ?? []), ...targets.flatMap((one) => keyOf(one, 'user') ?? [])])
  const changes = events.filter((one) => one.name === 'permissions_changed')
  const changed = (...relations: string[]): number[] =>
    changes.filter((one) => relations.includes(String(one.data['relation']))).flatMap((one) => [...keysIn(one, 'added'), ...keysIn(one, 'removed')])
  const ofTargets = targets.flatMap((one) => keyOf(one, 'group') ?? []).map(Number)
  const groups = await groupsOf(visit, [...changed('groups'), ...ofTargets])
  const permissions = await permissionsOf(visit, changed('permissions', 'userPermissions'))

  const account = (key: string): Named => accounts.get(key) ?? { name: `Account ${key}`, href: null }
  return {
    account,
    subject: (target) => {
      const [user, group] = [keyOf(target, 'user'), keyOf(target, 'group')]
      if (user !== null) return account(user)
      return group === null ? { name: target, href: null } : (groups.get(group) ?? { name: `Group ${group}`, href: null })
    },
    rights: (relation, keys) =>
      keys.map((key) => (relation === 'groups' ? groups.get(String(key))?.name : permissions.get(String(key))) ?? String(key)),
  }
}

/** An account that an event names. */
export interface NamedAccount extends Named {
  readonly user: BaseUser
}

/** The accounts of these keys, as far as there are any. */
export async function accountsOf(visit: AdminVisit, texts: readonly string[]): Promise<ReadonlyMap<string, NamedAccount>> {
  const { registry, users, user } = visit.parts
  const { primaryKey } = users.meta
  if (primaryKey === null) return new Map()
  const keys = [...new Set(texts)].flatMap((text) => readOutside(registry, users.meta, primaryKey, text) ?? [])
  if (keys.length === 0) return new Map()
  const found = await users.filter({ pk: { in: keys } } as never)
  const admin = visit.admin.of(user)
  const isOpen = admin !== null && (await admin.canView(visit.request))
  return new Map(
    found.map((user) => [String(user.pk), { user, name: user.getUsername(), href: isOpen ? admin.url(visit.base, 'security', user.pk) : null }]),
  )
}

async function groupsOf(visit: AdminVisit, keys: readonly number[]): Promise<ReadonlyMap<string, Named>> {
  const known = [...new Set(keys)].filter(Number.isSafeInteger)
  if (known.length === 0) return new Map()
  const found = await visit.parts.groups.filter({ pk: { in: known } } as never)
  const admin = visit.admin.find('auth', 'group')
  const isOpen = admin !== null && (await admin.canView(visit.request))
  return new Map(found.map((one) => [String(one.pk), { name: one.name, href: isOpen ? admin.url(visit.base, 'change', one.pk) : null }]))
}

async function permissionsOf(visit: AdminVisit, keys: readonly number[]): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(keys)].filter(Number.isSafeInteger)
  if (known.length === 0) return new Map()
  const found = await visit.parts.permissions.filter({ pk: { in: known } } as never)
  return new Map(found.map((one) => [String(one.pk), one.name]))
}

/** The key in a target of this kind; null for another. */
export function keyOf(target: string, kind: string): string | null {
  return target.startsWith(`${kind}:`) ? target.slice(kind.length + 1) : null
}

function keysIn(event: StoredEvent, name: 'added' | 'removed'): number[] {
  const keys = event.data[name]
  return Array.isArray(keys) ? keys.map(Number) : []
}
