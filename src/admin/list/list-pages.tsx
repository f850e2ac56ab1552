/**
 * The list of a model's objects.
 * @module
 */

import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ModelPages } from '../routes.js'
import type { AdminPageHandlers } from '../special.js'

/** The pages of lists. */
export const listPages: Pick<ModelPages, 'list' | 'others'> = { list: listPage, others: {} }

function listPage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const rows = await admin.manager.all({ limit: admin.listPerPage })
      return adminPage(visit, {
        title: admin.titlePlural,
        breadcrumbs: crumbsOf(visit, admin),
        current: admin,
        tools: (await admin.canAdd(visit.request)) ? [{ label: `Add ${admin.meta.verboseName}`, href: admin.url(visit.base, 'add'), primary: true }] : [],
        content: (
          <ul>
            {rows.map((row) => (
              <li>
                <a href={admin.url(visit.base, 'change', row.pk)}>{admin.nameOf(row)}</a>
              </li>
            ))}
          </ul>
        ),
      })
    },
  }
}
