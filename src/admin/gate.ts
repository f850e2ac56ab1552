/**
 * Who may enter the admin.
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import type { Staff } from './admin-parts.js'

/** Whether somebody may enter: active, and staff. A user model without the flag has no staff. */
export function isStaff(request: SiteRequest): boolean {
  const user = request.user as unknown as Partial<Staff> & { readonly isStaff?: boolean }
  return user.isAuthenticated === true && user.isActive === true && user.isStaff === true && typeof user.hasPerm === 'function'
}
