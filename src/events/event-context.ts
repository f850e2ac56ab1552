/**
 * Who is acting: what happens deep inside, where no request is handed down, is noted with the request that it happened by.
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import type { EventRequest } from './event.js'

/** A request that may change something, and who sent it. */
export interface Acting extends EventRequest {
  /** Whoever is logged in at this moment. */
  readonly visitor: unknown
}

/** The request at hand, wherever one is being answered. */
export class EventContext {
  readonly #current = new AsyncLocalStorage<Acting>()

  /** Answers a request; what happens meanwhile is known to be of it. */
  run<T>(request: Acting, answer: () => T): T {
    return this.#current.run(request, answer)
  }

  /** The request at hand; null outside. */
  get current(): Acting | null {
    return this.#current.getStore() ?? null
  }
}
