/**
 * How a mail server is reached, settled once: encrypted unless the way there never leaves this machine, or the application says otherwise.
 * @module
 */

import { isIPv4 } from 'node:net'
import { ImproperlyConfigured } from '../base/errors.js'
import { Secret } from '../base/secret.js'

/**
 * How the connection is encrypted. `starttls`: begun in the clear and refused unless the server then encrypts. `implicit`: encrypted
 * from the first byte (port 465). `none`: in the clear.
 */
export type SmtpEncryption = 'starttls' | 'implicit' | 'none'

/** Options of `smtpTransport()`. */
export interface SmtpOptions {
  readonly host: string
  /** Default: 587, and 465 for `implicit`. */
  readonly port?: number
  /** Default: `implicit` on port 465, `none` to this machine itself, `starttls` everywhere else. */
  readonly tls?: SmtpEncryption
  readonly user?: string
  readonly password?: string | Secret<string>
  /** Certificates to trust besides nobody else's, in PEM: for a server that signs its own. */
  readonly ca?: string
  /** False believes any certificate: whoever stands between reads every mail, reset links included. Only for trying things out. */
  readonly rejectUnauthorized?: boolean
  /** The name in the server's certificate, where it is not `host`. */
  readonly servername?: string
  /** What this machine calls itself. Default: its host name. */
  readonly clientName?: string
  /** Most connections at the same time. Default 3. */
  readonly connections?: number
  /** How long one mail may take, in seconds. Default 60. */
  readonly timeout?: number
}

/** The same with every default filled in. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly tls: SmtpEncryption
  readonly user: string | null
  readonly password: Secret<string>
  readonly ca: string | null
  readonly rejectUnauthorized: boolean
  readonly servername: string | null
  readonly clientName: string | null
  readonly connections: number
  readonly timeout: number
}

const OPTIONS = ['host', 'port', 'tls', 'user', 'password', 'ca', 'rejectUnauthorized', 'servername', 'clientName', 'connections', 'timeout']
const ENCRYPTIONS: readonly unknown[] = ['starttls', 'implicit', 'none']
const FORM = 'smtp://user:password@mail.example:587, or smtps:// for port 465'

/**
 * Settles the options of a mail server, given as a URL or one by one.
 *
 * @throws ImproperlyConfigured naming what is wrong; never with the password
 * @example
 * const { port, tls } = settleSmtp('smtp://mail.example')   // 587, 'starttls'
 */
export function settleSmtp(given: string | SmtpOptions): SmtpSettings {
  const options = typeof given === 'string' ? fromUrl(given) : given
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new ImproperlyConfigured(`smtpTransport() has no option “${name}”. It has: ${OPTIONS.join(', ')}.`)
  }
  if (typeof options.host !== 'string' || !/^[^\s/@]+$/.test(options.host))
    throw new ImproperlyConfigured(`smtpTransport() needs a host. Pass ${FORM}.`)
  const isHere = isLoopback(options.host)
  const tls = options.tls ?? (options.port === 465 ? 'implicit' : isHere ? 'none' : 'starttls')
  if (!ENCRYPTIONS.includes(tls)) throw new ImproperlyConfigured("smtpTransport(): tls is 'starttls', 'implicit' or 'none'.")
  const { user = null, password = '', ca = null, servername = null, clientName = null } = options
  return {
    // A mail library asks name servers, and what they say of “localhost” need not be this machine.
    host: isHere && tls === 'none' && options.host === 'localhost' ? '127.0.0.1' : options.host,
    port: wholeNumber('port', options.port ?? (tls === 'implicit' ? 465 : 587), 65_535),
    tls,
    user,
    password: typeof password === 'string' ? new Secret(password) : password,
    ca,
    rejectUnauthorized: options.rejectUnauthorized ?? true,
    servername,
    clientName,
    connections: wholeNumber('connections', options.connections ?? 3, 100),
    timeout: positive('timeout', options.timeout ?? 60),
  }
}

/** Tells whether a host is this machine, by its names and numbers alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function fromUrl(text: string): SmtpOptions {
  const url = URL.canParse(text) ? new URL(text) : null
  // Not quoted: there is a password in it.
  const misshapen = url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !['', '/'].includes(url.pathname) || url.hash !== ''
  if (misshapen) throw new ImproperlyConfigured(`smtpTransport() was given no address of a mail server. Pass ${FORM}.`)
  const query = [...url.searchParams]
  const [tls] = query.map(([, value]) => value)
  if (query.some(([name]) => name !== 'tls') || query.length > 1) {
    throw new ImproperlyConfigured('The address of a mail server knows only ?tls=starttls, ?tls=implicit and ?tls=none. Pass the rest as options.')
  }
  const encryption = tls ?? (url.protocol === 'smtps:' ? 'implicit' : undefined)
  if (url.protocol === 'smtps:' && encryption !== 'implicit')
    throw new ImproperlyConfigured('smtps:// is encrypted from the first byte. Use smtp:// for anything else.')
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(encryption === undefined ? {} : { tls: encryption as SmtpEncryption }),
    ...(url.username === '' ? {} : { user: decoded(url.username), password: new Secret(decoded(url.password)) }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ImproperlyConfigured('The user or password in the address of the mail server is not percent-encoded. Pass them as options.')
  }
}

function wholeNumber(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new ImproperlyConfigured(`smtpTransport(): ${name} is a whole number from 1 to ${most}.`)
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new ImproperlyConfigured(`smtpTransport(): ${name} is a number of seconds.`)
}
