/**
 * Every account page of a site, for browsers and as JSON at the same addresses.
 * @module
 */

import { refusalFor, type Mountable } from '../authentication/handle.js'
import type { RefusalPage } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { mediaResponse } from '../media/media-response.js'
import { answerWithFile } from './look/static-files.js'
import { settlePages, type PagesOptions, type SettledPages } from './options.js'
import type { PagesSite } from './pages-site.js'
import { refusalPages } from './refusal-page.js'
import { allowedMethods, findRoute, lacksSlash, limitsOf, type Found } from './routes.js'
import { Visit } from './visit.js'

/** The account pages of one site. */
export interface AccountPages extends Mountable {
  /** Pages of refusals in the same look, for the whole site. */
  readonly refusalPage: RefusalPage
}

/**
 * Makes the account pages.
 *
 * @throws ImproperlyConfigured for a template there is not, and for a registration form that could make no account
 */
export function createPages(site: PagesSite, options: PagesOptions = {}): AccountPages {
  return new Pages(site, settlePages(site, options))
}

class Pages implements AccountPages {
  readonly refusalPage: RefusalPage
  readonly #site: PagesSite
  readonly #pages: SettledPages

  constructor(site: PagesSite, pages: SettledPages) {
    this.#site = site
    this.#pages = pages
    this.refusalPage = refusalPages(site, pages, site.settings.accountsPath)
  }

  async respond(request: SiteRequest, base: string): Promise<Response> {
    try {
      return await this.#find(request, base)
    } catch (error) {
      if (refusalFor(error) !== null) throw error
      this.#site.requests.core.reportError(error)
      return this.#site.requests.refuse(request, { status: 500, code: 'server_error' })
    }
  }

  async #find(request: SiteRequest, base: string): Promise<Response> {
    const rest = request.path.slice(base.length)
    if (rest.startsWith('/static/')) return this.#static(request, rest.slice('/static/'.length))
    if (rest.startsWith('/media/') && this.#site.storage !== null) return mediaResponse(this.#site.storage, rest.slice('/media/'.length), request)
    const found = findRoute(rest)
    if (found !== null && this.#has(found.route)) return this.#visit(request, base, found)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead && lacksSlash(rest)) return redirect(`${base}${rest}/${request.target.slice(request.path.length)}`)
    if (isRead && (rest === '' || rest === '/')) return redirect(`${base}/profile/`)
    return this.#site.requests.refuse(request, { status: 404, code: 'not_found' })
  }

  #has({ isReset = false, isEmail = false, isUnlock = false }: Found['route']): boolean {
    if (isUnlock && this.#site.unlockLinks === null) return false
    return (!isReset || this.#pages.passwordReset !== null) && (!isEmail || this.#pages.changesEmailByLink)
  }

  async #visit(request: SiteRequest, base: string, { route, parameters }: Found): Promise<Response> {
    const { method } = request
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: allowedMethods(route) } })
    const handler = method === 'POST' ? route.POST : method === 'GET' || method === 'HEAD' ? route.GET : undefined
    if (handler === undefined) return this.#refuseMethod(request, allowedMethods(route))
    if (method === 'POST') await request.readBody(limitsOf(route))
    return handler(new Visit({ site: this.#site, pages: this.#pages, request, base, parameters }))
  }

  async #static(request: SiteRequest, name: string): Promise<Response> {
    const file = this.#pages.files.get(name)
    if (file === undefined) return this.#site.requests.refuse(request, { status: 404, code: 'not_found' })
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.#refuseMethod(request, 'GET, HEAD')
    return answerWithFile(file, request.method === 'HEAD')
  }

  async #refuseMethod(request: SiteRequest, allow: string): Promise<Response> {
    return this.#site.requests.refuse(request, { status: 405, code: 'method_not_allowed', headers: { allow } })
  }
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location, 'cache-control': 'private, no-store' } })
}
