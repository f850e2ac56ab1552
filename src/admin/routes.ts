/**
 * Which page answers which path. The layout is Django's (AD-28), so that links of either admin open at the other; paths are compared as they
 * came, and only keys are decoded.
 * @module
 */

import type { AdminModels } from './admin-site.js'
import { unquoteKey } from './key-text.js'
import type { ModelAdmin } from './model-admin.js'
import type { AdminPageHandlers } from './special.js'

/** A page that was found: what answers, of which model, with which parts of the path. */
export interface FoundPage {
  readonly page: AdminPageHandlers
  readonly admin: ModelAdmin | null
  readonly parameters: readonly string[]
}

/** The pages of every model, made for one. */
export interface ModelPages {
  readonly list: (admin: ModelAdmin) => AdminPageHandlers
  readonly add: (admin: ModelAdmin) => AdminPageHandlers
  readonly change: (admin: ModelAdmin) => AdminPageHandlers
  readonly delete: (admin: ModelAdmin) => AdminPageHandlers
  readonly history: (admin: ModelAdmin) => AdminPageHandlers
  /** Beside `add/`: `export/` and its like. */
  readonly others: Readonly<Record<string, (admin: ModelAdmin) => AdminPageHandlers>>
}

/** The pages of the admin as a whole, by what follows the base. */
export type SitePagesOfAdmin = ReadonlyMap<string, AdminPageHandlers>

/** `/app/`, `/app/model/`, `/app/model/name/`, `/app/model/key/name/`. */
const PARTS = /^\/([a-z_][a-z0-9_]*)\/(?:([a-z_][a-z0-9_]*)\/(?:([^/]+)\/(?:([a-z_-]+)\/)?)?)?$/

/** What stands behind a key without a name of a page: its change page. */
export const TO_CHANGE_PAGE: AdminPageHandlers = {}

/** Finds the page for what follows the base; null where there is none. */
export function findPage(models: AdminModels, rest: string, site: SitePagesOfAdmin, app: AdminPageHandlers, pages: ModelPages): FoundPage | null {
  const own = site.get(rest)
  if (own !== undefined) return { page: own, admin: null, parameters: [] }
  const match = PARTS.exec(rest)
  if (match === null) return null
  const [, appLabel = '', modelName, first, second] = match
  if (modelName === undefined)
    return models.all.some((one) => one.meta.appLabel === appLabel) ? { page: app, admin: null, parameters: [appLabel] } : null
  const admin = models.find(appLabel, modelName)
  if (admin === null) return null
  if (first === undefined) return { page: pages.list(admin), admin, parameters: [] }
  return second === undefined ? besideAdd(admin, first, pages) : belowObject(admin, first, second, pages)
}

function besideAdd(admin: ModelAdmin, name: string, pages: ModelPages): FoundPage | null {
  if (name === 'add') return { page: admin.special.add ?? pages.add(admin), admin, parameters: [] }
  const special = ownPage(admin.special.modelPages, name)
  if (special !== null) return { page: special, admin, parameters: [] }
  const other = Object.hasOwn(pages.others, name) ? pages.others[name]?.(admin) : undefined
  if (other !== undefined) return { page: other, admin, parameters: [] }
  const key = unquoteKey(name)
  return key === null ? null : { page: TO_CHANGE_PAGE, admin, parameters: [key] }
}

function belowObject(admin: ModelAdmin, keyText: string, name: string, pages: ModelPages): FoundPage | null {
  const key = unquoteKey(keyText)
  if (key === null) return null
  const special = ownPage(admin.special.objectPages, name)
  if (special !== null) return { page: special, admin, parameters: [key] }
  if (name !== 'change' && name !== 'delete' && name !== 'history') return null
  return { page: pages[name](admin), admin, parameters: [key] }
}

function ownPage(pages: Readonly<Record<string, AdminPageHandlers>> | undefined, name: string): AdminPageHandlers | null {
  return pages !== undefined && Object.hasOwn(pages, name) ? (pages[name] ?? null) : null
}
