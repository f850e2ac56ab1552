/**
 * The admin of a site as its application sees it: models are registered at once; the pages are loaded when somebody opens one.
 * @module
 */

import type { AdminParts } from './admin/admin-parts.js'
import { ADMIN_BODY_LIMITS } from './admin/body-limits.js'
import type { AdminOptions, ModelAdminOptions } from './admin/options.js'
import { AdminRegistry } from './admin/registry.js'
import type { Connection, Mountable } from './authentication/handle.js'
import type { SiteRequest } from './authentication/site-request.js'
import type { AnyModelClass, InstanceOf } from './database/model.js'
import type { BodyLimits } from './protection/body/request-data.js'

/** Registers what a site has of its own: users, groups and the like, unless they are taken out again. */
export type RegisterDefaults = (registry: AdminRegistry) => void

/** The admin of a site. */
export class AdminSite implements Mountable {
  readonly bodyLimits: BodyLimits = ADMIN_BODY_LIMITS
  readonly #registry: AdminRegistry
  readonly #parts: AdminParts
  #pages: Promise<{ respond(request: SiteRequest, base: string): Promise<Response> }> | null = null

  constructor(parts: AdminParts, options: AdminOptions, defaults: RegisterDefaults) {
    this.#parts = parts
    this.#registry = new AdminRegistry(options)
    defaults(this.#registry)
  }

  /**
   * Adds a model. Users, groups, permissions and content types are there already.
   *
   * @example
   * const admin = auth.admin({ siteHeader: 'Shop' })
   * admin.register(Product, { listDisplay: ['name', 'price'], searchFields: ['name'] })
   */
  register<M extends AnyModelClass>(model: M, options: ModelAdminOptions<M, InstanceOf<M>> = {}): this {
    this.#registry.add(model, options as unknown as ModelAdminOptions<AnyModelClass, never>)
    return this
  }

  /** Takes a model out. */
  unregister(model: AnyModelClass): this {
    this.#registry.remove(model)
    return this
  }

  /** @internal */
  async respond(request: SiteRequest, base: string): Promise<Response> {
    return (await this.#load()).respond(request, base)
  }

  /** Answers a web request, for servers that take a `fetch` function; the path must be the whole one. */
  async fetch(request: Request, connection: Connection & { readonly base?: string } = {}): Promise<Response> {
    const { base = '/admin', ...rest } = connection
    return this.#parts.requests.handle(request, (visitor) => this.respond(visitor, base), { ...rest, bodyLimits: ADMIN_BODY_LIMITS })
  }

  #load() {
    return (this.#pages ??= import('./admin/admin-pages.js').then(({ createAdminPages }) => createAdminPages(this.#parts, this.#registry)))
  }
}
