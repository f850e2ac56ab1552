/**
 * A real mail server on this machine, for tests: what it was sent, read back as a mail program reads it.
 * @module
 */

import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { readMail, type ReadMail } from './read-mail.js'

/** A mail as it arrived. */
export interface ReceivedMail extends ReadMail {
  readonly sender: string
  readonly recipients: readonly string[]
  readonly isEncrypted: boolean
  readonly user: string | null
}

/** A running mail server. */
export interface MailServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Connections so far. */
  readonly connections: number
  /** User and password of every login tried. */
  readonly logins: readonly string[]
  /** Addresses that were named as senders, whatever came of it. */
  readonly senders: readonly string[]
  close(): Promise<void>
}

/** The certificate of the server, which signed itself, and its key. */
export const certificate = readFileSync(new URL('../fixtures/localhost-certificate.pem', import.meta.url), 'utf8')

/**
 * Starts a mail server on a free port of 127.0.0.1. It offers STARTTLS and takes mails without a login, unless told otherwise.
 *
 * @example
 * const server = await startMailServer({ disabledCommands: ['STARTTLS'] })
 */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const logins: string[] = []
  const senders: string[] = []
  let connections = 0
  const server = new SMTPServer({
    cert: certificate,
    key: certificate,
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...options,
    onConnect: (session, callback) => {
      connections += 1
      if (options.onConnect === undefined) callback()
      else options.onConnect(session, callback)
    },
    onAuth: ({ username, password }, _session, callback) => {
      logins.push(`${username}:${password}`)
      if (password === 'open sesame') callback(null, { user: username })
      else callback(Object.assign(new Error('Wrong password'), { responseCode: 535 }))
    },
    onMailFrom: (address, session, callback) => {
      senders.push(address.address)
      if (options.onMailFrom === undefined) callback()
      else options.onMailFrom(address, session, callback)
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          sender: mailFrom === false ? '' : mailFrom.address,
          recipients: rcptTo.map((one) => one.address),
          isEncrypted: session.secure,
          user: session.user ?? null,
          ...readMail(Buffer.concat(chunks).toString('latin1')),
        })
        callback()
      })
    },
  })
  // Clients that refuse the certificate end connections; that is what some tests are about.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    logins,
    senders,
    get connections() {
      return connections
    },
    close: async () => new Promise((resolve) => server.close(resolve)),
  }
}
