/**
 * Permissions of the admin's own, beyond those that models bring. They belong to a content type of ours, and are made when the admin opens. One
 * of them lifts the rule that nobody grants what they lack.
 * @module
 */

import { GRANT_ANY_CONTENT_TYPE } from '../../accounts/grant-any-type.js'
import { UniqueViolation } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'

/** Lifts the rule that nobody grants what they lack. */
export const GRANT_ANY = 'portcullis.grant_any_permission'
/** Shows what happened on the site. */
export const VIEW_EVENT = 'portcullis.view_event'
/** Shows who is locked out, and ends it. */
export const UNLOCK_ACCOUNT = 'portcullis.unlock_account'

/** What they are called. */
const OWN_PERMISSIONS: Readonly<Record<string, string>> = {
  [GRANT_ANY]: 'Can grant what they lack',
  [VIEW_EVENT]: 'Can view security events',
  [UNLOCK_ACCOUNT]: 'Can unlock accounts',
}

/** Makes the permissions that are missing. */
export async function ensureOwnPermissions(parts: AdminParts): Promise<void> {
  try {
    const known = await parts.contentTypes.find(GRANT_ANY_CONTENT_TYPE)
    if (known === null) await parts.contentTypes.ensure(GRANT_ANY_CONTENT_TYPE.appLabel, GRANT_ANY_CONTENT_TYPE.model)
    const contentType = known ?? (await parts.contentTypes.get(GRANT_ANY_CONTENT_TYPE))
    const present = new Set((await parts.permissions.filter({ contentType: contentType.id } as never)).map((one) => one.codename))
    for (const [permission, name] of Object.entries(OWN_PERMISSIONS)) {
      const [, codename = ''] = permission.split('.')
      if (!present.has(codename)) await parts.permissions.create({ codename, name, contentType } as never)
    }
  } catch (error) {
    // Another process opened its admin at the same moment.
    if (!(error instanceof UniqueViolation)) throw error
  }
}
