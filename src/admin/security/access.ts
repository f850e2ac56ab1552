/**
 * Who may see what happened on the site, and who may end lockouts; and the way to both.
 * @module
 */

import type { SiteRequest } from '../../authentication/site-request.js'
import type { Staff } from '../admin-parts.js'
import { UNLOCK_ACCOUNT, VIEW_EVENT } from '../rights/grant-any.js'
import type { AdminVisit } from '../visit.js'

/** The app that these pages are of, as content types and addresses spell it. */
export const SECURITY = 'portcullis'

export const EVENTS_PATH = `/${SECURITY}/event/`
export const LOCKOUTS_PATH = `/${SECURITY}/lockout/`

/** Whether somebody may see events. */
export async function mayViewEvents(request: SiteRequest): Promise<boolean> {
  return staffOf(request).hasPerm(VIEW_EVENT as never)
}

/** Whether somebody may see lockouts, and end them. */
export async function mayUnlock(request: SiteRequest): Promise<boolean> {
  return staffOf(request).hasPerm(UNLOCK_ACCOUNT as never)
}

/** Those of the pages that somebody may open. */
export async function securityLinks({ base, request }: AdminVisit): Promise<{ readonly label: string; readonly href: string }[]> {
  return [
    ...((await mayUnlock(request)) ? [{ label: 'Lockouts', href: `${base}${LOCKOUTS_PATH}` }] : []),
    ...((await mayViewEvents(request)) ? [{ label: 'Security events', href: `${base}${EVENTS_PATH}` }] : []),
  ]
}

function staffOf(request: SiteRequest): Staff {
  return request.user as unknown as Staff
}
