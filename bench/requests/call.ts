/**
 * One request from the benchmark itself: logging in, and looking at answers before anything is measured.
 * @module
 */

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { COMMON_HEADERS, type Call } from './contestant.js'
import type { LoadRequest } from './load.js'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Sends it. */
export async function send(port: number, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method: call.method, path: call.path, headers: headersOf(port, call), agent: false },
      (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }), reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(call.body)
  })
}

/** The same as bytes for the load. */
export function toLoad(port: number, call: Call, holds: string): LoadRequest {
  const lines = Object.entries(headersOf(port, call)).map(([name, value]) => `${name}: ${value}\r\n`)
  return { text: `${call.method} ${call.path} HTTP/1.1\r\n${lines.join('')}\r\n${call.body ?? ''}`, holds }
}

/** The cookies of an answer, as the next request sends them. */
export function cookiesOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((one) => one.slice(0, one.indexOf(';'))).join('; ')
}

function headersOf(port: number, { method, headers, body }: Call): Record<string, string> {
  const origin = `http://127.0.0.1:${port}`
  return {
    host: `127.0.0.1:${port}`,
    ...COMMON_HEADERS,
    ...(method === 'POST' ? { origin } : {}),
    ...headers,
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  }
}
