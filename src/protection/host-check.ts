/**
 * Whose name a request may call the site by. A foreign name would end up in links and caches.
 * @module
 */

import { lower } from '../base/text.js'

/** A name or an IPv6 address in brackets, then a port. No user part, no space. */
const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(:[0-9]+)?$/

/** The longest name that the name system knows, with brackets and port to spare. */
const MAX_LENGTH = 270

/** A host that was allowed, in its one form. */
export interface CheckedHost {
  readonly name: string
  /** As it was given, in lower case: with its port, for an origin. */
  readonly host: string
}

/**
 * Gives the host of a request, or null where it is malformed or not allowed: answer that with 400 before any work.
 * An entry is a name, `.example.com` for a domain and all below it, or `*` for any.
 *
 * @example
 * checkHost('Shop.example:8000', ['shop.example'])   // { name: 'shop.example', host: 'shop.example:8000' }
 */
export function checkHost(header: string | null | undefined, allowedHosts: readonly string[]): CheckedHost | null {
  if (typeof header !== 'string' || header.length > MAX_LENGTH) return null
  // Before lower case: the Kelvin sign would become a letter k.
  const host = /^[!-~]+$/.test(header) ? lower(header) : ''
  const name = HOST.exec(host)?.[1]
  if (name === undefined) return null
  const withoutDot = name.endsWith('.') ? name.slice(0, -1) : name
  return allowedHosts.some((entry) => isAllowed(withoutDot, lower(entry))) ? { name: withoutDot, host } : null
}

function isAllowed(name: string, entry: string): boolean {
  if (name === '' || entry === '') return false
  return entry === '*' || name === entry || (entry.startsWith('.') && (name.endsWith(entry) || name === entry.slice(1)))
}
