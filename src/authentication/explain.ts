/**
 * Why somebody may or may not: asks what `hasPerm` asks, and what the tables hold.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import { PermittedUser, type BaseUser } from '../accounts/base-user.js'
import { PermissionDenied } from '../base/errors.js'
import type { Backend } from './backend.js'
import { conclude, render, type AccountStatus, type BackendAnswer, type Explanation, type Facts } from './explanation.js'
import { ModelBackend } from './model-backend.js'
import { isAlmighty } from './permission-questions.js'
import type { GrantReader } from './permission-sets.js'

type AnyVisitor = BaseUser | AnonymousUser

/** What explanations are made from. */
export interface ExplainParts {
  readonly backends: readonly Backend[]
  readonly grants: GrantReader
}

/**
 * Explains one answer; at most three statements beside those of the question itself.
 *
 * @example
 * const why = await auth.explain(user, 'shop.add_product')
 * console.log(why.granted, why.conclusion)
 * console.log(why.render())
 */
export async function explain(parts: ExplainParts, who: AnyVisitor, permission: string, object?: unknown): Promise<Explanation> {
  const { backends, grants } = parts
  const status = statusOf(who)
  const answers = status === 'superuser' ? backends.map(unasked) : await askInOrder(backends, who, permission, object)
  const permitted = who instanceof PermittedUser ? who : null
  const found = {
    permission,
    status,
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

async function askInOrder(backends: readonly Backend[], who: AnyVisitor, permission: string, object: unknown): Promise<BackendAnswer[]> {
  const answers: BackendAnswer[] = []
  let decided = false
  for (const backend of backends) {
    const answer: BackendAnswer = decided ? unasked(backend) : await ask(backend, who, permission, object)
    decided ||= answer.answer === 'granted' || answer.answer === 'veto'
    answers.push(answer)
  }
  return answers
}

async function ask(backend: Backend, who: AnyVisitor, permission: string, object: unknown): Promise<BackendAnswer> {
  const told = unasked(backend)
  if (backend.hasPerm === undefined) return { ...told, answer: 'no opinion' }
  try {
    const granted = await backend.hasPerm(who, permission, object)
    return { ...told, answer: granted ? 'granted' : 'not granted', reasons: await reasonsOf(backend, who, permission, object) }
  } catch (error) {
    if (!(error instanceof PermissionDenied)) throw error
    const reasons = await reasonsOf(backend, who, permission, object)
    return { ...told, answer: 'veto', reasons: error.reason === null ? reasons : [error.reason, ...reasons] }
  }
}

/** A backend that forbids by throwing may do so here too. */
async function reasonsOf(backend: Backend, who: AnyVisitor, permission: string, object: unknown): Promise<readonly string[]> {
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

function statusOf(who: AnyVisitor): AccountStatus {
  if (who.isAnonymous) return 'anonymous'
  if (!who.isActive) return 'inactive'
  return isAlmighty(who) ? 'superuser' : 'active'
}

/** A grant helps where a backend that reads grants was asked and said no, and there is none yet. */
function missingGrant(facts: Omit<Facts, 'missing'>): string | null {
  const { granted, status, exists, direct, groups, backends, aboutObject, grantable, permission } = facts
  if (granted || status !== 'active' || !grantable || !exists || aboutObject) return null
  if (direct || groups.some((one) => one.grants)) return null
  return backends.some((one) => one.readsGrants && one.answer === 'not granted') ? permission : null
}
