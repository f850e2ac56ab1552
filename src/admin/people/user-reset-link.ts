/**
 * Mails somebody a link to choose a new password: what staff should do before they set one themselves (ASVS 6.4.6).
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { messageFor } from '../../base/messages.js'
import type { AdminParts } from '../admin-parts.js'
import { notify } from '../frame/notices.js'
import { logText } from '../log/log.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import { openObject, refusedPage } from './open.js'
import { addressOf } from './user-password.js'

/** The address that a button posts to. */
export function resetLinkPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  return {
    async POST(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'change')
      if (opened instanceof Response) return opened
      const { admin, row } = opened
      const problems = await parts.atomic(async () => {
        const found = await rights.users.problemsOfReach(visit.staff, permissionFor(admin, 'change'), row)
        if (found.length === 0 && row.isActive && addressOf(parts, row) !== null)
          await logText(parts, { staff: visit.staff, admin, row }, 'Mailed a link to choose a new password.')
        return found
      })
      if (problems.length > 0) return refusedPage(visit, opened, 'Mail a reset link', problems)
      // An account that is switched off has no use for a password, and gets none by mail.
      const isMailed = row.isActive && parts.mailResetLink(row, visit.request)
      if (visit.request.wantsJson)
        return isMailed ? visit.json({ mailed: true }) : visit.json({ error: { code: 'no_address', message: messageFor('no_address') } }, 422)
      if (isMailed) notify(visit, 'success', `A link to choose a new password is on its way to ${addressOf(parts, row) ?? ''}.`)
      else notify(visit, 'warning', messageFor('no_address'))
      return visit.redirect(admin.url(visit.base, 'change', row.pk))
    },
  }
}
