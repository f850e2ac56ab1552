/**
 * The one door: finds the user that credentials belong to. Every way in calls this.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { ImproperlyConfigured, PermissionDenied } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import type { Answer, Backend, Credentials } from './backend.js'

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
}

/** Credentials whose name holds one of these are never told to anybody. `keyboard` is among them; that is Django's rule. */
const SECRET_NAME = /api|token|key|secret|password|signature/i
const CLEANSED = '*'.repeat(20)

/**
 * Finds the user these credentials belong to, or null. Backends are asked in order; one that these credentials do not fit is passed over,
 * and a veto ends the matter.
 */
export async function authenticate({ backends, userLoginFailed }: Door, request: unknown, credentials: Credentials): Promise<BaseUser | null> {
  if (typeof credentials !== 'object' || (credentials as unknown) === null)
    throw new ImproperlyConfigured('Call authenticate(request, { username, password }): the request first, or null where there is none.')
  for (const backend of backends) {
    if (backend.authenticate === undefined || backend.accepts?.(credentials) === false) continue
    const answer = await answerOf(backend, request, credentials)
    if (answer === 'veto') break
    if (answer === null) continue
    answer.backend = backend.path
    return answer
  }
  await userLoginFailed.send({ credentials: cleanse(credentials), request })
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
