/**
 * A mailbox for tests: what is sent stays here, to be looked at.
 * @module
 */

import type { MailMessage } from './message.js'
import type { MailTransport } from './transport.js'

/** A transport that keeps what it is given. */
export interface Mailbox extends MailTransport {
  /** Every mail, oldest first. */
  readonly messages: readonly MailMessage[]
  /** The newest. Throws when there is none. */
  readonly last: MailMessage
  /** The mails to this address, oldest first. */
  to(address: string): MailMessage[]
  /** The web addresses in a mail's text, in order, each once. Default: of the newest mail. */
  linksIn(message?: MailMessage): string[]
  /** Empties the box. */
  clear(): void
}

/**
 * Makes a mailbox: a transport for tests that keeps every mail.
 *
 * @example
 * const mailbox = memoryTransport()
 * const mailer = createMailer({ transport: mailbox })
 * mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'See https://shop.example/hello' })
 * await mailer.idle()
 * mailbox.linksIn()   // ['https://shop.example/hello']
 */
export function memoryTransport(): Mailbox {
  const messages: MailMessage[] = []
  const newest = (): MailMessage => {
    const last = messages.at(-1)
    if (last === undefined) throw new Error('The mailbox is empty. Mails leave after the response: await mailer.idle() first.')
    return last
  }
  return {
    name: 'memory',
    isForDevelopment: true,
    messages,
    get last() {
      return newest()
    },
    to: (address) => messages.filter((one) => one.to.address === address),
    linksIn: (message = newest()) => [...new Set(message.text.match(/https?:\/\/[^\s<>"]+/g) ?? [])],
    clear: () => {
      messages.length = 0
    },
    send: async (message) => {
      messages.push(message)
    },
  }
}
