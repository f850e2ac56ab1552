/**
 * News for the next page: “Your profile is saved.” A code in a short-lived cookie, so that reading a page writes no session; the sentences
 * are ours, so that whoever plants such a cookie says nothing of their own.
 * @module
 */

import { findCookie, serializeCookie, serializeDeletedCookie } from '../protection/cookies.js'
import type { NoticeView } from './props.js'

const COOKIE = 'portcullis_notice'
/** Long enough for a redirect. In seconds. */
const LIFETIME = 60

const NOTICES = {
  registered: { kind: 'success', text: 'Welcome! Your account is ready, and you are logged in.' },
  'profile-saved': { kind: 'success', text: 'Your profile is saved.' },
  'link-sent': { kind: 'success', text: 'The link is on its way to you.' },
  'link-not-sent': {
    kind: 'notice',
    text: 'No link was mailed: the address is confirmed already, or there were too many of them. Try again in an hour.',
  },
  'session-ended': { kind: 'success', text: 'That device is logged out.' },
  'others-ended': { kind: 'success', text: 'All your other devices are logged out.' },
  'logged-out-here': { kind: 'notice', text: 'You have logged out this device.' },
} as const satisfies Record<string, NoticeView>

/** The code of some news. */
export type NoticeCode = keyof typeof NOTICES

/** The cookie that brings news to the next page below `path`. */
export function noticeCookie(code: NoticeCode, path: string, isSecure: boolean): string {
  return serializeCookie(COOKIE, code, { path, maxAge: LIFETIME, httpOnly: true, sameSite: 'Lax', secure: isSecure })
}

/** The news that a request brings, and what takes the cookie back. */
export function takeNotice(cookies: string | undefined, path: string): { readonly notice: NoticeView; readonly cookie: string } | null {
  const { value, count } = findCookie(cookies, COOKIE)
  if (value === null || count > 1 || !Object.hasOwn(NOTICES, value)) return null
  return { notice: NOTICES[value as NoticeCode], cookie: serializeDeletedCookie(COOKIE, { path, sameSite: 'Lax' }) }
}
