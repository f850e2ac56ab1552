/**
 * Why somebody may or may not: the answer of `hasPerm`, taken apart.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import { PermittedUser, type BaseUser } from '../accounts/base-user.js'
import { PermissionDenied } from '../base/errors.js'
import type { Backend } from './backend.js'
import { conclude, render } from './explain-words.js'
import { ModelBackend } from './model-backend.js'
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
  /** The permission whose grant, to the user or a group of theirs, would make it a yes; null where it is one, or where no grant would help. */
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

/** An explanation before it is put into words. */
export type Facts = Omit<Explanation, 'conclusion' | 'render'> & {
  /** Whether it was asked about an object. */
  readonly aboutObject: boolean
  /** Whether grants can be made to such a user at all. */
  readonly grantable: boolean
}

/**
 * Explains one answer; at most three statements beside those of the question itself.
 *
 * @example
 * const why = await auth.explain(user, 'shop.add_product')
 * console.log(why.granted, why.conclusion)
 * console.log(why.render())
 */
export async function explain({ backends, grants }: ExplainParts, who: BaseUser | AnonymousUser, permission: string, object?: unknown): Promise<Explanation> {
  const status = statusOf(who)
  const answers = status === 'superuser' ? backends.map(unasked) : await askInOrder(backends, who, permission, object)
  const permitted = who instanceof PermittedUser ? who : null
  const found = {
    permission, status,
    granted: status === 'superuser' || answers.some((one) => one.answer === 'granted'),
    who: String(who),
    exists: await grants.exists(permission),
    direct: permitted !== null && (await grants.isGrantedDirectly(permitted, permission)),
    groups: permitted === null ? [] : await grants.groupsOf(permitted, permission),
    backends: answers,
    aboutObject: object !== undefined && object !== null,
    grantable: permitted !== null,
  }
  const facts: Facts = { ...found, missing: missingGrant(found) }
  const { aboutObject: _about, grantable: _able, ...told } = facts
  return { ...told, conclusion: conclude(facts), render: () => render(facts) }
}

async function askInOrder(backends: readonly Backend[], who: BaseUser | AnonymousUser, permission: string, object: unknown): Promise<BackendAnswer[]> {
  const answers: BackendAnswer[] = []
  let decided = false
  for (const backend of backends) {
    const answer = decided ? unasked(backend) : await ask(backend, who, permission, object)
    decided ||= answer.answer === 'granted' || answer.answer === 'veto'
    answers.push(answer)
  }
  return answers
}

async function ask(backend: Backend, who: BaseUser | AnonymousUser, permission: string, object: unknown): Promise<BackendAnswer> {
  const told = unasked(backend)
  if (backend.hasPerm === undefined) return { ...told, answer: 'no opinion' }
  try {
    const answer = (await backend.hasPerm(who, permission, object)) ? 'granted' : 'not granted'
    return { ...told, answer, reasons: await reasonsOf(backend, who, permission, object) }
  } catch (error) {
    if (!(error instanceof PermissionDenied)) throw error
    const reasons = await reasonsOf(backend, who, permission, object)
    return { ...told, answer: 'veto', reasons: error.reason === null ? reasons : [error.reason, ...reasons] }
  }
}

/** A backend that forbids by throwing may do so here too. */
async function reasonsOf(backend: Backend, who: BaseUser | AnonymousUser, permission: string, object: unknown): Promise<readonly string[]> {
  try {
    return (await backend.explain?.(who, permission, object))?.reasons ?? []
  } catch (error) {
    if (error instanceof PermissionDenied) return []
    throw error
  }
}

function unasked(backend: Backend): BackendAnswer {
  return { path: backend.path, answer: 'not asked', readsGrants: readsGrants(backend), reasons: [] }
}

/** A subclass with an answer of its own is not known to keep to the tables. */
function readsGrants(backend: Backend): boolean {
  return backend instanceof ModelBackend && backend.hasPerm === ModelBackend.prototype.hasPerm
}

function statusOf(who: BaseUser | AnonymousUser): AccountStatus {
  if (who.isAnonymous) return 'anonymous'
  if (!who.isActive) return 'inactive'
  return isAlmighty(who) ? 'superuser' : 'active'
}

/** A grant helps where a backend that reads grants was asked and said no, and there is none yet. */
function missingGrant({ granted, status, exists, direct, groups, backends, aboutObject, grantable, permission }: Omit<Facts, 'missing'>): string | null {
  if (granted || status !== 'active' || !grantable || !exists || aboutObject) return null
  if (direct || groups.some((one) => one.grants)) return null
  return backends.some((one) => one.readsGrants && one.answer === 'not granted') ? permission : null
}
