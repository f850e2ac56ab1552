/**
 * What an adapter is to the suite: something that starts the application and answers requests.
 * @module
 */

import type { Mounts, SiteMiddlewareOptions } from '../../src/adapters/mounts.js'
import type { Shop } from '../support/shop.js'
import type { Send } from './client.js'

/** How the application is put together. */
export interface Setup {
  readonly shop: Shop
  readonly mounts: Mounts
  readonly options?: SiteMiddlewareOptions
  /** The framework's own body parser, before or after the site. */
  readonly parser?: 'before' | 'after'
  /** Paths that the application is mounted at, the outer one first. */
  readonly below?: readonly string[]
  /** Another site on the same server, below a path. */
  readonly beside?: { readonly path: string; readonly shop: Shop }
}

/** An application that runs. */
export interface Running {
  readonly send: Send
  stop(): Promise<void>
}

/** One adapter. */
export interface Subject {
  readonly name: string
  start(setup: Setup): Promise<Running>
  /** What this framework cannot carry, each with the reason. */
  readonly cannot?: Partial<Record<Ability, string>>
}

/** What not every framework can carry. */
export type Ability =
  /** Two headers of one name, a target of any form: a socket. */
  | 'wire'
  /** Answers that begin before they end. */
  | 'streams'
  /** A proxy in front, told by the socket's address. */
  | 'socket'
  /** A body parser of the framework's. */
  | 'parser'
  /** Applications inside applications. */
  | 'below'
  /** Two sites on one server. */
  | 'beside'
  /** Routes that say of themselves that they need no login. */
  | 'open'
  /** Asking for a login where there is no route. */
  | 'nowhere'
  /** Naming what is open on a site that asks everybody to log in. */
  | 'except'
  /** Asking everybody to log in, everywhere. */
  | 'closed'
