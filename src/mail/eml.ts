/**
 * A mail as text, in the format of mail files (RFC 5322 and MIME). Bodies are left as they are, so that links can be searched for.
 * @module
 */

import { getRandomString } from '../crypto/random.js'
import type { MailAddress, MailMessage } from './message.js'

/** An encoded word has at most 75 characters (RFC 2047); its frame takes 12, and base64 makes four of three bytes. */
const ENCODED_WORD_BYTES = 45

/** Writes a mail as a mail file. */
export function toEml(message: MailMessage): string {
  const { html, replyTo } = message
  const headers: [name: string, value: string][] = [
    ['Date', message.date.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${getRandomString(22)}@${domainOf(message.from)}>`],
    ['From', mailbox(message.from)],
    ['To', mailbox(message.to)],
    ...(replyTo === undefined ? [] : [['Reply-To', mailbox(replyTo)] satisfies [string, string]]),
    ['Subject', encoded(message.subject)],
    ...Object.entries(message.headers).map(([name, value]) => [name, encoded(value)] satisfies [string, string]),
    ['MIME-Version', '1.0'],
  ]
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  if (html === undefined) return `${head}\r\n${part('plain', message.text)}`
  const boundary = `part-${getRandomString(22)}`
  const parts = [part('plain', message.text), part('html', html)].map((one) => `\r\n--${boundary}\r\n${one}`)
  return `${head}\r\nContent-Type: multipart/alternative; boundary="${boundary}"\r\n${parts.join('')}\r\n--${boundary}--\r\n`
}

function part(kind: 'plain' | 'html', text: string): string {
  const lines = text.split(/\r\n?|\n/)
  // The last lines that are empty become one.
  const body = `${lines.slice(0, lines.findLastIndex((line) => line !== '') + 1).join('\r\n')}\r\n`
  return `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${body}`
}

function mailbox({ name, address }: MailAddress): string {
  if (name === undefined) return address
  return isPlain(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}" <${address}>` : `${encoded(name)} <${address}>`
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/** Printable ASCII that no reader takes for an encoded word. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text) && !text.includes('=?')
}

/** What is not plain is cut between characters, because no encoded word may end within one. */
function encoded(text: string): string {
  if (isPlain(text)) return text
  const words: string[] = ['']
  for (const character of text) {
    const longer = (words.at(-1) ?? '') + character
    if (Buffer.byteLength(longer) > ENCODED_WORD_BYTES) words.push(character)
    else words[words.length - 1] = longer
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}
