/**
 * The one door: finds the user that credentials belong to. Every way in calls this.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { ImproperlyConfigured, PermissionDenied, ServiceUnavailable } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import type { Answer, Backend, Credentials } from './backend.js'
import type { Attempt } from './lockout-attempt.js'
import type { Lockouts } from './lockouts.js'

/** What `userLoginFailed` tells. */
export interface LoginFailed {
  /** What was shown, with everything secret replaced. */
  readonly credentials: Readonly<Record<string, unknown>>
  readonly request: unknown
}

/** What the door is made of. */
export interface Door {
  readonly backends: readonly Backend[]
  readonly userLoginFailed: Signal<LoginFailed>
  /** Counts tries; null on a site that does not. */
  readonly lockouts?: Lockouts | null
  /**
   * Asked about everybody whose password is right, and with null where nobody was found: the same work. Null on a site that lets in without
   * asking.
   */
  readonly admits?: ((user: BaseUser | null, request: unknown) => Promise<boolean>) | null
}

/** Credentials whose name holds one of these are never told to anybody. `keyboard` is among them; that is Django's rule. */
const SECRET_NAME = /api|token|key|secret|password|signature/i
const CLEANSED = '*'.repeat(20)

/**
 * Finds the user these credentials belong to, or null. Backends are asked in order; one that these credentials do not fit is passed over,
 * and a veto ends the matter. Takes its place among the tries first, and throws `TooManyRequests` where there is none left.
 */
export async function authenticate(
  { backends, userLoginFailed, lockouts = null, admits = null }: Door,
  request: unknown,
  credentials: Credentials,
): Promise<BaseUser | null> {
  if (typeof credentials !== 'object' || (credentials as unknown) === null)
    throw new ImproperlyConfigured('Call authenticate(request, { username, password }): the request first, or null where there is none.')
  const attempt = lockouts === null ? null : await lockouts.reserve(request, credentials)
  const found = await counted(attempt, async () => {
    const who = await askBackends(backends, request, credentials)
    // Whoever comes by another proof than a password has no use for this one.
    if (admits === null || (credentials.password ?? null) === null) return who
    return (await admits(who, request)) ? who : null
  })
  if (found !== null) return found
  await userLoginFailed.send({ credentials: cleanse(credentials), request })
  await attempt?.failed()
  return null
}

/** Checks the password of somebody who is known already, such as before they choose another, under the same limits as a login. */
export async function reauthenticate(lockouts: Lockouts | null, request: unknown, user: BaseUser, check: () => Promise<boolean>): Promise<boolean> {
  const attempt = lockouts === null ? null : await lockouts.reserveFor(request, user)
  const isRight = await counted(attempt, async () => (await check()) || null)
  if (isRight === null) await attempt?.failed()
  return isRight !== null
}

/** Looks at a password, and tells the count how it went; a try that nobody had the time to look at was none. */
async function counted<T>(attempt: Attempt | null, look: () => Promise<T | null>): Promise<T | null> {
  try {
    let found: T | null
    try {
      found = await look()
    } catch (error) {
      if (error instanceof ServiceUnavailable) await attempt?.undo()
      throw error
    }
    if (found !== null) await attempt?.succeeded()
    return found
  } finally {
    attempt?.end()
  }
}

async function askBackends(backends: readonly Backend[], request: unknown, credentials: Credentials): Promise<BaseUser | null> {
  for (const backend of backends) {
    if (backend.authenticate === undefined || backend.accepts?.(credentials) === false) continue
    const answer = await answerOf(backend, request, credentials)
    if (answer === 'veto') return null
    if (answer === null) continue
    answer.backend = backend.path
    return answer
  }
  return null
}

/** The credentials with everything secret replaced by twenty asterisks. */
export function cleanse(credentials: Credentials): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, SECRET_NAME.test(name) ? CLEANSED : value]))
}

async function answerOf(backend: Backend, request: unknown, credentials: Credentials): Promise<Answer> {
  try {
    return (await backend.authenticate?.(request, credentials)) ?? null
  } catch (error) {
    if (error instanceof PermissionDenied) return 'veto'
    throw error
  }
}
