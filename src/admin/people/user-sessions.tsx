/**
 * Where a user is logged in, and ending that (ASVS 7.4.5). No key of a session leaves the server (D9); a name that is not one of theirs is nobody's (D8).
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { BaseUser } from '../../accounts/base-user.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { Icon } from '../../pages/components/icons.js'
import { Moment } from '../../pages/components/moment.js'
import { deviceName } from '../../protection/device-name.js'
import type { DeviceSession } from '../../authentication/device-sessions.js'
import type { Problem } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import { tabsOf } from '../frame/tabs.js'
import { logText } from '../log/log.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { onlyText, openObject, readFields, refusedPage, type Opened } from './open.js'

/** The tab. */
export function userSessionsPage(parts: AdminParts, rights: Rights): AdminPageHandlers {
  return {
    async GET(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'change')
      return opened instanceof Response ? opened : page(visit, opened)
    },
    async POST(visit) {
      const opened = await openObject<BaseUser>(visit, parts.user, 'change')
      if (opened instanceof Response) return opened
      const { data } = await readFields(visit, new Set())
      const [id, all] = [onlyText(data, 'session'), onlyText(data, 'all')]
      if (all === 'on') return end(visit, opened, rights, null)
      if (id === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'neither a session nor all of them' })
      return end(visit, opened, rights, id)
    },
  }
}

/** Ends one session, or all but the one that this request came with. */
async function end(visit: AdminVisit, opened: Opened<BaseUser>, rights: Rights, id: string | null): Promise<Response> {
  const { parts, staff, request } = visit
  const { admin, row } = opened
  const known = await parts.sessions.listFor(row, request)
  const ended = known.filter((one) => (id === null ? !one.isCurrent : one.id === id))
  if (id !== null && ended.length === 0) return visit.refuse({ status: 404, code: 'not_found', reason: 'no such session of this user' })
  if (ended.some((one) => one.isCurrent)) return visit.refuse({ status: 400, code: 'bad_request', reason: 'one logs out of the session at hand' })
  const isOwn = String(row.pk) === String(staff.pk)
  const found: readonly Problem[] = await parts.atomic(async () => {
    const problems = await rights.users.problemsOfReach(staff, permissionFor(admin, 'change'), row)
    if (problems.length > 0) return problems
    if (id === null) await parts.sessions.endAll(row, isOwn ? { except: request } : {})
    else await parts.sessions.end(row, id)
    await logText(parts, { staff, admin, row }, id === null ? 'Ended all sessions.' : 'Ended a session.')
    return []
  })
  if (found.length > 0) return refusedPage(visit, opened, 'Sessions', found)
  if (request.wantsJson) return visit.json({ ended: ended.length })
  notify(visit, 'success', id === null ? `All sessions of “${admin.nameOf(row)}” are over.` : 'The session is over.')
  return visit.redirect(admin.url(visit.base, 'sessions', row.pk))
}

async function page(visit: AdminVisit, { admin, row }: Opened<BaseUser>): Promise<Response> {
  const sessions = await visit.parts.sessions.listFor(row, visit.request)
  const name = admin.nameOf(row)
  const token = visit.request.csrfToken()
  return adminPage(visit, {
    title: `Sessions of ${name}`,
    breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: 'Sessions' }),
    current: admin,
    tabs: await tabsOf(visit, admin, row, 'sessions'),
    content:
      sessions.length === 0 ? (
        <div class="pc-card pa-empty">
          <h2>Not logged in anywhere</h2>
          <p class="pc-soft">A device shows here once somebody has logged in on it.</p>
        </div>
      ) : (
        <div class="pa-people">
          <div class="pc-card pa-form-card">
            <ul class="pc-devices">
              {sessions.map((one) => (
                <Device session={one} token={token} />
              ))}
            </ul>
          </div>
          {sessions.some((one) => !one.isCurrent) && (
            <form method="post">
              <CsrfField token={token} />
              <button type="submit" class="pc-button pc-button-danger" name="all" value="on">
                {sessions.some((one) => one.isCurrent) ? 'End all but this one' : 'End all sessions'}
              </button>
            </form>
          )}
        </div>
      ),
  })
}

function Device({ session, token }: { readonly session: DeviceSession; readonly token: string }): JSX.Element {
  const { name, kind } = deviceName(session.userAgent)
  return (
    <li class={session.isCurrent ? 'pc-device-this' : ''}>
      <span class="pc-device-sign">
        <Icon name={kind} size={24} />
      </span>
      <div class="pc-device">
        <h2>
          {name}
          {session.isCurrent && <span class="pc-badge">this one</span>}
        </h2>
        <p>
          Last seen <Moment at={session.lastSeen.toISOString()} />
          {session.address !== null && (
            <>
              {' '}
              · from <span class="pc-address">{session.address}</span>
            </>
          )}
        </p>
        <p>
          Logged in since <Moment at={session.created.toISOString()} />
        </p>
      </div>
      {!session.isCurrent && (
        <form method="post">
          <CsrfField token={token} />
          <button type="submit" class="pc-button pc-button-quiet pc-button-small" name="session" value={session.id}>
            End<span class="pc-visually-hidden"> the session on {name}</span>
          </button>
        </form>
      )}
    </li>
  )
}
