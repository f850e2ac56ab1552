/**
 * Content types that no model of this site is behind any more, and removing them: with their permissions, and with every grant of these.
 * Content types of apps that this site declares nothing in belong to whoever else uses the database, and are not shown (H-8).
 * @module
 */

import { sql } from 'kysely'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { ContentType } from '../../accounts/content-type.js'
import { ValidationError, type Problem } from '../../base/errors.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { CSRF_FIELD } from '../../protection/csrf.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import { Problems } from '../frame/problems.js'
import { TableCard } from '../frame/table-card.js'
import { logDeletions } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import { PERMISSION_COLUMNS, PERMISSION_ORDER, PERMISSIONS, type PermissionRow } from '../rights/permission-rows.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { readFields } from './open.js'
import { PermissionName } from './permission-table.js'

/** Of one content type, so many permissions are listed. */
const MOST_LISTED = 100

interface StalePermission extends PermissionRow {
  readonly users: number
  readonly groups: number
}

interface StaleType {
  readonly type: ContentType
  readonly permissions: readonly StalePermission[]
}

const BUTTONS = new Set(['_confirmed', '_remove', CSRF_FIELD])

/** The page. */
export function staleTypesPage(rights: Rights): AdminPageHandlers {
  const admitted = async (visit: AdminVisit, then: (admin: ModelAdmin) => Promise<Response>): Promise<Response> => {
    const admin = visit.admin.of(ContentType)
    if (admin === null) return visit.notFound()
    if (!(await admin.canDelete(visit.request))) return visit.forbidden(`lacks ${admin.permission('delete')}`)
    // What hangs on them goes with them.
    if (!(await visit.staff.hasPerm('auth.delete_permission' as never))) return visit.forbidden('lacks auth.delete_permission')
    if (!(await rights.isUnlimited(visit.request))) return visit.forbidden('may not grant everything, and so takes it from nobody')
    return then(admin)
  }
  return {
    GET: async (visit) => admitted(visit, async (admin) => list(visit, admin, rights)),
    POST: async (visit) =>
      admitted(visit, async (admin) => {
        const { data, pressed } = await readFields(visit, BUTTONS)
        const chosen = await chosenOf(visit, data)
        if (chosen.length === 0) {
          notify(visit, 'warning', 'Nothing was chosen.')
          return visit.redirect(admin.url(visit.base, 'stale'))
        }
        return pressed.has('_confirmed') ? remove(visit, admin, rights, chosen) : confirmation(visit, admin, rights, chosen)
      }),
  }
}

/** Only what is stale now, whatever was sent. */
async function chosenOf(visit: AdminVisit, data: RequestData): Promise<ContentType[]> {
  const keys = new Set((data.fields.get('type') ?? []).map(String))
  return (await visit.parts.contentTypes.stale()).filter((one) => keys.has(String(one.id)))
}

async function remove(visit: AdminVisit, admin: ModelAdmin, rights: Rights, chosen: readonly ContentType[]): Promise<Response> {
  const { parts, staff } = visit
  try {
    const removed = await parts.atomic(async () => {
      const problems: readonly Problem[] = await rights.permissions.problemsOfAnything(staff, permissionFor(admin, 'delete'))
      if (problems.length > 0) throw new ValidationError(problems)
      await logDeletions(parts, { staff, admin, rows: chosen })
      return parts.contentTypes.delete({ id: { in: chosen.map((one) => one.id) } })
    })
    notify(
      visit,
      'success',
      `${chosen.length === 1 ? 'One content type' : `${chosen.length} content types`} and what hung on them: ${removed.total} rows are gone.`,
    )
    return visit.redirect(admin.url(visit.base))
  } catch (error) {
    if (error instanceof ValidationError) return confirmation(visit, admin, rights, chosen, error.problems)
    throw error
  }
}

async function list(visit: AdminVisit, admin: ModelAdmin, rights: Rights): Promise<Response> {
  const stale = await withPermissions(visit, rights, await visit.parts.contentTypes.stale())
  return adminPage(visit, {
    title: 'Stale content types',
    subtitle: 'Models that were there once. Their permissions are still in the database, and still granted.',
    breadcrumbs: crumbsOf(visit, admin, { label: 'Stale' }),
    current: admin,
    content:
      stale.length === 0 ? (
        <div class="pc-card pa-empty">
          <h2>Nothing is stale</h2>
          <p class="pc-soft">Every content type of this site’s apps has its model.</p>
        </div>
      ) : (
        <form method="post" class="pa-wide">
          <CsrfField token={visit.request.csrfToken()} />
          <TableCard label="Stale content types" columns={[<span class="pc-visually-hidden">Choose</span>, 'Content type', 'Permissions', 'Grants']}>
            <tbody>
              {stale.map(({ type, permissions }) => (
                <tr>
                  <td>
                    <input type="checkbox" name="type" value={String(type.id)} id={`type-${type.id}`} checked />
                  </td>
                  <th scope="row">
                    <label for={`type-${type.id}`}>{type.toString()}</label>
                  </th>
                  <td>{permissions.length}</td>
                  <td>{grantsIn(permissions)}</td>
                </tr>
              ))}
            </tbody>
          </TableCard>
          <div class="pa-submit">
            <button type="submit" class="pc-button pc-button-danger" name="_remove" value="1">
              Remove the chosen ones
            </button>
          </div>
        </form>
      ),
  })
}

