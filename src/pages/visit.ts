/**
 * One request to an account page: what it is about, and the ways to answer it, for browsers and for programs.
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { messageFor, type MessageKey } from '../base/messages.js'
import { accountUrls } from './account-urls.js'
import { lookOf, siteView } from './look-of.js'
import { noticeCookie, takeNotice, type NoticeCode } from './notices.js'
import type { SettledPages } from './options.js'
import type { PagesSite } from './pages-site.js'
import { visitorView } from './people.js'
import type { AccountUrls, PageProps, VisitorView } from './props.js'
import { renderPage, type PageName, type PropsOf } from './templates.js'

/** Never stored: every page here is about somebody, or about to be (K1, 14.3.2). */
const NOT_STORED = { 'cache-control': 'private, no-store', vary: 'Accept, Cookie' } as const

/** What a page's props are beyond those that all have. */
export type OwnProps<N extends PageName> = Omit<PropsOf<N>, Exclude<keyof PageProps, 'visitor'> | 'visitor'>

/** How an answer is sent. */
export interface AnswerOptions {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Where the page's form is sent. Default: where the request came. */
  readonly action?: string
  /** Shows the page as to a stranger, although somebody may be logged in. */
  readonly asStranger?: boolean
}

/** What a visit is made of. */
export interface VisitParts {
  readonly site: PagesSite
  readonly pages: SettledPages
  readonly request: SiteRequest
  /** Where the pages are, without a slash at the end. */
  readonly base: string
  /** The parts of the path that vary, in order. */
  readonly parameters: readonly string[]
}

/** A request to a page. */
export class Visit {
  readonly site: PagesSite
  readonly pages: SettledPages
  readonly request: SiteRequest
  readonly base: string
  readonly parameters: readonly string[]
  readonly urls: AccountUrls

  constructor({ site, pages, request, base, parameters }: VisitParts) {
    this.site = site
    this.pages = pages
    this.request = request
    this.base = base
    this.parameters = parameters
    this.urls = accountUrls(pages, base)
  }

  /** Who is asking; null for a visitor without a login. */
  get user(): BaseUser | null {
    const { user } = this.request
    return user instanceof BaseUser ? user : null
  }

  get wantsJson(): boolean {
    return this.request.wantsJson
  }

  /** A page. */
  async page<N extends PageName>(name: N, own: OwnProps<N>, options: AnswerOptions = {}): Promise<Response> {
    const { status = 200, headers = {}, action = this.request.path, asStranger = false } = options
    const visitor = asStranger ? null : await this.#visitor()
    const common: PageProps = { site: siteView(this.pages), urls: this.urls, visitor, csrfToken: this.request.csrfToken(), action }
    const news = takeNotice(this.request.header('cookie'), `${this.base}/`)
    const html = await renderPage(lookOf(this.pages, this.base), name, { ...own, ...common } as PropsOf<N>, news === null ? [] : [news.notice])
    const response = this.#answer(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })
    if (news !== null) response.headers.append('set-cookie', news.cookie)
    return response
  }

  /** Data for a program. */
  json(data: object, { status = 200, headers = {} }: Omit<AnswerOptions, 'action' | 'asStranger'> = {}): Response {
    return this.#answer(JSON.stringify(data), { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } })
  }

  /** A refusal with a code of the pages' own. */
  jsonError(status: number, code: string, message: MessageKey): Response {
    return this.json({ error: { code, message: messageFor(message) } }, { status })
  }

  /** Sends a browser elsewhere: after a form with 303, so that it fetches the next page and reloading it sends nothing again. */
  redirect(location: string, options: { readonly notice?: NoticeCode; readonly headers?: Readonly<Record<string, string>> } = {}): Response {
    const isForm = this.request.method !== 'GET' && this.request.method !== 'HEAD'
    const response = this.#answer(null, { status: isForm ? 303 : 302, headers: { location, ...options.headers } })
    if (options.notice !== undefined) response.headers.append('set-cookie', noticeCookie(options.notice, `${this.base}/`, this.request.isSecure))
    return response
  }

  /** Refuses the request, as a page or as JSON. */
  async refuse(refusal: Refusal): Promise<Response> {
    return this.site.requests.refuse(this.request, refusal)
  }

  /** Sends whoever is not logged in to the login page, and back here afterwards. */
  async askToLogIn(): Promise<Response> {
    return this.refuse(this.site.requests.guards.sendToLogin(this.request, { loginUrl: this.urls.login }))
  }

  /** The token for a program's next request, once the session has its new key. */
  async freshCsrfToken(): Promise<string> {
    const { core } = this.site.requests
    // On a native site the token follows from the session's key, which a session gets when it is saved.
    if (core.mustSave(this.request, 200)) await core.save(this.request)
    return this.request.csrfToken()
  }

  async #visitor(): Promise<VisitorView | null> {
    return this.user === null ? null : visitorView(this.site, this.user, `${this.base}/media/`)
  }

  #answer(body: string | null, { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> }): Response {
    return new Response(this.request.method === 'HEAD' ? null : body, { status, headers: { ...NOT_STORED, ...headers } })
  }
}
