/**
 * What an explanation says: the answer of `hasPerm` taken apart, one sentence about it, and a tree for people.
 * @module
 */

/** What an account is, as far as permissions go. */
export type AccountStatus = 'anonymous' | 'inactive' | 'superuser' | 'active'

/** One group of the user, and whether it grants the permission. */
export interface GroupReason {
  readonly id: number
  readonly name: string
  readonly grants: boolean
}

/** One backend's answer. Those behind the one that decided were not asked. */
export interface BackendAnswer {
  readonly path: string
  readonly answer: 'granted' | 'not granted' | 'veto' | 'no opinion' | 'not asked'
  /** Whether its answer is what Django's tables grant, and nothing else. */
  readonly readsGrants: boolean
  readonly reasons: readonly string[]
}

/** Why. `granted` is what `hasPerm` answers for the same object; the grants are what the tables hold now. */
export interface Explanation {
  readonly granted: boolean
  readonly permission: string
  /** Who was asked about, by username; `AnonymousUser` for nobody. */
  readonly who: string
  readonly status: AccountStatus
  /** Whether there is a permission of this name at all. */
  readonly exists: boolean
  /** Whether it is granted to the user directly. */
  readonly direct: boolean
  /** The user's groups, in the order of their names. */
  readonly groups: readonly GroupReason[]
  readonly backends: readonly BackendAnswer[]
  /** What must be granted, to the user or a group of theirs, to make it a yes; null where it is one, or where no grant would help. */
  readonly missing: string | null
  /** The answer in a sentence. */
  readonly conclusion: string
  /** All of it as a tree, for people. */
  render(): string
}

/** An explanation before it is put into words. */
export type Facts = Omit<Explanation, 'conclusion' | 'render'> & {
  /** Whether it was asked about an object. */
  readonly aboutObject: boolean
  /** Whether grants can be made to such a user at all. */
  readonly grantable: boolean
}

/** The answer in a sentence, with what decided it. */
export function conclude(facts: Facts): string {
  return `${facts.who} ${facts.granted ? 'may' : 'may not'} ${facts.permission}${facts.granted ? whyGranted(facts) : whyNot(facts)}`
}

function whyGranted({ status, direct, groups, backends }: Facts): string {
  if (status === 'superuser') return ': an active superuser may everything.'
  const decided = backends.find((one) => one.answer === 'granted')
  if (decided === undefined || !decided.readsGrants) return `: ${decided?.path ?? 'a backend'} says so.`
  const through = groups.filter((one) => one.grants).map((one) => `“${one.name}”`)
  const byGroups = through.length === 0 ? [] : [`${through.length === 1 ? 'the group' : 'the groups'} ${through.join(', ')}`]
  const grants = [...(direct ? ['a grant of their own'] : []), ...byGroups]
  if (grants.length === 0) return ' still: it was taken away after this user was loaded. Load the user again.'
  return `, by ${grants.join(' and by ')}.`
}

function whyNot({ status, exists, direct, groups, backends, aboutObject, grantable }: Facts): string {
  const veto = backends.find((one) => one.answer === 'veto')
  if (veto !== undefined) return `: ${veto.path} forbids it.`
  if (status === 'inactive') return ': the account is not active.'
  if (status === 'anonymous') return ': nobody is logged in.'
  if (aboutObject) return ' on this object: no backend grants it there.'
  if (!exists) return ': there is no permission of this name.'
  if (!grantable) return ': users of this model hold no permissions.'
  if (!backends.some((one) => one.readsGrants)) return ': no backend grants it, and none of this site goes by the grants in the tables.'
  if (direct || groups.some((one) => one.grants)) return ' yet: it was granted after this user was loaded. Load the user again.'
  return `: it is granted neither to the user nor to ${groups.length === 0 ? 'a group (the user is in none)' : 'any of the user’s groups'}.`
}

/** All of it as a tree of lines. */
export function render(facts: Facts): string {
  const mark = (yes: boolean): string => (yes ? '✓' : '✗')
  const groups = facts.groups.map((one) => `${mark(one.grants)} ${one.name}`)
  const backends = facts.backends.map((one) => `${one.path}: ${one.answer}${one.reasons.length > 0 ? ` (${one.reasons.join(' ')})` : ''}`)
  return [
    conclude(facts),
    `├─ status: ${facts.status}`,
    `├─ permission ${facts.exists ? 'exists' : 'does not exist'}`,
    `├─ ${mark(facts.direct)} granted directly`,
    ...(groups.length === 0 ? ['├─ in no group'] : ['├─ groups', ...branches(groups, '│  ')]),
    '└─ backends',
    ...branches(backends, '   '),
  ].join('\n')
}

function branches(lines: readonly string[], indent: string): string[] {
  return lines.map((line, index) => `${indent}${index === lines.length - 1 ? '└─' : '├─'} ${line}`)
}
