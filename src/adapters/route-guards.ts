/**
 * Which guards stand before a route: those written at it, those of the paths above it, and the site that asks everybody to log in.
 * @module
 */

import type { GuardMark } from '../authentication/guards.js'
import { markOf, siteOf, type SettledMounts } from './mounts.js'

/** What a framework calls before a handler, and for which paths. */
export interface Before {
  readonly path: string
  readonly handler: unknown
}

/** What stands before the routes that come next. */
export class RouteGuards {
  readonly #guards: { readonly path: string; readonly mark: GuardMark }[]
  readonly #sites: { readonly path: string; readonly site: SettledMounts }[]

  constructor(from?: RouteGuards) {
    this.#guards = from === undefined ? [] : [...from.#guards]
    this.#sites = from === undefined ? [] : [...from.#sites]
  }

  /** Takes note of a middleware for `path` and all below it. Gives the paths of the pages that it serves. */
  add({ path, handler }: Before): string[] {
    const mark = markOf(handler)
    const site = siteOf(handler)
    if (mark !== null) this.#guards.push({ path, mark })
    if (site === null) return []
    this.#sites.push({ path, site })
    return site.list.map(([base]) => joinPaths(path, base))
  }

  /** The guards of a route; `own` are those written at it. */
  of(path: string, own: readonly GuardMark[]): GuardMark[] {
    const above = this.#guards.filter((one) => isBelow(path, one.path)).map(({ mark }) => mark)
    const all = [...above, ...own]
    const isClosed = this.#sites.some((one) => isBelow(path, one.path) && one.site.isClosed(path))
    return isClosed && !all.some(({ guard }) => guard === 'loginNotRequired') ? [SITE, ...all] : all
  }
}

/** A site that asks everybody to log in. */
export const SITE: GuardMark = { guard: 'loginRequired', detail: 'the whole site' }

/** Two paths, one below the other. */
export function joinPaths(outer: string, inner: string): string {
  const joined = `${outer.replace(/\/$/, '')}/${inner.replace(/^\//, '')}`
  return joined.length > 1 ? joined.replace(/\/$/, inner === '/' ? '' : '/') : '/'
}

/** The guards among the functions of a route. */
export function marksOf(handlers: readonly unknown[]): GuardMark[] {
  return handlers.map(markOf).filter((mark) => mark !== null)
}

function isBelow(path: string, base: string): boolean {
  const trimmed = base.replace(/\/$/, '')
  return path === trimmed || path.startsWith(`${trimmed}/`) || trimmed === ''
}
