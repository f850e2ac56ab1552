/**
 * A visitor that looks at a running site from outside, for `portcullis check --url`: few requests, one after another, none of them large or
 * repeated, and a name by which the site's log knows it.
 * @module
 */

import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Misuse, Refusal } from '../errors.js'

/** Longest wait for one answer, in milliseconds. */
const TIMEOUT = 10_000
/** Of an answer's body no more is read: what is looked for stands in the first screens. */
const MOST_BYTES = 256 * 1024
/** However the site answers, this is all it gets. */
const MOST_REQUESTS = 20

/** What is asked for. */
export interface ProbeRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'TRACE'
  /** Path and query. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back. */
export interface ProbeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a site is spoken to. */
export interface ProbeOptions {
  /** Takes a certificate that nobody vouches for. */
  readonly insecure: boolean
  readonly version: string
}

/** Codes of Node for a certificate that does not prove who answers. */
const CERTIFICATE = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/

/** The origin of a site, checked. Throws `Misuse` for what is no address of one. */
export function probeTarget(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Misuse(`${option} is “${text}”. Pass where the site is reached: https://shop.example.`)
  return url
}

/** Speaks to one site. */
export class ProbeClient {
  readonly #options: ProbeOptions
  #sent = 0

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  /** How many requests were sent. */
  get sent(): number {
    return this.#sent
  }

  /** Sends one request; throws a `Refusal` that says why there is no answer. */
  async send(origin: URL, { method = 'GET', target, headers = {}, body }: ProbeRequest): Promise<ProbeAnswer> {
    if (this.#sent >= MOST_REQUESTS) throw new Refusal(`The site was asked ${MOST_REQUESTS} times; no more is sent.`)
    this.#sent += 1
    const said = {
      host: origin.host,
      'user-agent': `portcullis-check/${this.#options.version}`,
      accept: 'text/html',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    }
    const options = {
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port === '' ? (origin.protocol === 'https:' ? 443 : 80) : Number(origin.port),
      method,
      path: target,
      headers: said,
      agent: false as const,
      timeout: TIMEOUT,
    }
    try {
      return await new Promise<ProbeAnswer>((resolve, reject) => {
        const answered = (response: IncomingMessage): void => void readAnswer(response).then(resolve, reject)
        const outgoing =
          origin.protocol === 'https:'
            ? requestHttps({ ...options, servername: nameOf(origin), rejectUnauthorized: !this.#options.insecure }, answered)
            : requestHttp(options, answered)
        // A server that sends a byte now and then would keep the other clock from running out.
        const deadline = setTimeout(() => outgoing.destroy(new Error('timeout')), TIMEOUT)
        outgoing.on('close', () => clearTimeout(deadline))
        outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
        outgoing.on('error', reject)
        outgoing.end(body)
      })
    } catch (error) {
      throw unanswered(origin, error)
    }
  }
}

async function readAnswer(response: IncomingMessage): Promise<ProbeAnswer> {
  let body = ''
  response.setEncoding('utf8')
  for await (const part of response) {
    body += String(part)
    if (body.length >= MOST_BYTES) break
  }
  response.destroy()
  return { status: response.statusCode ?? 0, headers: response.headers, body: body.slice(0, MOST_BYTES) }
}

/** TLS names no addresses (RFC 6066). */
function nameOf(origin: URL): string {
  return /^[\d.]+$|^\[/.test(origin.hostname) ? '' : origin.hostname
}

function unanswered(origin: URL, error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const { code = '', message } = error as { readonly code?: string; readonly message?: string }
  if (CERTIFICATE.test(code))
    return new Refusal(
      `The certificate of ${origin.host} proves nothing (${code}): nobody this machine trusts has signed it for this name. ` +
        'If it is yours, for a site that is being tried, say --insecure.',
      { cause: error },
    )
  const why = message === 'timeout' ? `no answer within ${TIMEOUT / 1000} seconds` : code === '' ? message : code
  return new Refusal(`${origin.origin} cannot be asked: ${why}.`, { cause: error })
}
