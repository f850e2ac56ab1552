/**
 * A whole request in the web's own terms: a `Request` goes in, a handler makes a `Response`, and everything around it is done here.
 * @module
 */

import { PermissionDenied, ServiceUnavailable, TooManyRequests } from '../base/errors.js'
import type { EventContext } from '../events/event-context.js'
import type { EventRequest } from '../events/event.js'
import { BodyProblem, type BodyLimits } from '../protection/body/request-data.js'
import { isSafeMethod } from '../protection/csrf.js'
import { type GuardCheck, type GuardChecks, refusalOf } from './guards.js'
import { bodyOf, headOf, type BodySource, type RequestHead } from './request-head.js'
import { bodyRefusal, type RequestCore, type ResponseHead } from './request-core.js'
import { refusalResponse, type Refusal, type RefusalPage } from './refusal.js'
import type { RemoteUser } from './remote-user.js'
import { SiteRequest, wantsJson } from './site-request.js'

/** Answers a request. */
export type SiteHandler = (request: SiteRequest) => Response | Promise<Response>

/** How much bodies may hold: always the same, or as much as the page that a request is for takes. */
export type PageLimits = BodyLimits | ((request: SiteRequest) => BodyLimits)

/** Pages that a site serves below a path: the account pages, the admin, uploaded pictures. */
export interface Mountable {
  /** What a refusal that is no page's own business (a forged request) is checked with: limits of the bodies its forms send. */
  readonly bodyLimits?: PageLimits
  /** @internal Answers a request whose path is `base` or below it. Forged requests were refused before. */
  respond(request: SiteRequest, base: string): Promise<Response>
}

/** What a site's requests are handled with. */
export interface HandlerParts {
  readonly core: RequestCore
  readonly guards: GuardChecks
  /** Makes pages of refusals; null for plain text. */
  readonly refusalPage: RefusalPage | null
  /** Who the proxy in front says is there; null where no proxy knows. */
  readonly remoteUser: RemoteUser | null
  /** Told of every refusal, for the log; of one at the door with what is known of the request. */
  readonly onRefusal: (refusal: Refusal, request: SiteRequest | null, door: EventRequest | null) => void
  /** Knows which request is being answered. */
  readonly context: EventContext
}

/** Where a web request comes from, as far as its server knows. */
export interface Connection {
  /** The socket's other end. */
  readonly address?: string | null
  /** Whether the socket is encrypted. Default: what the request's URL says. */
  readonly isEncrypted?: boolean
  /** How much of a body is read to look for a form's token, where it is not the site's usual limit. */
  readonly bodyLimits?: PageLimits
}

/** Handles the requests of one site. */
export class RequestHandler {
  readonly core: RequestCore
  readonly guards: GuardChecks
  readonly #parts: HandlerParts

  constructor(parts: HandlerParts) {
    this.#parts = parts
    this.core = parts.core
    this.guards = parts.guards
  }

  /** The site's part, the handler's part, and the site's part again. */
  async handle(request: Request, handler: SiteHandler, connection: Connection = {}): Promise<Response> {
    return this.run(headOf(request, connection), bodyOf(request), request, handler, connection.bodyLimits)
  }

  /** The same for a request of any framework, whose head and body the adapter shows. */
  async run(head: RequestHead, body: BodySource, raw: unknown, handler: SiteHandler, limits?: PageLimits): Promise<Response> {
    const opened = await this.open(head, body, raw)
    if (opened instanceof Response) return opened
    return this.finish(opened, await this.answer(opened, handler, limits))
  }