async function confirmation(
  visit: AdminVisit,
  admin: ModelAdmin,
  rights: Rights,
  chosen: readonly ContentType[],
  problems: readonly Problem[] = [],
): Promise<Response> {
  const stale = await withPermissions(visit, rights, chosen)
  const title = chosen.length === 1 ? 'Remove this content type?' : `Remove these ${chosen.length} content types?`
  return adminPage(visit, {
    title,
    breadcrumbs: crumbsOf(visit, admin, { label: 'Stale', href: admin.url(visit.base, 'stale') }, { label: 'Remove' }),
    current: admin,
    status: problems.length > 0 ? 422 : 200,
    content: (
      <form method="post" class="pa-wide" action={admin.url(visit.base, 'stale')}>
        {problems.length > 0 && <Problems problems={problems} />}
        <CsrfField token={visit.request.csrfToken()} />
        <p>These permissions go with them, and so does every grant of them. Nothing brings them back.</p>
        {stale.map((one) => (
          <Doomed stale={one} />
        ))}
        <div class="pa-submit">
          <button type="submit" class="pc-button pc-button-danger" name="_confirmed" value="1">
            Yes, remove them
          </button>
          <a class="pc-button pc-button-quiet" href={admin.url(visit.base, 'stale')}>
            No, go back
          </a>
        </div>
      </form>
    ),
  })
}

function Doomed({ stale: { type, permissions } }: { readonly stale: StaleType }): JSX.Element {
  return (
    <section class="pc-card pa-side-card pa-side-loss">
      <input type="hidden" name="type" value={String(type.id)} />
      <h2>
        {type.toString()} <span class="pa-count">{permissions.length}</span>
      </h2>
      {permissions.length === 0 ? (
        <p class="pc-soft">No permissions hang on it.</p>
      ) : (
        <ul class="pa-permission-lines">
          {permissions.slice(0, MOST_LISTED).map((one) => (
            <li>
              <PermissionName row={one} /> <span class="pc-soft pc-small">{grantsIn([one])}</span>
            </li>
          ))}
        </ul>
      )}
      {permissions.length > MOST_LISTED && <p class="pc-soft">and {permissions.length - MOST_LISTED} more</p>}
    </section>
  )
}

function grantsIn(permissions: readonly StalePermission[]): string {
  const [users, groups] = [permissions.reduce((sum, one) => sum + one.users, 0), permissions.reduce((sum, one) => sum + one.groups, 0)]
  if (users + groups === 0) return 'granted to nobody'
  return `granted ${[...(users > 0 ? [`${users} × directly`] : []), ...(groups > 0 ? [`${groups} × to groups`] : [])].join(', ')}`
}

/** Their permissions with how often each is granted: one statement for all. */
async function withPermissions(visit: AdminVisit, rights: Rights, types: readonly ContentType[]): Promise<StaleType[]> {
  if (types.length === 0) return []
  const { userPermissions, groupPermissions } = rights.powers.tables
  const count = ({ table, targetColumn }: { readonly table: string; readonly targetColumn: string }) =>
    sql`(select count(*) from ${sql.table(table)} as ${sql.ref('t')} where ${sql.ref(`t.${targetColumn}`)} = ${sql.ref('p.id')})`
  const rows = await visit.parts.registry.database.execute(
    sql<
      PermissionRow & { type: unknown; users: unknown; groups: unknown }
    >`select ${PERMISSION_COLUMNS}, ${sql.ref('p.content_type_id')} as ${sql.ref('type')}, ${userPermissions === null ? sql`0` : count(userPermissions)} as ${sql.ref('users')}, ${count(groupPermissions)} as ${sql.ref('groups')} from ${PERMISSIONS} where ${sql.ref('p.content_type_id')} in (${sql.join(types.map((one) => one.id))}) order by ${PERMISSION_ORDER}`,
  )
  return types.map((type) => ({
    type,
    permissions: rows
      .filter((row) => Number(row.type) === type.id)
      .map(({ key, app, model, codename, name, users, groups }) => ({
        key: Number(key),
        app,
        model,
        codename,
        name,
        users: Number(users),
        groups: Number(groups),
      })),
  }))
}
