/**
 * What happened to one object, from the beginning (AD-24).
 * @module
 */

import { Moment } from '../../pages/components/moment.js'
import { tabsOf } from '../frame/tabs.js'
import { adminPage } from '../frame/page.js'
import { TableCard } from '../frame/table-card.js'
import { crumbsOf } from '../frame/crumbs.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminPageHandlers } from '../special.js'
import { readChangeMessage } from './change-message.js'
import { historyOf, type LoggedAction } from './read-log.js'

/** The page of one model's objects. */
export function historyPage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      const [key = ''] = visit.parameters
      // The right comes before the object, so that nobody learns which there are (I3).
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const row = await admin.find(key)
      if (row === null) return visit.notFound()
      if (!(await admin.canView(visit.request, row))) return visit.forbidden('may not see this object')
      const page = Number(visit.request.query.get('p') ?? '1')
      if (!Number.isSafeInteger(page) || page < 1 || page > 10_000) return visit.refuse({ status: 400, code: 'bad_request', reason: 'p is no page' })
      const { actions, hasMore } = await historyOf(visit, admin, row, page)
      const people = await namesOf(actions, async (keys) => visit.parts.users.filter({ pk: { in: keys } } as never))
      const name = admin.nameOf(row)
      return adminPage(visit, {
        title: `History of ${name}`,
        breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: 'History' }),
        current: admin,
        tabs: await tabsOf(visit, admin, row, 'history'),
        content:
          actions.length === 0 ? (
            <div class="pc-card pa-empty pa-nothing">
              <p>Nothing is noted. Perhaps it was not added in the admin.</p>
            </div>
          ) : (
            <TableCard
              label="History"
              columns={['When', 'Who', 'What']}
              card="pa-history"
              below={
                (page > 1 || hasMore) && (
                  <nav class="pa-pages" aria-label="Pages">
                    {page > 1 && <a href={`?p=${page - 1}`}>Earlier</a>}
                    {hasMore && <a href={`?p=${page + 1}`}>Later</a>}
                  </nav>
                )
              }
            >
              <tbody>
                {actions.map((one) => (
                  <tr>
                    <th scope="row">
                      <Moment at={one.time} />
                    </th>
                    <td>{people.get(String(one.userKey)) ?? '–'}</td>
                    <td>{one.kind === 'deleted' ? 'Deleted.' : readChangeMessage(one.message)}</td>
                  </tr>
                ))}
              </tbody>
            </TableCard>
          ),
      })
    },
  }
}

/** Who did it, by key: one statement for all. */
async function namesOf(
  actions: readonly LoggedAction[],
  find: (keys: readonly unknown[]) => Promise<readonly { readonly pk: unknown; getUsername(): string }[]>,
): Promise<ReadonlyMap<string, string>> {
  const keys = [...new Set(actions.map((one) => one.userKey))]
  if (keys.length === 0) return new Map()
  return new Map((await find(keys)).map((user) => [String(user.pk), user.getUsername()]))
}
