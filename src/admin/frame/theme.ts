/**
 * Light, dark, or as the system has it: chosen with a form, kept in a cookie that says nothing else.
 * @module
 */

import type { SiteRequest } from '../../authentication/site-request.js'
import { findCookie, serializeCookie } from '../../protection/cookies.js'

/** How the pages look. */
export type Theme = 'auto' | 'light' | 'dark'

const COOKIE = 'portcullis_theme'
const A_YEAR = 31_536_000

/** What the visitor chose. */
export function themeOf(request: SiteRequest): Theme {
  const { value } = findCookie(request.header('cookie'), COOKIE)
  return value === 'light' || value === 'dark' ? value : 'auto'
}

/** The cookie that keeps a choice. */
export function themeCookie(theme: string, request: SiteRequest, path: string): string {
  const chosen = theme === 'light' || theme === 'dark' ? theme : 'auto'
  return serializeCookie(COOKIE, chosen, { path, maxAge: A_YEAR, sameSite: 'Lax', secure: request.isSecure, httpOnly: true })
}
