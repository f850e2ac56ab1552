/**
 * Mails on the terminal, for development: readable, and with links one can click.
 * @module
 */

import type { MailAddress, MailMessage } from './message.js'
import type { MailTransport } from './transport.js'

/** Options of `consoleTransport()`. */
export interface ConsoleOptions {
  /** Takes the text. Default: standard output. */
  readonly write?: (text: string) => void
}

const RULE = '─'.repeat(72)

/** Everything that moves a terminal's cursor or hides text; line breaks and tabs of a body stay. */
const CONTROL = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/**
 * Prints mails instead of sending them. What a site does that was given no transport.
 *
 * @example
 * const mailer = createMailer({ transport: consoleTransport() })
 */
export function consoleTransport(options: ConsoleOptions = {}): MailTransport {
  const write = options.write ?? ((text: string) => void process.stdout.write(text))
  return {
    name: 'console',
    isForDevelopment: true,
    send: async (message) => write(`${printed(message)}\n`),
  }
}

function printed(message: MailMessage): string {
  const headers: [name: string, value: string][] = [
    ['From', shown(message.from)],
    ['To', shown(message.to)],
    ...(message.replyTo === undefined ? [] : [['Reply-To', shown(message.replyTo)] satisfies [string, string]]),
    ['Subject', message.subject],
  ]
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  const body = message.text.replaceAll(/\r\n?/g, '\n').trimEnd()
  return [RULE, head, '', body, RULE].join('\n').replaceAll(CONTROL, '')
}

function shown({ name, address }: MailAddress): string {
  return name === undefined ? address : `${name} <${address}>`
}
