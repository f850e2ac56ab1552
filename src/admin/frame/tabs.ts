/**
 * The pages of one object side by side: the object itself, what its model brings, and its history.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** A link to a page of an object. */
export interface TabView {
  readonly label: string
  readonly href: string
  readonly isCurrent: boolean
}

/** The tabs of an object, as far as somebody may open them. */
export async function tabsOf(visit: AdminVisit, admin: ModelAdmin, row: Model, current: string): Promise<TabView[]> {
  const own = (await admin.special.tabs?.(visit, row)) ?? []
  const all = [
    { page: 'change', label: admin.title, href: admin.url(visit.base, 'change', row.pk) },
    ...own,
    { page: 'history', label: 'History', href: admin.url(visit.base, 'history', row.pk) },
  ]
  return all.map(({ page, label, href }) => ({ label, href, isCurrent: page === current }))
}
