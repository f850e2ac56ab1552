/**
 * What carries a mail away, and how it says that it could not.
 * @module
 */

import { PortcullisError } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import type { MailMessage } from './message.js'

/**
 * Carries mails away. `smtpTransport` is one; anything with these two properties is another.
 *
 * @example
 * const transport: MailTransport = {
 *   name: 'our provider',
 *   async send(message) {
 *     const answer = await fetch('https://mail.example/send', { method: 'POST', body: JSON.stringify(message) })
 *     if (!answer.ok) throw new MailNotSent(`answered ${answer.status}`, { isTemporary: answer.status >= 500 })
 *   },
 * }
 */
export interface MailTransport {
  /** What logs call it. */
  readonly name: string
  /** Whether mails only stay on this machine; a live site is warned of it. */
  readonly isForDevelopment?: boolean
  /** Sends one mail, or throws: `MailNotSent` where trying again may help. */
  send(message: MailMessage): Promise<void>
  /** Ends connections. Sending again opens new ones. */
  close?(): void | Promise<void>
}

/** Details of a `MailNotSent`. */
export interface MailNotSentDetails {
  /** Whether the same mail may go through later. Only then it is tried again. */
  readonly isTemporary?: boolean
  /** What was caught. It may quote the mail, so it is kept out of logs. */
  readonly caught?: unknown
}

/** A transport could not send. The message is for logs: nothing of the mail may stand in it. */
export class MailNotSent extends PortcullisError {
  readonly isTemporary: boolean
  /** What was caught, wrapped: servers quote recipients and links in their refusals, and a log prints every `cause`. */
  readonly caught: Secret<unknown>

  constructor(reason: string, details: MailNotSentDetails = {}) {
    super(reason)
    this.isTemporary = details.isTemporary ?? false
    this.caught = new Secret(details.caught)
  }
}
