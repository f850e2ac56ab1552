/**
 * Limits that an application uses by name: asked with a request, which is counted by its address, or with any text, outside HTTP too.
 * @module
 */

import { addressKey } from '../protection/client-address.js'
import type { RateLimitAnswer, RateLimiter, RateLimitRule } from '../protection/rate-limits/rate-limiter.js'
import type { SiteRequest } from './site-request.js'

/** What a limit is made of. */
export interface RequestLimitOptions extends RateLimitRule {
  /**
   * What a request is counted by. Default: the client's address, an IPv6 one by its /64. Never count by the path: it has too many
   * spellings (C10).
   */
  readonly key?: (request: SiteRequest) => string
}

/** A limit of an application's. */
export interface RequestLimit {
  readonly name: string
  /** Counts one, if it may come. Takes a request, or a text that tells those apart who share nothing. */
  take(subject: string | object): Promise<RateLimitAnswer>
  /** Counts one, or throws `TooManyRequests`: 429 with `Retry-After`. */
  enforce(subject: string | object): Promise<void>
}

/** Makes the limit of a limiter. `requestOf` gives the site's view of a framework's request. */
export function requestLimit(limiter: RateLimiter, options: RequestLimitOptions, requestOf: (request: object) => SiteRequest): RequestLimit {
  const key = options.key ?? addressOf
  const keyOf = (subject: string | object): string => (typeof subject === 'string' ? subject : key(requestOf(subject)))
  return {
    name: limiter.name,
    take: async (subject) => limiter.take(keyOf(subject)),
    enforce: async (subject) => limiter.enforce(keyOf(subject)),
  }
}

/** What requests are counted by: the network of the client. Without a socket there is only one. */
export function addressOf(request: SiteRequest): string {
  const { address } = request
  return (address === null ? null : addressKey(address)) ?? 'no address'
}
