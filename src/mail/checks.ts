/**
 * What is unsafe or unfinished in a site's mails.
 * @module
 */

import type { SystemCheck } from '../settings/checks.js'
import type { Mailer } from './mailer.js'
import { isLoopback } from './smtp-options.js'

/**
 * Finds what a live site should not do with its mails.
 *
 * @example
 * for (const { id, message } of checkMail(createMailer())) console.log(id, message)
 */
export function checkMail({ transport, from }: Pick<Mailer, 'transport' | 'from'>): SystemCheck[] {
  const found: SystemCheck[] = []
  if (transport.isForDevelopment === true) {
    found.push({
      id: 'portcullis.mail.W001',
      level: 'warning',
      message: `Mails are not sent: the transport “${transport.name}” keeps them on this machine, with the links that let people in.`,
      hint: "Pass mail: { transport: smtpTransport('smtp://…') }.",
      subject: 'mail.transport',
    })
  }
  if (isLoopback(from.address.slice(from.address.lastIndexOf('@') + 1))) {
    found.push({
      id: 'portcullis.mail.W002',
      level: 'warning',
      message: `Mails come from ${from.address}, which nobody can answer and many servers refuse.`,
      hint: 'Pass mail: { from: "shop@example.com" }.',
      subject: 'mail.from',
    })
  }
  return found
}
