/**
 * Which of a site's requests a framework's own request is. Noted on that request itself: a `WeakMap` of many objects that live for a moment
 * costs the collector more than all the rest of a request.
 * @module
 */

import type { SiteRequest } from './site-request.js'

/** The requests of one site. */
export class KnownRequests {
  /** No other site reads it. */
  readonly #note = Symbol('portcullis request')
  /** Those that take no property. */
  readonly #sealed = new WeakMap<object, SiteRequest>()

  add(raw: object, request: SiteRequest): void {
    if (!Reflect.defineProperty(raw, this.#note, { value: request, configurable: true })) this.#sealed.set(raw, request)
  }

  /** Null for a request that this site did not open. */
  find(raw: object): SiteRequest | null {
    return (raw as { readonly [note: symbol]: SiteRequest | undefined })[this.#note] ?? this.#sealed.get(raw) ?? null
  }
}
