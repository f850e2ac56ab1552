/**
 * One mail, and the check that nothing in it can become another: one recipient, single-line headers, text that is text.
 * @module
 */

import { isEmailAddress } from '../base/email-address.js'
import { PortcullisError } from '../base/errors.js'
import { hasControlCharacter, hasLoneSurrogate, lower } from '../base/text.js'

/** Whom a mail goes to or comes from. Never a header's text: `address` is one address, `name` is shown beside it. */
export interface MailAddress {
  /** One address, such as `ada@example.com`. */
  readonly address: string
  /** What mail programs show instead. Encoded on its way out, so any single line will do. */
  readonly name?: string
}

/** A mail as a transport gets it. Made by `composeMessage`, which checks it. */
export interface MailMessage {
  readonly from: MailAddress
  /** The only recipient. */
  readonly to: MailAddress
  readonly replyTo?: MailAddress
  readonly subject: string
  /** The mail as plain text. */
  readonly text: string
  /** The same as HTML, for mail programs that show it. */
  readonly html?: string
  /** Further headers by name, such as `List-Unsubscribe`. */
  readonly headers: Readonly<Record<string, string>>
  readonly date: Date
}

/** A mail as one writes it: the mailer knows the sender and the time. */
export interface NewMessage extends Omit<MailMessage, 'from' | 'headers' | 'date'> {
  readonly from?: MailAddress
  readonly headers?: Readonly<Record<string, string>>
}

/** A mail that is not sent because of what stands in it. Says which part; never what stood there, because logs show it. */
export class InvalidMail extends PortcullisError {}

/** The longest line of a header that every mail server takes (RFC 5322, 2.1.1). */
const HEADER_MAX_LENGTH = 998

const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,75}$/

/** Headers that say who gets the mail, what it consists of, or which way it came. They have their own place, or are not ours to write. */
const RESERVED =
  /^(?:to|cc|bcc|from|sender|reply-to|subject|date|message-id|mime-version|content-.*|resent-.*|return-path|received|dkim-signature|envelope-.*)$/

/**
 * Puts a mail together and checks it: exactly one recipient, one sender, no line break or other control character in any header.
 *
 * @throws InvalidMail naming the part that is wrong
 * @example
 * const message = composeMessage({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'Good morning.' }, { from: { address: 'shop@example.com' } })
 */
export function composeMessage(message: NewMessage, defaults: { readonly from: MailAddress; readonly date?: Date }): MailMessage {
  const { replyTo, html } = message
  return Object.freeze({
    from: checkAddress('sender', message.from === undefined ? defaults.from : message.from),
    to: checkAddress('recipient', message.to),
    ...(replyTo === undefined ? {} : { replyTo: checkAddress('address for replies', replyTo) }),
    subject: checkLine('subject', message.subject),
    text: checkBody('text', message.text),
    ...(html === undefined ? {} : { html: checkBody('HTML', html) }),
    headers: checkHeaders(message.headers ?? {}),
    date: defaults.date ?? new Date(),
  })
}

/**
 * Tells whether a mail may go to this address: an e-mail address as accounts have them, without a quoted part. `"a,b"@example.com` is one
 * address for us and two for a mail server that reads it otherwise.
 *
 * @example
 * isMailAddress('ada@example.com, eve@evil.test')   // false
 */
export function isMailAddress(text: unknown): text is string {
  return typeof text === 'string' && isEmailAddress(text) && !/["\s]/u.test(text)
}

/**
 * Gives an address as a log may show it: `a***@example.com`. Of a local part of one or two letters nothing is left.
 *
 * @example
 * maskAddress('ada@example.com')   // 'a***@example.com'
 */
export function maskAddress(address: unknown): string {
  if (!isMailAddress(address)) return '***'
  const at = address.lastIndexOf('@')
  const [first = '', second, third] = address.slice(0, at)
  return `${second !== undefined && third !== undefined ? first : ''}***${address.slice(at)}`
}

/** Checks one address, and copies it: whoever gave it cannot change it afterwards. */
export function checkAddress(what: string, given: MailAddress): MailAddress {
  const { address, name } = Object(given) as Partial<MailAddress>
  if (!isMailAddress(address)) throw new InvalidMail(`The ${what} of the mail is not exactly one e-mail address.`)
  return Object.freeze(name === undefined || name === '' ? { address } : { address, name: checkLine(`name of the ${what}`, name) })
}

function checkLine(what: string, text: unknown): string {
  if (typeof text !== 'string') throw new InvalidMail(`The ${what} of the mail is not text.`)
  if (hasControlCharacter(text) || hasLoneSurrogate(text)) throw new InvalidMail(`The ${what} of the mail is not a single line of text.`)
  if (text.length > HEADER_MAX_LENGTH) throw new InvalidMail(`The ${what} of the mail is longer than ${HEADER_MAX_LENGTH} characters.`)
  return text
}

/** Only text: a mail library takes an object as the path of a file to send. */
function checkBody(what: string, text: unknown): string {
  if (typeof text !== 'string') throw new InvalidMail(`The ${what} of the mail is not text.`)
  return text.toWellFormed().replaceAll('\0', '')
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const checked: [name: string, value: string][] = []
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const canonical = lower(name)
    if (!HEADER_NAME.test(name)) throw new InvalidMail('A header of the mail has a name that no header can have.')
    if (RESERVED.test(canonical)) throw new InvalidMail(`The header ${name} is not set like this: it has its own property, or is not ours to write.`)
    if (seen.has(canonical)) throw new InvalidMail(`The header ${name} is there twice.`)
    seen.add(canonical)
    checked.push([name, checkLine(`header ${name}`, value)])
  }
  return Object.freeze(Object.fromEntries(checked))
}
