/**
 * What is told of a mail that was not sent: enough to look for the cause, nothing that would be a secret in a log.
 * @module
 */

import { PortcullisError } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import type { Failure } from './mail-queue.js'
import { InvalidMail } from './message.js'
import { MailNotSent } from './transport.js'

/** What a mail is about, for logs. */
export interface MailSubject {
  /** What kind of mail it is: `passwordReset`, or a word of the application. */
  readonly purpose?: string
  /** Whom it concerns, without saying who that is: a user's key. */
  readonly reference?: string
}

/** A mail that was not sent. */
export interface MailEvent {
  /** `failed`: the transport could not. `invalid`: it could not be put together. `dropped`: the queue was full, or the site was closed. */
  readonly type: 'failed' | 'invalid' | 'dropped'
  readonly purpose: string | null
  readonly reference: string | null
  /** `a***@example.com`. */
  readonly recipient: string
  /** How often it was tried. */
  readonly attempts: number
  /** The cause, in words made by portcullis or in codes; never a server's own text, which may quote the mail. */
  readonly reason: string
  /** What was caught. It may quote the mail: it prints as `***`, and `reveal()` gives it. */
  readonly error: Secret<unknown>
}

/** A mail's failure: what the event will say, and whether to try again. */
export interface MailFailure extends Failure {
  readonly type: 'failed' | 'invalid'
  readonly reason: string
  readonly error: Secret<unknown>
}

/**
 * Tells a failure from whatever was thrown.
 *
 * @example
 * const { reason } = failureFrom(new MailNotSent('550 at RCPT TO'), 'failed')   // '550 at RCPT TO'
 */
export function failureFrom(thrown: unknown, type: MailFailure['type']): MailFailure {
  return {
    type: thrown instanceof InvalidMail ? 'invalid' : type,
    isTemporary: thrown instanceof MailNotSent && thrown.isTemporary,
    reason: reasonOf(thrown),
    error: new Secret(thrown),
  }
}

/** Our own errors speak for themselves. Of others only what kind they are: their text may hold anything. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof PortcullisError) return thrown.message
  const { name, code } = Object(thrown) as { name?: unknown; code?: unknown }
  const words = [name, code].filter((one) => typeof one === 'string' && /^\w{1,60}$/.test(one))
  return words.length === 0 ? 'unknown error' : words.join(' ')
}

/**
 * Writes an event as a line for a log.
 *
 * @example
 * const mailer = createMailer({ onError: (event) => console.error(describeMailEvent(event)) })
 */
export function describeMailEvent(event: MailEvent): string {
  const { type, purpose, reference, recipient, attempts, reason } = event
  const what = purpose === null ? 'A mail' : `The mail ${purpose}`
  const whom = reference === null ? recipient : `${recipient} (${reference})`
  const tries = type === 'failed' && attempts > 1 ? ` after ${attempts} tries` : ''
  return `${what} to ${whom} was not sent${tries}: ${reason}`
}
