/**
 * What users bring: adding in two steps, their password, sessions and effective permissions, and the guard of their rights.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { BaseUser } from '../../accounts/base-user.js'
import { messageFor } from '../../base/messages.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import { mayUnlock, mayViewEvents } from '../security/access.js'
import { userSecurityPage } from '../security/user-security.js'
import type { SpecialModel } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { Remark } from './open.js'
import { userPreview } from './preview.js'
import { userActions } from './user-actions.js'
import { userAddPage } from './user-add.js'
import { addressOf, userPasswordPage } from './user-password.js'
import { userPermissionsPage } from './user-permissions.js'
import { resetLinkPage } from './user-reset-link.js'
import { userSessionsPage } from './user-sessions.js'

/** What they bring. */
export function usersSpecial(parts: AdminParts, rights: Rights): SpecialModel {
  const adminOf = (visit: AdminVisit) => visit.admin.of(parts.user)
  return {
    add: userAddPage(parts, rights),
    objectPages: {
      password: userPasswordPage(parts, rights),
      'reset-link': resetLinkPage(parts, rights),
      permissions: userPermissionsPage(parts, rights),
      sessions: userSessionsPage(parts, rights),
      security: userSecurityPage(parts),
    },
    actions: userActions(parts, rights),
    reaches: async (request, row) => rights.reachesUser(request, row.pk),
    preload: async (request, rows) =>
      rights.preloadUsers(
        request,
        rows.map((one) => one.pk),
      ),
    fieldAccess: async (request, _row, field) => (field === 'isSuperuser' && !(await rights.isUnlimited(request)) ? 'view' : null),
    hold: async (visit, rows) =>
      rights.hold(
        visit,
        rows.map((one) => one.pk),
      ),
    preview: async (visit, change) => userPreview(visit, rights, change),
    async guardSave(visit, change) {
      return rights.users.problemsOfSave(visit.staff, permissionFor(change.admin, change.row === null ? 'add' : 'change'), change)
    },
    async guardDelete(visit, rows) {
      const admin = adminOf(visit)
      return rights.users.problemsOfRemoval(visit.staff, admin === null ? null : permissionFor(admin, 'delete'), rows as readonly BaseUser[])
    },
    async tabs(visit, row) {
      const admin = adminOf(visit)
      if (admin === null) return []
      const tab = (page: string, label: string) => ({ page, label, href: admin.url(visit.base, page, row.pk) })
      return [
        tab('permissions', 'Effective permissions'),
        ...((await admin.canChange(visit.request, row)) ? [tab('sessions', 'Sessions')] : []),
        ...((await mayViewEvents(visit.request)) || (await mayUnlock(visit.request)) ? [tab('security', 'Security')] : []),
      ]
    },
    async note(visit, row) {
      const admin = adminOf(visit)
      if (admin === null || !(await admin.canChange(visit.request))) return null
      if (await rights.reachesUser(visit.request, row.pk)) return null
      return <Remark>{messageFor('stronger', { name: admin.nameOf(row) })}</Remark>
    },
    fieldContent: async (visit, row, field) => (field === 'password' && row !== null ? passwordContent(visit, parts, row as BaseUser) : null),
  }
}

/** What may be seen of a password: its algorithm and cost, and the beginning of salt and hash; of whoever only looks, not even that (I2). */
async function passwordContent(visit: AdminVisit, parts: AdminParts, row: BaseUser): Promise<JSX.Element> {
  const admin = visit.admin.of(parts.user)
  const mayChange = admin !== null && (await admin.canChange(visit.request, row as Model))
  const isUsable = row.hasUsablePassword() && row.password !== ''
  const summary = isUsable ? parts.passwords.safeSummary(row.password) : null
  if (!mayChange || admin === null) return <span class="pa-password">{isUsable ? 'Is set.' : messageFor('password_hash.none')}</span>
  return (
    <div class="pa-password">
      {summary === null ? (
        <p>{messageFor(isUsable ? 'password_hash.unreadable' : 'password_hash.none')}</p>
      ) : (
        <dl class="pa-facts pa-facts-row">
          {summary.map((one) => (
            <div>
              <dt>{one.label}</dt>
              <dd>{one.value}</dd>
            </div>
          ))}
        </dl>
      )}
      <div class="pa-password-ways">
        <a class="pc-button pc-button-quiet pc-button-small" href={admin.url(visit.base, 'password', row.pk)}>
          {messageFor(isUsable ? 'password_hash.reset' : 'password_hash.set')}
        </a>
        {row.isActive && addressOf(parts, row) !== null && (
          <a class="pc-button pc-button-quiet pc-button-small" href={`${admin.url(visit.base, 'password', row.pk)}#mail-link`}>
            Mail a reset link
          </a>
        )}
      </div>
      <p class="pc-help">{messageFor(isUsable ? 'help.password_hash' : 'help.no_password')}</p>
    </div>
  )
}
