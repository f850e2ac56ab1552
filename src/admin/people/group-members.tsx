/**
 * Who is in a group, for who may see people: searched, and a page at a time.
 * @module
 */

import { sql } from 'kysely'
import { Group } from '../../accounts/group.js'
import type { BaseUser } from '../../accounts/base-user.js'
import type { AdminParts } from '../admin-parts.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import { tabsOf } from '../frame/tabs.js'
import { TableCard } from '../frame/table-card.js'
import { MOST_COUNTED } from '../rights/effects.js'
import type { Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import { openObject } from './open.js'
import { readPage, readQuery, readSearch } from './query.js'
import { keeping, Pages, SearchBox } from './search-box.js'

/** Members on a page. */
const PAGE = 100

/** The tab. */
export function groupMembersPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  return {
    async GET(visit) {
      const opened = await openObject<Group>(visit, Group, 'view')
      if (opened instanceof Response) return opened
      const people = visit.admin.of(parts.user)
      // Who is in a group is about people: it takes the right to see them.
      if (people === null || !(await people.canView(visit.request)))
        return visit.forbidden(`lacks ${people?.permission('view') ?? 'a list of users'}`)
      const query = readQuery(visit, ['q', 'p'])
      if ('refused' in query) return visit.refuse({ status: 400, code: 'bad_request', reason: query.refused })
      const page = readPage(query.p)
      if (page === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'p is no page' })
      const search = readSearch(query.q)
      const { admin, row } = opened
      const members = await membersOf(parts, rights, row, search, page)
      const count = await rights.effects.countMembers([row.id])
      const name = admin.nameOf(row)
      return adminPage(visit, {
        title: `Members of ${name}`,
        subtitle:
          count > MOST_COUNTED
            ? `More than ${MOST_COUNTED.toLocaleString('en')} people`
            : count === 1
              ? 'One person'
              : `${count.toLocaleString('en')} people`,
        breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: 'Members' }),
        current: admin,
        tabs: await tabsOf(visit, admin, row, 'members'),
        content: (
          <div class="pa-wide">
            {(count > 0 || search !== '') && <SearchBox label="Search members" search={search} />}
            {members.length === 0 ? (
              <div class="pc-card pa-empty">
                <h2>{search === '' ? 'Nobody yet' : 'Nobody fits'}</h2>
                <p class="pc-soft">
                  {search === '' ? 'People are put into groups on their own pages.' : 'Try a name, a part of one, or an address.'}
                </p>
              </div>
            ) : (
              <TableCard
                label="Members"
                columns={['Name', 'E-mail address', 'State']}
                below={<Pages page={page} hasMore={members.length > PAGE} at={keeping({ q: search })} />}
              >
                <tbody>
                  {members.slice(0, PAGE).map((one) => (
                    <tr>
                      <th scope="row">
                        <a href={people.url(visit.base, 'change', one.pk)}>{people.nameOf(one)}</a>
                      </th>
                      <td>{people.display(valueOf(one, parts.users.model.emailField))}</td>
                      <td>
                        <ul class="pa-sources">
                          {!one.isActive && <li class="pa-source pa-source-off">switched off</li>}
                          {valueOf(one, 'isSuperuser') === true && <li class="pa-source pa-source-superuser">superuser</li>}
                          {valueOf(one, 'isStaff') === true && <li class="pa-source">staff</li>}
                        </ul>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </TableCard>
            )}
          </div>
        ),
      })
    },
  }
}

/** A page of members, and one more where there are more. */
async function membersOf(parts: AdminParts, rights: Rights, group: Group, search: string, page: number): Promise<BaseUser[]> {
  const { users, registry } = parts
  const { userGroups } = rights.powers.tables
  if (userGroups === null) return []
  const { meta, model } = users
  const column = (name: string) => sql.ref(`${meta.table}.${meta.column.get(name)?.column ?? ''}`)
  const texts = [...new Set([model.usernameField, model.emailField, 'firstName', 'lastName'])].filter(
    (name) => meta.column.get(name)?.field.settings.maxLength,
  )
  const contains = texts.map((name) => registry.database.dialect.textMatch('icontains', column(name), search))
  const fits = search === '' || contains.length === 0 ? sql`` : sql` and (${sql.join(contains, sql` or `)})`
  const key = sql.ref(`${meta.table}.${meta.primaryKey?.column ?? 'id'}`)
  const rows = await registry.database.execute(
    sql<
      Record<string, unknown>
    >`select ${users.selectList()} from ${sql.table(meta.table)} join ${sql.table(userGroups.table)} as ${sql.ref('ug')} on ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${key} where ${sql.ref(`ug.${userGroups.targetColumn}`)} = ${group.id}${fits} order by ${column(model.usernameField)} limit ${PAGE + 1} offset ${(page - 1) * PAGE}`,
  )
  return rows.map((row) => users.load(row))
}

function valueOf(row: BaseUser, name: string): unknown {
  return (row as unknown as Readonly<Record<string, unknown>>)[name]
}
