/**
 * What every adapter is told alike: which pages are served below which path, and whether everybody must log in.
 * @module
 */

import { guardMark, type GuardCheck, type GuardMark } from '../authentication/guards.js'
import { mountAt, type Mountable, type RequestHandler } from '../authentication/handle.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { ImproperlyConfigured } from '../base/errors.js'

/** Pages by the path they are served below: `{ '/accounts': auth.pages(), '/admin': admin }`. */
export type Mounts = Readonly<Record<string, Mountable>>

/** What a site may be told besides its pages. */
export interface SiteMiddlewareOptions {
  /**
   * Asks everybody to log in, everywhere: what is not named in `except` is closed, spelt in whatever way. The account pages that one
   * needs to log in by are open of themselves. Default false. Django's `LoginRequiredMiddleware`.
   */
  readonly loginRequired?: boolean | { readonly except: readonly string[] }
}

/** The pages and rules of one adapter, settled once. */
export class SettledMounts {
  /** Each with the path it was given, without a slash at the end. */
  readonly list: readonly (readonly [base: string, pages: Mountable])[]
  readonly #open: ReadonlySet<string> | null
  readonly #loginRequired: GuardCheck

  constructor(handler: RequestHandler, mounts: Mounts = {}, options: SiteMiddlewareOptions = {}) {
    this.list = Object.entries(mounts).map(([path, pages]) => [basePath(path, pages), pages] as const)
    this.#open = openPaths(options)
    this.#loginRequired = handler.guards.loginRequired()
  }

  /** The pages that answer a path, with the whole path they are mounted at. `outer` is where the adapter itself is mounted. */
  find(path: string, outer = ''): readonly [base: string, pages: Mountable] | null {
    // Where the outer path has parameters, a visitor writes its beginning, and pages lead to addresses below it: to a browser a host (F2).
    if (/^\/[/\\]/.test(path)) return null
    if (outer === '') return mountAt(path, this.list)
    return mountAt(
      path,
      this.list.map(([base, pages]) => [outer + base, pages] as const),
    )
  }

  /** Marks the middleware that serves these. */
  mark<T extends object>(middleware: T): T {
    return Object.assign(middleware, { [siteMark]: this })
  }

  /** Whether a path needs a login whatever its handler says. */
  isClosed(path: string): boolean {
    return this.#open !== null && !this.#open.has(path)
  }

  /** What must hold before a handler of the application runs; null where nothing must. */
  gateFor(request: SiteRequest): GuardCheck | null {
    return this.isClosed(request.path) ? this.#loginRequired : null
  }
}

/** Marks what a framework was given as a site, for `portcullis routes`. */
const siteMark: unique symbol = Symbol.for('portcullis site')

/** What a framework cut off the path before it called us: where the adapter itself is mounted. */
export function outerPath(whole: string, left: string): string {
  return whole.length > left.length && whole.endsWith(left) ? whole.slice(0, -left.length) : ''
}

/** The part of a path that a base with parameters, such as `/:tenant`, stands for. */
export function filledBase(path: string, base: string): string {
  if (!/[:*]/.test(base)) return base === '/' ? '' : base
  return path.split('/', base.split('/').length).join('/')
}

/** Marks a framework's middleware as a guard, for `portcullis routes`. */
export function marked<T extends object>(middleware: T, mark: GuardMark): T {
  return Object.assign(middleware, { [guardMark]: mark })
}

/** The site that a middleware is, or null. */
export function siteOf(middleware: unknown): SettledMounts | null {
  return innermost(middleware)?.[siteMark] ?? null
}

/** The guard that a middleware is, or null. */
export function markOf(middleware: unknown): GuardMark | null {
  return innermost(middleware)?.[guardMark] ?? null
}

interface MarkedMiddleware {
  readonly [guardMark]?: GuardMark
  readonly [siteMark]?: SettledMounts
  /** Hono wraps the functions of an application that is part of another. */
  readonly __COMPOSED_HANDLER?: unknown
}

/** The function that the application wrote; null for what is none. */
export function innermost(value: unknown): (MarkedMiddleware & { readonly length: number }) | null {
  if (typeof value !== 'function') return null
  const { __COMPOSED_HANDLER: inner } = value as MarkedMiddleware
  return inner === undefined ? (value as MarkedMiddleware & { readonly length: number }) : innermost(inner)
}

/**
 * The paths that are open on a site that asks everybody to log in; null on one that does not. A slip of the pen must not leave a site
 * open, nor a text be taken for a list of letters, of which one is the slash.
 */
function openPaths(options: SiteMiddlewareOptions): ReadonlySet<string> | null {
  const unknown = Object.keys(options).find((name) => name !== 'loginRequired')
  if (unknown !== undefined) throw new ImproperlyConfigured(`site() has no option “${unknown}”. It has: loginRequired.`)
  const loginRequired: unknown = options.loginRequired ?? false
  if (typeof loginRequired === 'boolean') return loginRequired ? new Set() : null
  const { except } = Object(loginRequired) as { readonly except?: unknown }
  const isList = Array.isArray(except) && except.every((one) => typeof one === 'string' && one.startsWith('/'))
  if (!isList) throw new ImproperlyConfigured('`loginRequired` of site() is true, or names the paths that are open: { except: ["/about"] }.')
  return new Set(except as string[])
}

function basePath(path: string, pages: unknown): string {
  const base = path.endsWith('/') ? path.slice(0, -1) : path
  if (!base.startsWith('/') || /[?#\s]/.test(base)) {
    throw new ImproperlyConfigured(`“${path}” is no path to serve pages below. Use one like "/accounts".`)
  }
  if (typeof (pages as Partial<Mountable> | null)?.respond !== 'function') {
    throw new ImproperlyConfigured(`What is to be served below “${path}” has no pages. Pass auth.pages() or auth.admin().`)
  }
  return base
}
