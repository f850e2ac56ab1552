/**
 * The way back from a page of a model.
 * @module
 */

import { appName } from '../admin-site.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { headerOf, type Crumb } from './page.js'

/** First page, app, list, and what comes after. */
export function crumbsOf(visit: AdminVisit, admin: ModelAdmin, ...rest: readonly Crumb[]): Crumb[] {
  const { appLabel } = admin.meta
  return [
    { label: headerOf(visit), href: `${visit.base}/` },
    { label: appName(appLabel), href: `${visit.base}/${appLabel}/` },
    rest.length === 0 ? { label: admin.titlePlural } : { label: admin.titlePlural, href: admin.url(visit.base) },
    ...rest,
  ]
}
