/**
 * Node's responses: before the head is sent the session is saved and cookies and headers are set, whichever way the handler answers.
 * @module
 */

import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refusalFor, type RequestHandler } from '../authentication/handle.js'
import type { Refusal } from '../authentication/refusal.js'
import type { ResponseHead } from '../authentication/request-core.js'
import type { SiteRequest } from '../authentication/site-request.js'

/** The head of a Node response. */
class NodeResponseHead implements ResponseHead {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get status(): number {
    return this.#response.statusCode
  }

  get(name: string): string | undefined {
    const value = this.#response.getHeader(name)
    return Array.isArray(value) ? value.join(', ') : value === undefined ? undefined : String(value)
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value)
  }

  appendCookie(text: string): void {
    this.#response.appendHeader('set-cookie', text)
  }
}

type Call = readonly [method: 'write' | 'end' | 'flushHeaders', args: unknown[]]

/**
 * Takes care of a response: what the handler writes waits until a changed session is saved. Call it before the handler.
 */
export function watchResponse(handler: RequestHandler, request: SiteRequest, response: ServerResponse): void {
  const { core } = handler
  const original = {
    writeHead: response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse,
    write: response.write.bind(response) as (...args: unknown[]) => boolean,
    end: response.end.bind(response) as (...args: unknown[]) => ServerResponse,
    flushHeaders: response.flushHeaders.bind(response) as () => void,
  }
  /** What was written while the session was being saved, in order; null when nothing is being saved. */
  let waiting: Call[] | null = null
  let isSettled = false
  let statusMessage: string | undefined

  const writeHead = (): void => {
    isSettled = true
    core.writeHead(request, new NodeResponseHead(response))
    restore()
  }
  const restore = (): void => {
    response.write = original.write as never
    response.end = original.end as never
    response.flushHeaders = original.flushHeaders
  }
  /** The handler's own answer is dropped: it says that something was kept which was not. */
  const instead = async (refusal: Refusal): Promise<void> => {
    const answer = await handler.refuse(request, refusal)
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    response.statusCode = answer.status
    for (const [name, value] of answer.headers) response.setHeader(name, value)
    writeHead()
    original.writeHead(answer.status)
    original.end(await answer.text())
  }

  const save = async (calls: Call[]): Promise<void> => {
    let refusal: Refusal | null = null
    try {
      if (!(await core.save(request))) refusal = { status: 400, code: 'session_interrupted' }
    } catch (error) {
      core.reportError(error)
      refusal = refusalFor(error) ?? { status: 500, code: 'server_error' }
    }
    waiting = null
    if (refusal !== null) return instead(refusal)
    restore()
    for (const [method, args] of calls) original[method](...(args as never[]))
    if (calls.some(([method]) => method === 'write')) response.emit('drain')
  }

  const held = (call: Call): boolean => {
    if (waiting !== null) {
      waiting.push(call)
      return true
    }
    if (isSettled || !core.mustSave(request, response.statusCode)) return false
    const calls = (waiting = [call])
    save(calls).catch((error: unknown) => {
      core.reportError(error)
      response.destroy()
    })
    return true
  }

  response.writeHead = ((status: number, ...rest: unknown[]): ServerResponse => {
    if (isSettled) return original.writeHead(status, ...rest)
    response.statusCode = status
    if (typeof rest[0] === 'string') statusMessage = rest[0]
    setHeaders(response, typeof rest[0] === 'string' ? rest[1] : rest[0])
    // Sent with the first bytes, when it is known whether the session was kept.
    if (waiting !== null || core.mustSave(request, status)) return response
    writeHead()
    return statusMessage === undefined ? original.writeHead(status) : original.writeHead(status, statusMessage)
  }) as never
  response.write = ((...args: unknown[]): boolean => (held(['write', args]) ? false : original.write(...args))) as never
  response.end = ((...args: unknown[]): ServerResponse => {
    if (held(['end', args])) return response
    return original.end(...args)
  }) as never
  response.flushHeaders = (): void => {
    if (!held(['flushHeaders', []])) original.flushHeaders()
  }
}

/** Writes a web response to a Node response that has not begun. */
export async function sendResponse(response: ServerResponse, answer: Response): Promise<void> {
  response.statusCode = answer.status
  const cookies = answer.headers.getSetCookie()
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  // A page is whole already; only what may be large is passed on as it comes.
  if (answer.body === null || /^(?:text\/|application\/json)/.test(answer.headers.get('content-type') ?? '')) {
    response.end(answer.body === null ? undefined : Buffer.from(await answer.arrayBuffer()))
    return
  }
  await pipeline(Readable.fromWeb(answer.body as never), response)
}

/** Headers given to `writeHead` itself, as an object or a flat list. */
function setHeaders(response: ServerResponse, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return
  const entries: [string, unknown][] = Array.isArray(headers)
    ? Array.from({ length: Math.floor(headers.length / 2) }, (_, index) => [String(headers[2 * index]), headers[2 * index + 1]])
    : Object.entries(headers)
  for (const [name, value] of entries) {
    if (value === undefined) continue
    if (/^set-cookie$/i.test(name)) response.appendHeader(name, value as string | string[])
    else response.setHeader(name, value as string | number | readonly string[])
  }
}
