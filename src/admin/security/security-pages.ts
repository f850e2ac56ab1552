/**
 * The pages of the admin that look after the site's security.
 * @module
 */

import { appPage } from '../frame/index-page.js'
import type { AdminPageHandlers } from '../special.js'
import { EVENTS_PATH, LOCKOUTS_PATH, SECURITY } from './access.js'
import { eventsPage } from './events-page.js'
import { lockoutsPage } from './lockouts-page.js'

/** The pages, by what follows the base. */
export const securityPages: Readonly<Record<string, AdminPageHandlers>> = {
  [`/${SECURITY}/`]: { GET: async (visit) => appPage(visit, SECURITY) },
  [EVENTS_PATH]: eventsPage,
  [LOCKOUTS_PATH]: lockoutsPage,
}
