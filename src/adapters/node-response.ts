/**
 * Node's responses: before the head is sent the session is saved and cookies and headers are set, whichever way the handler answers.
 * @module
 */

import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from '../authentication/handle.js'
import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { isUntouched, ListedHead, NodeResponseHead, setHeaders } from './node-heads.js'

type Call = readonly [method: 'write' | 'end' | 'flushHeaders', args: unknown[]]
type Methods = Record<'writeHead' | 'write' | 'end' | 'flushHeaders', (...args: unknown[]) => unknown>

/**
 * Takes care of a response: what the handler writes waits until a changed session is saved. Call it before the handler.
 */
export function watchResponse(handler: RequestHandler, request: SiteRequest, response: ServerResponse): void {
  const watch = new ResponseWatch(handler, request, response)
  Object.assign(response, {
    writeHead: (...args: unknown[]) => watch.writeHead(args),
    write: (...args: unknown[]) => watch.write(args),
    end: (...args: unknown[]) => watch.end(args),
    flushHeaders: () => watch.flushHeaders(),
  })
}

/** One response, from the handler's first word to the head on its way. */
class ResponseWatch {
  readonly #handler: RequestHandler
  readonly #request: SiteRequest
  readonly #response: ServerResponse
  readonly #original: Methods
  /** `open`: nothing was said. `saving`: it was, and waits. `saved`: the head may go. `settled`: cookies and headers are set. */
  #stage: 'open' | 'saving' | 'saved' | 'settled' | 'replaced' = 'open'
  /** What waits while the session is being saved, in order. */
  readonly #waiting: Call[] = []
  #statusMessage: string | undefined
  readonly #isUntouched: boolean

  constructor(handler: RequestHandler, request: SiteRequest, response: ServerResponse) {
    this.#handler = handler
    this.#request = request
    this.#response = response
    this.#isUntouched = isUntouched(response)
    this.#original = {
      writeHead: response.writeHead.bind(response) as (...args: unknown[]) => unknown,
      write: response.write.bind(response) as (...args: unknown[]) => unknown,
      end: response.end.bind(response) as (...args: unknown[]) => unknown,
      flushHeaders: response.flushHeaders.bind(response),
    }
  }

  writeHead(args: unknown[]): ServerResponse {
    const response = this.#response
    if (this.#stage === 'settled') return this.#original.writeHead(...args) as ServerResponse
    if (this.#stage === 'replaced') return response
    const headers = this.#note(args)
    // Sent with the first bytes, when it is known whether the session was kept.
    if (this.#stage === 'saving' || (this.#stage === 'open' && this.#handler.core.mustSave(this.#request, response.statusCode))) {
      setHeaders(response, headers)
      pretend(response, 'headersSent')
      return response
    }
    const message = this.#statusMessage === undefined ? [] : [this.#statusMessage]
    if (this.#isUntouched && response.getHeaderNames().length === 0) return this.#writeList(message, headers)
    setHeaders(response, headers)
    this.#settle()
    return this.#original.writeHead(response.statusCode, ...message) as ServerResponse
  }

  write(args: unknown[]): boolean {
    if (this.#stage === 'replaced') return true
    return this.#waits(['write', args]) ? false : (this.#original.write(...args) as boolean)
  }

  end(args: unknown[]): ServerResponse {
    if (this.#stage === 'replaced') return this.#response
    if (this.#waits(['end', args])) pretend(this.#response, 'writableEnded')
    else this.#original.end(...args)
    return this.#response
  }

  flushHeaders(): void {
    if (this.#stage !== 'replaced' && !this.#waits(['flushHeaders', []])) this.#original.flushHeaders()
  }

  /** Notes the status and gives the headers. What Node calls on its own account, before the first bytes, repeats the status alone. */
  #note([status, second, third]: unknown[]): unknown {
    this.#response.statusCode = status as number
    if (typeof second !== 'string') return second
    this.#statusMessage = second
    return third
  }

  #writeList(message: readonly string[], headers: unknown): ServerResponse {
    const head = new ListedHead(this.#response.statusCode, headers)
    this.#handler.core.writeHead(this.#request, head)
    this.#original.writeHead(head.status, ...message, head.list)
    // Not before: of a head that Node refuses nothing was sent, and whoever answers instead needs one that is whole.
    this.#stage = 'settled'
    return this.#response
  }

  #waits(call: Call): boolean {
    const { core } = this.#handler
    if (this.#stage === 'saving') {
      this.#waiting.push(call)
      return true
    }
    if (this.#stage !== 'open') return false
    if (!core.mustSave(this.#request, this.#response.statusCode)) {
      this.#stage = 'saved'
      stopPretending(this.#response)
      return false
    }
    this.#stage = 'saving'
    this.#waiting.push(call)
    pretend(this.#response, 'headersSent')
    this.#save().catch((error: unknown) => {
      core.reportError(error)
      this.#response.destroy()
    })
    return true
  }

  async #save(): Promise<void> {
    const { core } = this.#handler
    let refusal: Refusal | null = null
    try {
      refusal = await this.#handler.save(this.#request)
    } catch (error) {
      core.reportError(error)
      refusal = { status: 500, code: 'server_error' }
    }
    stopPretending(this.#response)
    if (refusal !== null) return this.#replace(refusal)
    this.#stage = 'saved'
    for (const [method, args] of this.#waiting) this.#original[method](...args)
    if (this.#waiting.some(([method]) => method === 'write') && !this.#response.writableNeedDrain) this.#response.emit('drain')
  }

  #settle(): void {
    this.#stage = 'settled'
    this.#handler.core.writeHead(this.#request, new NodeResponseHead(this.#response))
  }

  /** The handler's own answer is dropped: it says that something was kept which was not. */
  async #replace(refusal: Refusal): Promise<void> {
    const response = this.#response
    const answer = await this.#handler.refuse(this.#request, refusal)
    const body = await answer.text()
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    for (const [name, value] of answer.headers) response.setHeader(name, value)
    response.statusCode = answer.status
    response.statusMessage = ''
    this.#settle()
    this.#original.end(body)
    // A stream of the handler's may go on; nobody reads it.
    this.#stage = 'replaced'
  }
}

/** A response that waits has been answered, for whoever asks: frameworks answer anew where nothing was said yet. */
function pretend(response: ServerResponse, name: 'headersSent' | 'writableEnded'): void {
  Object.defineProperty(response, name, { value: true, configurable: true })
}

/** Then Node's own word counts again. */
function stopPretending(response: ServerResponse): void {
  for (const name of ['headersSent', 'writableEnded']) Reflect.deleteProperty(response, name)
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
