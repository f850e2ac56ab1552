/**
 * What each template is given: plain data, so that a function, a `hono/jsx` component or a React component can do with it what it likes.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { DeviceKind } from '../protection/device-name.js'
import type { FormView } from './form-view.js'

/** Where the account pages are, as paths of this site. */
export interface AccountUrls {
  readonly login: string
  readonly logout: string
  /** Null where nobody may register. */
  readonly register: string | null
  readonly profile: string
  readonly passwordChange: string
  /** Null where passwords are not reset by mail. */
  readonly passwordReset: string | null
  /** Where the address is changed; null where that takes no link, or there is none. */
  readonly email: string | null
  readonly sessions: string
  readonly endSessions: string
  /** Where people download what is held about them. */
  readonly personalData: string
}

/** Who is looking, where somebody is logged in. */
export interface VisitorView {
  /** The full name, or the username where there is none. */
  readonly name: string
  readonly username: string
  /** Where their picture is, if they have one. */
  readonly picture: string | null
}

/** How a site names itself. */
export interface SiteView {
  readonly name: string
  /** Where its name leads. */
  readonly url: string
  /** A picture in place of the mark beside the name. */
  readonly logo: string | null
  /** The language of the pages, as `<html lang>` has it. */
  readonly language: string
}

/** What every template is given. */
export interface PageProps {
  readonly site: SiteView
  readonly urls: AccountUrls
  /** Null for a visitor without a login. */
  readonly visitor: VisitorView | null
  /** For forms that a template writes itself: `<CsrfField token={csrfToken} />`. */
  readonly csrfToken: string
  /** Where the form of this page is sent. */
  readonly action: string
}

/** The login page. */
export interface LoginProps extends PageProps {
  readonly form: FormView
  /** Where a successful login leads, checked; empty where nothing was asked for. The form has it as the hidden field `next`. */
  readonly next: string
}

/** The page after logging out. */
export type LoggedOutProps = PageProps

/** The page where an account is made. */
export interface RegisterProps extends PageProps {
  readonly form: FormView
  readonly next: string
  /** `account`: the form makes the account. `address`: it only asks for the address that a link is mailed to. */
  readonly step: 'account' | 'address'
}

/** The same address where nobody may register. */
export interface RegisterClosedProps extends PageProps {
  /** Whether whoever was invited may. */
  readonly isByInvitation: boolean
}

/** A person's own page. */
export interface ProfileProps extends PageProps {
  readonly form: FormView
  readonly visitor: VisitorView
  /** Moments as ISO 8601 in UTC; null where unknown. */
  readonly dateJoined: string | null
  readonly lastLogin: string | null
}

/** The page where somebody who knows their password changes it. */
export interface PasswordChangeProps extends PageProps {
  readonly form: FormView
  readonly visitor: VisitorView
}

/** The page after a change. */
export interface PasswordChangeDoneProps extends PageProps {
  readonly visitor: VisitorView
}

/** The page where a link to set a new password is asked for. */
export interface PasswordResetProps extends PageProps {
  readonly form: FormView
}

/** The page after asking, the same whether there is such an account or not. */
export type PasswordResetDoneProps = PageProps

/** The page behind the link in the mail. */
export interface PasswordResetConfirmProps extends PageProps {
  /** Null where the link is good no more. */
  readonly form: FormView | null
  /** Whose password it is, for password managers (W-12); empty where the link is good no more. */
  readonly username: string
}

/** The page after a new password was set. */
export type PasswordResetCompleteProps = PageProps

/** The page where somebody asks for another address. */
export interface EmailChangeProps extends PageProps {
  readonly form: FormView
  readonly visitor: VisitorView
  /** The present one; empty where there is none. */
  readonly email: string
  readonly isVerified: boolean
  /** Where a form without fields has the link to confirm the present one mailed again. */
  readonly resend: string
}

/** What a mailed link is for: to confirm an address, to let one take another's place, to have the old one back, to make an account. */
export type MailedLinkKind = 'verify' | 'change' | 'revert' | 'registration' | 'invitation'

/** The page after something was mailed. It says the same whoever asked for whom. */
export interface MailSentProps extends PageProps {
  readonly kind: Exclude<MailedLinkKind, 'revert' | 'invitation'>
}

/** The page behind a mailed link. Being looked at it does nothing: its form does. */
export interface MailedLinkProps extends PageProps {
  readonly kind: MailedLinkKind
  /** False where the link is good no more; nothing else is told then. */
  readonly isValid: boolean
  /** The address it is about. */
  readonly email: string
  readonly username: string
}

/** The page after a link about an address was used. */
export interface EmailConfirmedProps extends PageProps {
  readonly kind: 'verify' | 'change' | 'revert'
}

/** The page behind a mailed link that ends a lockout. */
export interface UnlockProps extends PageProps {
  /** False where the link is good no more. */
  readonly isValid: boolean
  /** Whose account it is; empty where the link is good no more. */
  readonly username: string
}

/** The page after it. */
export type UnlockedProps = PageProps

/** One login of a person, somewhere. */
export interface SessionView {
  /** What `sessions/end/` is told; not the key of the session. */
  readonly id: string
  /** The device in words: “Firefox on Windows”. */
  readonly device: string
  readonly kind: DeviceKind
  readonly address: string | null
  /** Moments as ISO 8601 in UTC. */
  readonly firstSeen: string
  readonly lastSeen: string
  /** Whether it is the one that asks. */
  readonly isCurrent: boolean
}

/** The list of devices. */
export interface SessionsProps extends PageProps {
  readonly visitor: VisitorView
  /** The present one first, then the latest. */
  readonly sessions: readonly SessionView[]
}

/** The page where somebody downloads what is held about them. */
export interface PersonalDataProps extends PageProps {
  /** Asks for the present password; the answer to the right one is a file. */
  readonly form: FormView
  readonly visitor: VisitorView
}

/** A page that says what went wrong. It knows nothing of the request: neither its address nor what was sent (I12). */
export interface ErrorProps extends PageProps {
  readonly status: number
  /** Why, where the status alone says too little: `csrf_failed`, `too_many_requests`, … */
  readonly code: string
  readonly title: string
  readonly text: string
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | null
}

/** News at the top of the next page. */
export interface NoticeView {
  readonly kind: 'success' | 'error' | 'notice'
  readonly text: string
}

/** What surrounds every page. */
export interface LayoutProps extends PageProps {
  /** For `<title>`. */
  readonly title: string
  /** Which page this is, by its template's name. */
  readonly page: string
  /** `narrow` at the door, `wide` behind it. */
  readonly shape: 'narrow' | 'wide'
  readonly notices: readonly NoticeView[]
  /** Stylesheets and scripts, as paths. */
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  /** The picture in the browser's tab. */
  readonly icon: string
  /** `light` or `dark` where the site decides; null leaves it to the visitor's system. */
  readonly theme: 'light' | 'dark' | null
  /** The page itself: markup, not text. */
  readonly children: Child
}
