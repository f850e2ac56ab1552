/**
 * The permission that lifts the rule that nobody grants what they lack. It belongs to a content type of ours, and is made when the admin opens.
 * @module
 */

import { UniqueViolation } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'

/** Its name. */
export const GRANT_ANY = 'portcullis.grant_any_permission'

/** What it hangs on. Whoever changes rights in an admin also waits for their turn at this row. */
export const GRANT_ANY_CONTENT_TYPE = { appLabel: 'portcullis', model: 'admin' } as const

/** Makes the permission where it is missing. */
export async function ensureGrantAny(parts: AdminParts): Promise<void> {
  const [, codename = ''] = GRANT_ANY.split('.')
  try {
    const known = await parts.contentTypes.find(GRANT_ANY_CONTENT_TYPE as never)
    const contentType = known ?? (await parts.contentTypes.create(GRANT_ANY_CONTENT_TYPE as never))
    if (await parts.permissions.exists({ codename, contentType: contentType.id } as never)) return
    await parts.permissions.create({ codename, name: 'Can grant what they lack', contentType } as never)
  } catch (error) {
    // Another process opened its admin at the same moment.
    if (!(error instanceof UniqueViolation)) throw error
  }
}
