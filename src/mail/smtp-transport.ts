/**
 * Mails through a mail server (SMTP), with the package `nodemailer`, which is loaded when the first mail leaves.
 * @module
 */

import { loadPackage } from '../base/load-package.js'
import type { MailMessage } from './message.js'
import { settleSmtp, type SmtpOptions, type SmtpSettings } from './smtp-options.js'
import { MailNotSent, type MailTransport } from './transport.js'

/** The part of nodemailer that is used; no type of ours needs the package. */
export interface Nodemailer {
  readonly createTransport: (options: object) => Pool
}

/** What nodemailer makes. */
export interface Pool {
  sendMail(mail: object): Promise<unknown>
  close(): void
}

/** After so long without a mail connections are ended, so that a process that has nothing else to do may end. In milliseconds. */
const IDLE = 10_000

/** For the steps of a connection that take a moment or never succeed: names, connecting, the greeting. In milliseconds. */
const CONNECTING = 10_000

/**
 * Sends mails through a mail server. Unless the server is this machine itself, it must offer encryption (STARTTLS) and show a
 * certificate that is trusted: otherwise nothing is sent, the password neither. Needs `npm install nodemailer`.
 *
 * @throws ImproperlyConfigured when an option makes no sense; when the first mail is sent, if nodemailer is missing
 * @example
 * const transport = smtpTransport('smtp://shop:password@mail.example')
 * const local = smtpTransport({ host: 'localhost', port: 1025 })
 */
export function smtpTransport(urlOrOptions: string | SmtpOptions): MailTransport {
  const settings = settleSmtp(urlOrOptions)
  let pool: Promise<Pool> | null = null
  let underWay = 0
  let idling: NodeJS.Timeout | undefined

  const end = async (): Promise<void> => {
    clearTimeout(idling)
    const opened = pool
    pool = null
    await opened?.then(
      (one) => one.close(),
      () => undefined,
    )
  }
  const open = (): Promise<Pool> => {
    clearTimeout(idling)
    pool ??= openPool(settings).catch((error: unknown) => {
      // Installed meanwhile, it will be found.
      pool = null
      throw error
    })
    return pool
  }

  return {
    name: 'smtp',
    send: async (message) => {
      underWay += 1
      try {
        const opened = await open()
        await opened.sendMail(mailFrom(message, settings)).catch((error: unknown) => {
          throw notSent(error)
        })
      } finally {
        underWay -= 1
        if (underWay === 0) idling = setTimeout(() => void end(), IDLE).unref()
      }
    },
    close: end,
  }
}

async function openPool(settings: SmtpSettings): Promise<Pool> {
  const { createTransport } = await loadPackage<Nodemailer>('nodemailer')
  return createTransport(poolOptions(settings))
}

function poolOptions(settings: SmtpSettings): object {
  const { host, port, tls, user, password, ca, rejectUnauthorized, servername, clientName, connections, timeout } = settings
  return {
    pool: true,
    host,
    port,
    secure: tls === 'implicit',
    // Without it nodemailer encrypts where the server offers it, and whoever stands between takes the offer away (K6).
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { rejectUnauthorized, minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }), ...(servername === null ? {} : { servername }) },
    ...(user === null ? {} : { auth: { user, pass: password.reveal() } }),
    ...(clientName === null ? {} : { name: clientName }),
    maxConnections: connections,
    // A server may have ended a connection that waited here; anything beyond that is the queue to try again, which counts.
    maxRequeues: 1,
    dnsTimeout: CONNECTING,
    connectionTimeout: CONNECTING,
    greetingTimeout: CONNECTING,
    socketTimeout: timeout * 1000,
    logger: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Addresses as objects: nothing here is a header's text that would be read again. */
function mailFrom(message: MailMessage, { timeout }: SmtpSettings): object {
  const { from, to, replyTo, subject, text, html, headers, date } = message
  return {
    from: { name: from.name ?? '', address: from.address },
    to: { name: to.name ?? '', address: to.address },
    ...(replyTo === undefined ? {} : { replyTo: { name: replyTo.name ?? '', address: replyTo.address } }),
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    headers,
    date,
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    // A server that sends a byte now and then is never inactive; this ends it all the same.
    signal: AbortSignal.timeout(timeout * 1000),
  }
}

/** What nodemailer throws: its words for what happened, and the server's answer. */
interface SmtpFailure {
  readonly code?: string
  readonly originalCode?: string
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
  readonly message?: string
}

/** The way to the server failed; the mail itself was not refused. */
const CONNECTION_CODES = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EABORT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EPROTOCOL'])

/** Node's and OpenSSL's names for certificates and encryption that are not as they should be. */
const ENCRYPTION_CODE = /^ERR_(?:TLS|SSL)_|CERT|^UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)/

function notSent(error: unknown): MailNotSent {
  const failure = Object(error) as SmtpFailure
  if (isUnencrypted(failure)) {
    return new MailNotSent(`no encrypted connection, so nothing was sent: ${encryptionReason(failure)}`, { caught: error })
  }
  const { code = '', responseCode } = failure
  // 4xx is “not now”, 5xx is “never” (RFC 5321, 4.2.1).
  const isTemporary = responseCode === undefined ? CONNECTION_CODES.has(code) : responseCode >= 400 && responseCode < 500
  return new MailNotSent(reasonFor(failure), { isTemporary, caught: error })
}

function isUnencrypted({ code, originalCode = '' }: SmtpFailure): boolean {
  return code === 'ETLS' || ENCRYPTION_CODE.test(originalCode)
}

function encryptionReason({ originalCode, responseCode, message = '' }: SmtpFailure): string {
  if (responseCode !== undefined) return 'the server does not offer STARTTLS'
  // Node's words about the certificate: made before anything of the mail was there to be quoted.
  return originalCode ?? message.replace(/^Error initiating TLS - /, '').slice(0, 200)
}

/** Codes and the step at which it happened. The server's own text may quote the recipient or the link, so it is left out. */
function reasonFor({ code, originalCode, responseCode, response, command }: SmtpFailure): string {
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1]
  const answer = responseCode === undefined ? (originalCode ?? code ?? 'unknown error') : [responseCode, status].filter(Boolean).join(' ')
  return command === undefined || !/^[A-Z][A-Z0-9 _-]{0,30}$/.test(command) ? answer : `${answer} at ${command}`
}