  /** Opens a request; what is refused at the door is answered already. */
  async open(head: RequestHead, body: BodySource, raw: unknown): Promise<SiteRequest | Response> {
    let refusal: Refusal
    try {
      const opened = await this.core.open(head, body, raw)
      if (opened instanceof SiteRequest) {
        const unnamed = (await this.#parts.remoteUser?.apply(opened)) ?? null
        return unnamed === null ? opened : await this.finish(opened, await this.refuse(opened, unnamed))
      }
      refusal = opened
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error
      this.#tellOutage(error)
      refusal = unavailable(error)
    }
    // Who is sent to HTTPS was not refused anything.
    if (refusal.code !== 'https_required') this.#parts.onRefusal(refusal, null, this.core.sketch(head))
    const response = await refusalResponse(refusal, { wantsJson: wantsJson(head), method: head.method, request: null }, this.#parts.refusalPage)
    this.core.writeSecurityHeaders(this.core.isSecure(head), headOfResponse(response))
    return response
  }

  /** Whether the proxy's word, where a site goes by one, leaves the visitor who they are. */
  isVouchedFor(request: SiteRequest): boolean {
    return this.#parts.remoteUser?.agrees(request) ?? true
  }

  /** Why a handler of the application must not run: a forged request comes before anything the gate may ask. */
  async refusalBefore(request: SiteRequest, gate: GuardCheck | null): Promise<Refusal | null> {
    return (await this.core.checkForgery(request)) ?? (await gate?.(request)) ?? null
  }

  /** Refuses forged requests, then lets the handler answer. What a handler throws to refuse becomes a refusal; anything else is thrown on. */
  async answer(request: SiteRequest, handler: SiteHandler, limits?: PageLimits): Promise<Response> {
    try {
      const forged = await this.core.checkForgery(request, typeof limits === 'function' ? limits(request) : limits)
      if (forged !== null) return await this.refuse(request, forged)
      return await this.acting(request, () => handler(request))
    } catch (error) {
      const refusal = this.refusalFor(error)
      if (refusal === null) throw error
      return this.refuse(request, refusal)
    }
  }

  /** Runs what answers a request: what happens meanwhile is known to be of it. Who only looks changes nothing that would be noted. */
  acting<T>(request: SiteRequest, work: () => T): T {
    return isSafeMethod(request.method) ? work() : this.#parts.context.run(request, work)
  }

  /** What an error that a handler threw means to the client, as `refusalFor` says; and the log is told where something is away. */
  refusalFor(error: unknown): Refusal | null {
    this.#tellOutage(error)
    return refusalFor(error)
  }

  /** Saves the session and sets cookies and headers. */
  async finish(request: SiteRequest, response: Response): Promise<Response> {
    let answer = response
    if (this.core.mustSave(request, response.status)) {
      const refusal = await this.save(request)
      // The handler's own answer is dropped: it says that something was kept which was not.
      if (refusal !== null) answer = await this.refuse(request, refusal)
    }
    // Responses of `fetch()` and of `Response.redirect()` cannot be changed.
    const open = isChangeable(answer) ? answer : new Response(answer.body, answer)
    this.core.writeHead(request, headOfResponse(open))
    return open
  }

  /** Saves the session; why the answer must be another where it could not be. */
  async save(request: SiteRequest): Promise<Refusal | null> {
    try {
      return (await this.core.save(request)) ? null : { status: 400, code: 'session_interrupted' }
    } catch (error) {
      const refusal = this.refusalFor(error)
      if (refusal === null) throw error
      return refusal
    }
  }

  /** The response to a refused request, with the site's page unless there is one of its own. */
  async refuse(request: SiteRequest, refusal: Refusal, page: RefusalPage | null = this.#parts.refusalPage): Promise<Response> {
    this.#parts.onRefusal(refusal, request, null)
    return refusalResponse(refusal, { wantsJson: request.wantsJson, method: request.method, request }, page)
  }

  /** Too much work at once is a refusal like others. What has a cause is a fault that somebody must mend. */
  #tellOutage(error: unknown): void {
    if (error instanceof ServiceUnavailable && error.cause !== undefined) this.core.reportError(error)
  }
}

/** What an error that a handler may throw means to the client; null for one that is nobody's business but the framework's. */
export function refusalFor(error: unknown): Refusal | null {
  if (error instanceof PermissionDenied) return refusalOf(error)
  if (error instanceof BodyProblem) return bodyRefusal(error)
  if (error instanceof ServiceUnavailable) return unavailable(error)
  if (error instanceof TooManyRequests) return tooMany(error)
  return null
}

/** Finds the pages that answer a path: the longest base that the path is, or is below. */
export function mountAt(path: string, mounts: readonly (readonly [base: string, pages: Mountable])[]): readonly [string, Mountable] | null {
  let best: readonly [string, Mountable] | null = null
  for (const mount of mounts) {
    const [base] = mount
    if ((path === base || path.startsWith(`${base}/`)) && (best === null || base.length > best[0].length)) best = mount
  }
  return best
}

/** The head of a web response. */
export function headOfResponse(response: Response): ResponseHead {
  const { headers } = response
  return {
    status: response.status,
    get: (name) => headers.get(name),
    set: (name, value) => headers.set(name, value),
    appendCookie: (text) => headers.append('set-cookie', text),
  }
}

function unavailable(error: ServiceUnavailable): Refusal {
  return { status: 503, code: 'unavailable', headers: error.headers, reason: error.message }
}

function tooMany(error: TooManyRequests): Refusal {
  return { status: 429, code: error.code, headers: { 'retry-after': String(error.retryAfter) }, reason: error.message }
}

function isChangeable({ headers }: Response): boolean {
  try {
    headers.delete('x-portcullis-changeable')
    return true
  } catch {
    return false
  }
}
