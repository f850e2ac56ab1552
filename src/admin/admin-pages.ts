/**
 * The admin's pages behind their gate: who is no active member of staff meets the login page, whatever the address (AD-1).
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import { refusalFor } from '../authentication/handle.js'
import { loginLocation } from '../authentication/guards.js'
import { answerWithFile } from '../pages/look/static-files.js'
import { addPages } from './change/change-pages.js'
import type { AdminParts } from './admin-parts.js'
import { AdminModels } from './admin-site.js'
import { isStaff } from './gate.js'
import { adminFiles } from './frame/files.js'
import { indexPages } from './frame/index-page.js'
import { loginPages } from './frame/login-page.js'
import { historyPage } from './log/history-page.js'
import { listPages } from './list/list-pages.js'
import { specialsOf } from './people/specials.js'
import type { AdminRegistry } from './registry.js'
import { ensureOwnPermissions } from './rights/grant-any.js'
import { securityPages } from './security/security-pages.js'
import { findPage, TO_CHANGE_PAGE, type FoundPage, type ModelPages, type SitePagesOfAdmin } from './routes.js'
import type { AdminPageHandlers } from './special.js'
import { AdminVisit } from './visit.js'

/** Pages that anybody may open: one cannot log in otherwise. */
const OPEN = new Set(['/login/'])

/** Makes the pages of one admin. */
export function createAdminPages(parts: AdminParts, registry: AdminRegistry): { respond(request: SiteRequest, base: string): Promise<Response> } {
  const models = new AdminModels(parts, registry, specialsOf(parts, registry.options))
  const { index, app } = indexPages
  const site: SitePagesOfAdmin = new Map([['/', index], ...Object.entries(loginPages), ...Object.entries(securityPages)])
  const pages: ModelPages = { ...listPages, ...addPages, history: historyPage, others: { ...listPages.others, ...addPages.others } }

  const visitOf = (request: SiteRequest, base: string, parameters: readonly string[]): AdminVisit =>
    new AdminVisit({ parts, admin: models, request, base, parameters })

  const find = async (request: SiteRequest, base: string): Promise<Response> => {
    const rest = request.path.slice(base.length)
    if (rest.startsWith('/static/')) return staticFile(request, parts, rest.slice('/static/'.length))
    if (rest === '') return visitOf(request, base, []).redirect(`${base}/`)
    const visit = visitOf(request, base, [])
    if (!OPEN.has(rest) && !isStaff(request)) return toLogin(visit, rest)
    const found = findPage(models, rest, site, app, pages)
    if (found === null) return rest.endsWith('/') || request.method === 'POST' ? visit.notFound() : withSlash(visit, models, rest, site, app, pages)
    return answer(found, visitOf(request, base, found.parameters))
  }

  // Made when somebody opens the first page: tables are there then. What failed is tried again at the next.
  let opened: Promise<void> | null = null
  const open = async (): Promise<void> =>
    (opened ??= ensureOwnPermissions(parts).catch((error: unknown) => {
      opened = null
      throw error
    }))

  return {
    async respond(request, base) {
      try {
        await open()
        return await find(request, base)
      } catch (error) {
        if (refusalFor(error) !== null) throw error
        parts.requests.core.reportError(error)
        return parts.requests.refuse(request, { status: 500, code: 'server_error' })
      }
    },
  }
}

async function answer({ page, admin, parameters }: FoundPage, visit: AdminVisit): Promise<Response> {
  if (page === TO_CHANGE_PAGE && admin !== null) return visit.redirect(admin.url(visit.base, 'change', parameters[0]))
  const { method } = visit.request
  const handler = method === 'POST' ? page.POST : method === 'GET' || method === 'HEAD' ? page.GET : undefined
  if (handler !== undefined) return handler(visit)
  return visit.refuse({ status: 405, code: 'method_not_allowed', headers: { allow: allowed(page) } })
}

function allowed(page: AdminPageHandlers): string {
  return [...(page.GET === undefined ? [] : ['GET', 'HEAD']), ...(page.POST === undefined ? [] : ['POST'])].join(', ')
}

/** To the login page and back; who is on the way out goes to the first page instead. */
async function toLogin(visit: AdminVisit, rest: string): Promise<Response> {
  const target = rest === '/logout/' ? `${visit.base}/` : visit.request.target
  const location = loginLocation(target, `${visit.base}/login/`)
  const isKnown = visit.request.user.isAuthenticated
  return visit.refuse({ status: isKnown ? 403 : 401, code: isKnown ? 'permission_denied' : 'login_required', location })
}

async function withSlash(visit: AdminVisit, models: AdminModels, rest: string, site: SitePagesOfAdmin, app: AdminPageHandlers, pages: ModelPages) {
  if (findPage(models, `${rest}/`, site, app, pages) === null) return visit.notFound()
  return visit.redirect(`${visit.base}${rest}/${visit.request.target.slice(visit.request.path.length)}`)
}

async function staticFile(request: SiteRequest, parts: AdminParts, name: string): Promise<Response> {
  const file = adminFiles.byName.get(name)
  if (file === undefined) return parts.requests.refuse(request, { status: 404, code: 'not_found' })
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return parts.requests.refuse(request, { status: 405, code: 'method_not_allowed', headers: { allow: 'GET, HEAD' } })
  return answerWithFile(file, request.method === 'HEAD')
}
