/**
 * Where each account page is.
 * @module
 */

import type { SettledPages } from './options.js'
import type { AccountUrls } from './props.js'

/** The paths of pages that are served below `base`, which has no slash at its end. */
export function accountUrls(pages: Pick<SettledPages, 'register' | 'passwordReset' | 'changesEmailByLink'>, base: string): AccountUrls {
  return {
    login: `${base}/login/`,
    logout: `${base}/logout/`,
    register: pages.register === null ? null : `${base}/register/`,
    profile: `${base}/profile/`,
    passwordChange: `${base}/password_change/`,
    passwordReset: pages.passwordReset === null ? null : `${base}/password_reset/`,
    email: pages.changesEmailByLink ? `${base}/email/` : null,
    sessions: `${base}/sessions/`,
    endSessions: `${base}/sessions/end/`,
    personalData: `${base}/data/`,
  }
}
