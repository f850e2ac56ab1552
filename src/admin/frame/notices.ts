/**
 * What the admin says on the next page: kept in the session, shown once.
 * @module
 */

import type { AdminVisit } from '../visit.js'

/** How good the news is. */
export type NoticeLevel = 'success' | 'info' | 'warning' | 'error'

/** A piece of news. */
export interface Notice {
  readonly level: NoticeLevel
  readonly text: string
}

const SESSION_KEY = '_portcullis_messages'
/** A session that nobody looks at does not grow. */
const MOST_KEPT = 20

/** Says something on the next page of the admin. */
export function notify(visit: AdminVisit, level: NoticeLevel, text: string): void {
  visit.request.session.set(SESSION_KEY, [...kept(visit), { level, text }].slice(-MOST_KEPT))
}

/** What there is to say, which is then forgotten. */
export function takeNotices(visit: AdminVisit): readonly Notice[] {
  const notices = kept(visit)
  if (notices.length > 0) visit.request.session.delete(SESSION_KEY)
  return notices
}

function kept(visit: AdminVisit): readonly Notice[] {
  const value = visit.request.session.get(SESSION_KEY)
  return Array.isArray(value) ? (value as readonly Notice[]) : []
}
