/**
 * Ends lockouts: the wait, a line in the history, and an event that says who did it.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { LogEntry } from '../../accounts/django-apps.js'
import type { LockoutSubject } from '../../authentication/lockouts.js'
import { CHANGE, LONGEST_NAME } from '../log/log.js'
import { GRANT_ANY_CONTENT_TYPE } from '../../accounts/grant-any-type.js'
import type { AdminVisit } from '../visit.js'

/** Whose lockout is ended: somebody's with an account here, or one that is only known by what was counted. */
export type Unlocked = { readonly user: BaseUser } | { readonly subject: LockoutSubject; readonly called: string }

/** Ends it; tells how many counts there were. Nothing is noted where there were none. */
export async function endLockouts(visit: AdminVisit, unlocked: Unlocked): Promise<number> {
  const { parts, staff } = visit
  return parts.atomic(async () => {
    const count = await parts.lockouts.unlock('user' in unlocked ? { username: unlocked.user.getUsername() } : unlocked.subject)
    if (count === 0) return 0
    const contentType = 'user' in unlocked ? await parts.contentTypes.getForModel(parts.user) : await parts.contentTypes.get(GRANT_ANY_CONTENT_TYPE)
    await parts.objects(LogEntry).create({
      user: staff,
      contentType: contentType.id,
      objectId: 'user' in unlocked ? String(unlocked.user.pk) : unlocked.called,
      objectRepr: [...('user' in unlocked ? unlocked.user.getUsername() : unlocked.called)].slice(0, LONGEST_NAME).join(''),
      actionFlag: CHANGE,
      changeMessage: 'Ended a lockout.',
    } as never)
    return count
  })
}
