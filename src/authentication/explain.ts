/**
 * Why somebody may or may not: the answer of `hasPerm`, taken apart.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import { PermittedUser, type BaseUser } from '../accounts/base-user.js'
import { PermissionDenied } from '../base/errors.js'
import type { Backend } from './backend.js'
import { isAlmighty } from './permission-questions.js'
import type { GrantReader } from './permission-sets.js'

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
  /** The user's groups, by name. */
  readonly groups: readonly GroupReason[]
  readonly backends: readonly BackendAnswer[]
  /** The grant that would make it a yes; null where it is one, or where no grant would help. */
  readonly missing: string | null
  /** The answer in a sentence. */
  readonly conclusion: string
  /** All of it as a tree, for people. */
  render(): string
}

/** What explanations are made from. */
export interface ExplainParts {
  readonly backends: readonly Backend[]
  readonly grants: GrantReader
}

/** Explains one answer; at most three statements beside those of the question itself. */
export async function explain({ backends, grants }: ExplainParts, who: BaseUser | AnonymousUser, permission: string, object?: unknown): Promise<Explanation> {
  const status = statusOf(who)
  const almighty = isAlmighty(who)
  const answers = almighty ? backends.map((one) => unasked(one)) : await askInOrder(backends, who, permission, object)
  const granted = almighty || answers.some((one) => one.answer === 'granted')
  const permitted = who instanceof PermittedUser ? who : null
  const facts = {
    granted, permission, status, who: String(who),
    exists: await grants.exists(permission),
    direct: permitted !== null && (await grants.isGrantedDirectly(permitted, permission)),
    groups: permitted === null ? [] : await grants.groupsOf(permitted, permission),
    backends: answers,
  }
  const missing = missingGrant(facts, object)
  const complete = { ...facts, missing, conclusion: conclude(facts, missing, object) }
  return { ...complete, render: () => render(complete) }
}

type Facts = Omit<Explanation, 'missing' | 'conclusion' | 'render'>

async function askInOrder(backends: readonly Backend[], who: BaseUser | AnonymousUser, permission: string, object: unknown): Promise<BackendAnswer[]> {
  const answers: BackendAnswer[] = []
  let decided = false
  for (const backend of backends) {
    if (decided) {
      answers.push(unasked(backend))
      continue
    }
    const answer = await ask(backend, who, permission, object)
    decided = answer === 'granted' || answer === 'veto'
    const reasons = (await backend.explain?.(who, permission, object))?.reasons ?? []
    answers.push({ path: backend.path, answer, reasons })
  }
  return answers
}

async function ask(backend: Backend, who: BaseUser | AnonymousUser, permission: string, object: unknown): Promise<BackendAnswer['answer']> {
  if (backend.hasPerm === undefined) return 'no opinion'
  try {
    return (await backend.hasPerm(who, permission, object)) ? 'granted' : 'not granted'
  } catch (error) {
    if (error instanceof PermissionDenied) return 'veto'
    throw error
  }
}

function unasked(backend: Backend): BackendAnswer {
  return { path: backend.path, answer: 'not asked', reasons: [] }
}

function statusOf(who: BaseUser | AnonymousUser): AccountStatus {
  if (who.isAnonymous) return 'anonymous'
  if (!who.isActive) return 'inactive'
  return isAlmighty(who) ? 'superuser' : 'active'
}

/** A grant helps an active user whom nobody vetoes, asked about no object, of a permission that exists and is not granted yet. */
function missingGrant({ granted, status, exists, direct, groups, backends, permission }: Facts, object: unknown): string | null {
  const helps = !granted && status === 'active' && exists && (object === undefined || object === null) && !backends.some((one) => one.answer === 'veto')
  return helps && !direct && !groups.some((one) => one.grants) ? permission : null
}

function conclude({ granted, permission, status, exists, direct, groups, backends, who }: Facts, missing: string | null, object: unknown): string {
  const may = granted ? `${who} may ${permission}` : `${who} may not ${permission}`
  const through = groups.filter((one) => one.grants).map((one) => `“${one.name}”`)
  const grants = [...(direct ? ['a grant of their own'] : []), ...(through.length > 0 ? [`the ${through.length === 1 ? 'group' : 'groups'} ${through.join(', ')}`] : [])]
  if (status === 'superuser') return `${may}: an active superuser may everything.`
  if (granted && grants.length > 0) return `${may}, by ${grants.join(' and by ')}.`
  if (granted) return `${may}: ${backends.find((one) => one.answer === 'granted')?.path ?? 'a backend'} says so.`
  const veto = backends.find((one) => one.answer === 'veto')
  if (veto !== undefined) return `${may}: ${veto.path} forbids it.`
  if (status === 'inactive') return `${may}: the account is not active.`
  if (status === 'anonymous') return `${may}: nobody is logged in.`
  if (object !== undefined && object !== null) return `${may} on this object: no backend grants it there.`
  if (!exists) return `${may}: there is no permission of this name.`
  if (missing === null) return `${may} yet: it was granted after this user was loaded. Load the user again.`
  return `${may}: it is granted neither to the user nor to ${groups.length === 0 ? 'a group (the user is in none)' : 'any of the user’s groups'}.`
}

function render(facts: Omit<Explanation, 'render'>): string {
  const mark = (yes: boolean): string => (yes ? '✓' : '✗')
  const lines = [
    facts.conclusion,
    `├─ status: ${facts.status}`,
    `├─ permission ${facts.exists ? 'exists' : 'does not exist'}`,
    `├─ ${mark(facts.direct)} granted directly`,
    ...(facts.groups.length === 0 ? ['├─ in no group'] : ['├─ groups', ...facts.groups.map((one, index) => `│  ${index === facts.groups.length - 1 ? '└─' : '├─'} ${mark(one.grants)} ${one.name}`)]),
    '└─ backends',
    ...facts.backends.map((one, index) => `   ${index === facts.backends.length - 1 ? '└─' : '├─'} ${one.path}: ${one.answer}${one.reasons.length > 0 ? ` (${one.reasons.join(' ')})` : ''}`),
  ]
  return lines.join('\n')
}
