/**
 * One request to a page of the admin: who is asking, and the ways to answer.
 * @module
 */

import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { AdminParts, Staff } from './admin-parts.js'
import type { AdminModels } from './admin-site.js'
import { refusalInside } from './frame/refusal-page.js'
import { isStaff } from './gate.js'

/** Every page of the admin is about somebody. */
const NOT_STORED = { 'cache-control': 'private, no-store' } as const

/** What a visit is made of. */
export interface AdminVisitParts {
  readonly parts: AdminParts
  readonly admin: AdminModels
  readonly request: SiteRequest
  /** Where the admin is, without a slash at the end. */
  readonly base: string
  /** The parts of the path that vary, decoded (AD-27), in order. */
  readonly parameters: readonly string[]
}

/** A request to a page of the admin. Behind the gate `staff` is somebody who may enter. */
export class AdminVisit {
  readonly parts: AdminParts
  readonly admin: AdminModels
  readonly request: SiteRequest
  readonly base: string
  readonly parameters: readonly string[]

  constructor({ parts, admin, request, base, parameters }: AdminVisitParts) {
    this.parts = parts
    this.admin = admin
    this.request = request
    this.base = base
    this.parameters = parameters
  }

  /** Who is using the admin. */
  get staff(): Staff {
    return this.request.user as unknown as Staff
  }

  /** A whole document. */
  html(
    markup: string,
    { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Response {
    const body = this.request.method === 'HEAD' ? null : markup
    return new Response(body, { status, headers: { ...NOT_STORED, 'content-type': 'text/html; charset=utf-8', ...headers } })
  }

  /** Data for our own scripts. */
  json(data: unknown, status = 200): Response {
    return new Response(this.request.method === 'HEAD' ? null : JSON.stringify(data), {
      status,
      headers: { ...NOT_STORED, 'content-type': 'application/json; charset=utf-8' },
    })
  }

  /** After a form with 303, so that the browser fetches the next page. */
  redirect(location: string): Response {
    const status = this.request.method === 'GET' || this.request.method === 'HEAD' ? 302 : 303
    return new Response(null, { status, headers: { ...NOT_STORED, location } })
  }

  async refuse(refusal: Refusal): Promise<Response> {
    // Who is inside stays inside; anybody else sees the site's page.
    return isStaff(this.request)
      ? this.parts.requests.refuse(this.request, refusal, async () => refusalInside(this, refusal))
      : this.parts.requests.refuse(this.request, refusal)
  }

  async notFound(): Promise<Response> {
    return this.refuse({ status: 404, code: 'not_found' })
  }

  async forbidden(reason: string): Promise<Response> {
    return this.refuse({ status: 403, code: 'permission_denied', reason })
  }
}

/** Answers a visit. */
export type AdminHandler = (visit: AdminVisit) => Promise<Response>
