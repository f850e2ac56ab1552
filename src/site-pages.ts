/**
 * The account pages of a site, and the pages of its refusals: nothing of them is loaded before somebody asks for one.
 * @module
 */

import type { Connection, Mountable, RequestHandler } from './authentication/handle.js'
import type { RefusalPage } from './authentication/refusal.js'
import type { SiteRequest } from './authentication/site-request.js'
import { ImproperlyConfigured } from './base/errors.js'
import type { PagesOptions } from './pages/options.js'
import type { AccountPages } from './pages/pages.js'
import type { PagesSite } from './pages/pages-site.js'
import { DEFAULT_BODY_LIMITS, UPLOAD_BODY_LIMITS, type BodyLimits } from './protection/body/request-data.js'

/** Pages that an adapter serves below a path, or that answer web requests by themselves. */
export interface SitePages extends Mountable {
  /** Answers a web request, for servers that take a `fetch` function. */
  fetch(request: Request, connection?: Connection): Promise<Response>
}

/** What the pages may be told: known here, so that a slip of the pen shows at the start and not at the first visit. */
const OPTIONS: Record<keyof PagesOptions, true> = {
  templates: true,
  layout: true,
  siteName: true,
  homeUrl: true,
  logo: true,
  language: true,
  theme: true,
  stylesheets: true,
  scripts: true,
  register: true,
  passwordReset: true,
  profile: true,
  allowedRedirectHosts: true,
  redirectAuthenticatedUser: true,
  clearSiteData: true,
}

/** Only these take a file, and so as much as the largest picture, and some. */
const WITH_FILE = /\/(?:profile|register|register\/account|invitation)\/$/

function bodyLimits({ path }: SiteRequest): BodyLimits {
  return WITH_FILE.test(path) ? UPLOAD_BODY_LIMITS : DEFAULT_BODY_LIMITS
}

/** The pages of a site: those it is asked for, and those of its refusals, which look like the first that it was asked for. */
export class PagesOfSite {
  readonly #site: () => PagesSite
  #looksLike: (() => Promise<AccountPages>) | null = null
  #hasPages = false

  constructor(site: () => PagesSite) {
    this.#site = site
  }

  /** Whether there are account pages at all. */
  get hasPages(): boolean {
    return this.#hasPages
  }

  /** Makes the account pages of a site. */
  accountPages(options?: PagesOptions): SitePages {
    const unknown = Object.keys(options ?? {}).find((name) => !Object.hasOwn(OPTIONS, name))
    if (unknown !== undefined) throw new ImproperlyConfigured(`pages() has no option “${unknown}”. It has: ${Object.keys(OPTIONS).join(', ')}.`)
    this.#hasPages = true
    const load = this.#loader(options)
    this.#looksLike ??= load
    const { requests, settings } = this.#site()
    return {
      bodyLimits,
      respond: async (request, base) => (await load()).respond(request, base),
      fetch: (request, connection) => fetchPages(requests, settings.accountsPath, load, request, connection),
    }
  }

  /** The page of a refusal. */
  readonly refusalPage: RefusalPage = async (refusal, request) => {
    this.#looksLike ??= this.#loader()
    return (await this.#looksLike()).refusalPage(refusal, request)
  }

  #loader(options?: PagesOptions): () => Promise<AccountPages> {
    let loading: Promise<AccountPages> | null = null
    return () => (loading ??= import('./pages/pages.js').then(({ createPages }) => createPages(this.#site(), options)))
  }
}

/** A router that mounts a `fetch` function may have cut the mount path off the URL; links need it. */
async function fetchPages(
  requests: RequestHandler,
  base: string,
  load: () => Promise<Mountable>,
  request: Request,
  connection: Connection | undefined,
): Promise<Response> {
  const url = new URL(request.url)
  const isWhole = url.pathname.startsWith(`${base}/`)
  if (!isWhole) url.pathname = base + url.pathname
  const whole = isWhole ? request : new Request(url, request)
  const head = { ...connection, bodyLimits }
  return requests.handle(whole, async (visitor) => (await load()).respond(visitor, base), head)
}
