/**
 * What a user may, and why: every permission with where it comes from, and a single one taken apart.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Group } from '../../accounts/group.js'
import type { BaseUser } from '../../accounts/base-user.js'
import type { Explanation } from '../../authentication/explanation.js'
import { Icon } from '../../pages/components/icons.js'
import type { AdminParts } from '../admin-parts.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import { tabsOf } from '../frame/tabs.js'
import { TableCard } from '../frame/table-card.js'
import { EffectiveReader, type EffectivePage, type EffectivePermission } from '../rights/effective.js'
import { wholeName } from '../rights/permission-rows.js'
import type { Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { openObject, Remark } from './open.js'
import { byModel, Code, PermissionName } from './permission-table.js'
import { readPage, readQuery, readSearch, withQuery } from './query.js'
import { keeping, Pages, SearchBox } from './search-box.js'

/** No name is longer: two columns of 100 characters and a dot. */
const LONGEST_NAME = 201
/** Of the groups that grant one permission. */
const MOST_GROUPS_NAMED = 20

/** The tab. */
export function userPermissionsPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  const reader = new EffectiveReader(parts, rights.powers)
  return {
    async GET(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'view')
      if (opened instanceof Response) return opened
      const { admin, row } = opened
      const query = readQuery(visit, ['q', 'p', 'why'])
      if ('refused' in query) return visit.refuse({ status: 400, code: 'bad_request', reason: query.refused })
      const page = readPage(query.p)
      if (page === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'p is no page' })
      const search = readSearch(query.q)
      const found = await reader.page(row, { search, page })
      const why = query.why === undefined || query.why.length > LONGEST_NAME ? null : await parts.explain(row, query.why)
      const name = admin.nameOf(row)
      return adminPage(visit, {
        title: `What ${name} may`,
        breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: 'Effective permissions' }),
        current: admin,
        tabs: await tabsOf(visit, admin, row, 'permissions'),
        content: (
          <div class="pa-wide">
            {!row.isActive && <Remark kind="warning">The account is switched off. What is listed here counts once it is switched on again.</Remark>}
            {found.isSuperuser && <Remark>{`${name} is a superuser and may everything, granted or not.`}</Remark>}
            {why !== null && <Why why={why} back={withQuery('', { q: search, p: page === 1 ? null : page }) || '?'} />}
            <SearchBox label="Search permissions" search={search} />
            <List visit={visit} found={found} search={search} page={page} groupUrl={await groupUrls(visit)} />
          </div>
        ),
      })
    },
  }
}

interface ListProps {
  readonly visit: AdminVisit
  readonly found: EffectivePage
  readonly search: string
  readonly page: number
  readonly groupUrl: (key: number) => string | null
}

function List({ visit, found, search, page, groupUrl }: ListProps): JSX.Element {
  const kept = { q: search }
  if (found.permissions.length === 0 && found.elsewhere.length === 0) {
    return (
      <div class="pc-card pa-empty">
        <h2>{search === '' ? 'Nothing' : 'Nothing fits'}</h2>
        <p class="pc-soft">
          {search === '' ? 'No permission is granted, neither directly nor by a group.' : 'No permission of theirs has these words.'}
        </p>
      </div>
    )
  }
  return (
    <TableCard
      label="Effective permissions"
      columns={['Permission', 'From', <span class="pc-visually-hidden">Explanation</span>]}
      table="pa-effective"
      below={<Pages page={page} hasMore={found.hasMore} at={keeping({ q: search })} />}
    >
      {byModel(visit, found.permissions).map((group) => (
        <tbody>
          <tr class="pa-group-row">
            <th scope="rowgroup" colspan={3}>
              {group.title}
            </th>
          </tr>
          {group.rows.map((row) => (
            <tr>
              <th scope="row">
                <PermissionName row={row} />
              </th>
              <td>
                <Sources row={row} isSuperuser={found.isSuperuser} groupUrl={groupUrl} />
              </td>
              <td class="pa-cell-end">
                <a href={withQuery('', { ...kept, p: page === 1 ? null : page, why: wholeName(row) })} aria-label={`Why ${wholeName(row)}?`}>
                  Why?
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      ))}
      {found.elsewhere.length > 0 && page === 1 && (
        <tbody>
          <tr class="pa-group-row">
            <th scope="rowgroup" colspan={3}>
              Beyond the tables
            </th>
          </tr>
          {found.elsewhere.map((name) => (
            <tr>
              <th scope="row">
                <Code name={name} />
              </th>
              <td>
                <span class="pa-source pa-source-other">another backend</span>
              </td>
              <td class="pa-cell-end">
                <a href={withQuery('', { ...kept, why: name })} aria-label={`Why ${name}?`}>
                  Why?
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      )}
    </TableCard>
  )
}

function Sources({
  row,
  isSuperuser,
  groupUrl,
}: {
  readonly row: EffectivePermission
  readonly isSuperuser: boolean
  readonly groupUrl: (key: number) => string | null
}): JSX.Element {
  const more = row.groupCount - row.groups.length
  return (
    <ul class="pa-sources">
      {isSuperuser && <li class="pa-source pa-source-superuser">superuser</li>}
      {row.isDirect && <li class="pa-source pa-source-direct">directly</li>}
      {row.groups.map((group) => {
        const url = groupUrl(group.key)
        return <li class="pa-source">{url === null ? group.name : <a href={url}>{group.name}</a>}</li>
      })}
      {more > 0 && <li class="pc-soft">and {more} more groups</li>}
    </ul>
  )
}

function Why({ why, back }: { readonly why: Explanation; readonly back: string }): JSX.Element {
  const granting = why.groups.filter((one) => one.grants)
  return (
    <section class={`pc-card pa-why ${why.granted ? 'pa-why-yes' : 'pa-why-no'}`} aria-labelledby="why">
      <h2 id="why">
        <Icon name={why.granted ? 'check' : 'lock'} />
        <span>{why.conclusion}</span>
      </h2>
      <dl class="pa-facts">
        <div>
          <dt>Account</dt>
          <dd>{why.status}</dd>
        </div>
        <div>
          <dt>Granted directly</dt>
          <dd>{why.direct ? 'yes' : 'no'}</dd>
        </div>
        <div>
          <dt>Groups that grant it</dt>
          <dd>{granting.length === 0 ? 'none' : namesOf(granting)}</dd>
        </div>
        {why.backends.map((one) => (
          <div>
            <dt>{one.path}</dt>
            <dd>
              {one.answer}
              {one.reasons.length > 0 && ` (${one.reasons.join(' ')})`}
            </dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={back}>Close</a>
      </p>
    </section>
  )
}

function namesOf(groups: Explanation['groups']): string {
  const shown = groups.slice(0, MOST_GROUPS_NAMED).map((one) => one.name)
  return groups.length > shown.length ? `${shown.join(', ')} and ${groups.length - shown.length} more` : shown.join(', ')
}

/** Where groups are, for who may see them. */
export async function groupUrls(visit: AdminVisit): Promise<(key: number) => string | null> {
  const admin = visit.admin.of(Group)
  const maySee = admin !== null && (await admin.canView(visit.request))
  return (key) => (maySee ? admin.url(visit.base, 'change', key) : null)
}
