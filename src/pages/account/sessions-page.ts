/**
 * The devices somebody is logged in on, and ending that.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { deviceName } from '../../protection/device-name.js'
import type { SessionView } from '../props.js'
import type { Visit } from '../visit.js'

/** Lists the devices, the present one first. */
export async function showSessions(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  const sessions = await sessionsOf(visit, visit.user)
  return visit.wantsJson ? visit.json({ sessions, csrfToken: visit.request.csrfToken() }) : visit.page('sessions', { sessions })
}

/** Ends one session by its public name, or all but this one. */
export async function endSessions(visit: Visit): Promise<Response> {
  const { user, request, site } = visit
  if (user === null) return visit.askToLogIn()
  const { fields } = await request.readBody()
  const [id, others] = [onlyOf(fields.get('session')), onlyOf(fields.get('others'))]
  if (others === 'on' || others === true) return ended(visit, await site.sessions.endAll(user, { except: request }), 'others-ended')
  if (typeof id !== 'string') return visit.refuse({ status: 400, code: 'bad_request', reason: 'neither a session nor all others' })
  const known = (await site.sessions.listFor(user, request)).find((one) => one.id === id)
  // Somebody else's is as unknown as one that there is not (D8).
  if (known === undefined) return visit.refuse({ status: 404, code: 'not_found', reason: 'no such session of this user' })
  if (known.isCurrent) return endThis(visit)
  return ended(visit, (await site.sessions.end(user, id)) ? 1 : 0, 'session-ended')
}

async function endThis(visit: Visit): Promise<Response> {
  await visit.site.logout(visit.request)
  return visit.wantsJson ? visit.json({ ended: 1 }) : visit.redirect(visit.urls.login, { notice: 'logged-out-here' })
}

function ended(visit: Visit, count: number, notice: 'session-ended' | 'others-ended'): Response {
  return visit.wantsJson ? visit.json({ ended: count }) : visit.redirect(visit.urls.sessions, { notice })
}

async function sessionsOf(visit: Visit, user: BaseUser): Promise<SessionView[]> {
  const found = await visit.site.sessions.listFor(user, visit.request)
  const views = found.map(({ id, userAgent, address, created, lastSeen, isCurrent }) => {
    const { name, kind } = deviceName(userAgent)
    return { id, device: name, kind, address, firstSeen: created.toISOString(), lastSeen: lastSeen.toISOString(), isCurrent }
  })
  return [...views.filter((one) => one.isCurrent), ...views.filter((one) => !one.isCurrent)]
}

/** A value that was sent once; of several none counts (K2). */
function onlyOf(values: readonly unknown[] | undefined): unknown {
  return values?.length === 1 ? values[0] : undefined
}
