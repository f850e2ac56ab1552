/**
 * The permission that lifts the rule that nobody grants what they lack. It belongs to a content type of ours, and is made when the admin opens.
 * @module
 */

import { GRANT_ANY_CONTENT_TYPE } from '../../accounts/grant-any-type.js'
import { UniqueViolation } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'

/** Its name. */
export const GRANT_ANY = 'portcullis.grant_any_permission'

/** Makes the permission where it is missing. */
export async function ensureGrantAny(parts: AdminParts): Promise<void> {
  const [, codename = ''] = GRANT_ANY.split('.')
  try {
    const known = await parts.contentTypes.find(GRANT_ANY_CONTENT_TYPE)
    if (known === null) await parts.contentTypes.ensure(GRANT_ANY_CONTENT_TYPE.appLabel, GRANT_ANY_CONTENT_TYPE.model)
    const contentType = known ?? (await parts.contentTypes.get(GRANT_ANY_CONTENT_TYPE))
    if (await parts.permissions.exists({ codename, contentType: contentType.id } as never)) return
    await parts.permissions.create({ codename, name: 'Can grant what they lack', contentType } as never)
  } catch (error) {
    // Another process opened its admin at the same moment.
    if (!(error instanceof UniqueViolation)) throw error
  }
}
