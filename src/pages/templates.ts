/**
 * All templates by name, the title and shape of their pages, and how one becomes a document. Each can be replaced, and so can the layout;
 * a replacement may wrap the default.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { raw } from 'hono/html'
import type * as props from './props.js'
import { EmailChange, EmailConfirmed } from './templates/email.js'
import { ErrorPage } from './templates/error.js'
import { Layout } from './templates/layout.js'
import { MailedLink, MailSent } from './templates/mailed-link.js'
import { LoggedOut, Login } from './templates/login.js'
import { PasswordChange, PasswordChangeDone } from './templates/password-change.js'
import { PasswordReset, PasswordResetComplete, PasswordResetConfirm, PasswordResetDone } from './templates/password-reset.js'
import { PersonalDataPage } from './templates/personal-data.js'
import { Profile } from './templates/profile.js'
import { Register, RegisterClosed } from './templates/register.js'
import { Sessions } from './templates/sessions.js'
import { Unlock, Unlocked } from './templates/unlock.js'

/** What a template returns: markup as a text, or `hono/jsx`. A text that begins with `<!doctype` is a whole document and gets no layout. */
export type Markup = string | JSX.Element | Promise<string>

/** A template: plain data in, markup out. */
export type Template<P> = (props: P) => Markup

/** Every template, by the name of its page. */
export interface Templates {
  readonly login: Template<props.LoginProps>
  readonly loggedOut: Template<props.LoggedOutProps>
  readonly register: Template<props.RegisterProps>
  readonly registerClosed: Template<props.RegisterClosedProps>
  readonly profile: Template<props.ProfileProps>
  readonly passwordChange: Template<props.PasswordChangeProps>
  readonly passwordChangeDone: Template<props.PasswordChangeDoneProps>
  readonly passwordReset: Template<props.PasswordResetProps>
  readonly passwordResetDone: Template<props.PasswordResetDoneProps>
  readonly passwordResetConfirm: Template<props.PasswordResetConfirmProps>
  readonly passwordResetComplete: Template<props.PasswordResetCompleteProps>
  readonly emailChange: Template<props.EmailChangeProps>
  readonly mailSent: Template<props.MailSentProps>
  readonly mailedLink: Template<props.MailedLinkProps>
  readonly emailConfirmed: Template<props.EmailConfirmedProps>
  readonly unlock: Template<props.UnlockProps>
  readonly unlocked: Template<props.UnlockedProps>
  readonly sessions: Template<props.SessionsProps>
  readonly personalData: Template<props.PersonalDataProps>
  readonly error: Template<props.ErrorProps>
}

/** The name of a page. */
export type PageName = keyof Templates

/** What the template of a page is given. */
export type PropsOf<N extends PageName> = Parameters<Templates[N]>[0]

/** The templates a site has unless it brings others. */
export const defaultTemplates: Templates = {
  login: Login,
  loggedOut: LoggedOut,
  register: Register,
  registerClosed: RegisterClosed,
  profile: Profile,
  passwordChange: PasswordChange,
  passwordChangeDone: PasswordChangeDone,
  passwordReset: PasswordReset,
  passwordResetDone: PasswordResetDone,
  passwordResetConfirm: PasswordResetConfirm,
  passwordResetComplete: PasswordResetComplete,
  emailChange: EmailChange,
  mailSent: MailSent,
  mailedLink: MailedLink,
  emailConfirmed: EmailConfirmed,
  unlock: Unlock,
  unlocked: Unlocked,
  sessions: Sessions,
  personalData: PersonalDataPage,
  error: ErrorPage,
}

/** The layout a site has unless it brings another. */
export const defaultLayout: Template<props.LayoutProps> = Layout

const WIDE: ReadonlySet<PageName> = new Set<PageName>(['profile', 'sessions'])

const TITLES: Readonly<Record<Exclude<PageName, 'error'>, string>> = {
  login: 'Log in',
  loggedOut: 'Logged out',
  register: 'Create an account',
  registerClosed: 'No new accounts',
  profile: 'Your profile',
  passwordChange: 'Change your password',
  passwordChangeDone: 'Password changed',
  passwordReset: 'Forgotten password',
  passwordResetDone: 'Mail is on its way',
  passwordResetConfirm: 'Choose a new password',
  passwordResetComplete: 'New password set',
  emailChange: 'Change your e-mail address',
  mailSent: 'Mail is on its way',
  mailedLink: 'One more step',
  emailConfirmed: 'Address confirmed',
  unlock: 'Unlock your account',
  unlocked: 'Account unlocked',
  sessions: 'Your devices',
  personalData: 'Download your data',
}

/** What a site renders with: its own templates where it has some, ours elsewhere. */
export interface Look {
  readonly templates: Templates
  readonly layout: Template<props.LayoutProps>
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  readonly icon: string
  readonly theme: 'light' | 'dark' | null
}

/** Renders a page into a whole document. */
export async function renderPage<N extends PageName>(
  look: Look,
  page: N,
  given: PropsOf<N>,
  notices: readonly props.NoticeView[] = [],
): Promise<string> {
  // The table ties each name to its props; the compiler cannot follow that through a generic index.
  const template = look.templates[page] as Template<PropsOf<N>>
  const content = await toText(template(given))
  if (isDocument(content)) return content
  const text = await toText(
    look.layout({
      ...given,
      title: titleOf(page, given),
      page,
      shape: WIDE.has(page) ? 'wide' : 'narrow',
      notices,
      stylesheets: look.stylesheets,
      scripts: look.scripts,
      icon: look.icon,
      theme: look.theme,
      children: raw(content),
    }),
  )
  return isDocument(text) ? text : `<!doctype html>\n${text}`
}

function titleOf(page: PageName, given: object): string {
  if (page !== 'error') return isInvalidLink(page, given) ? 'Link no longer valid' : TITLES[page]
  return (given as props.ErrorProps).title
}

/** Pages behind links have two faces. */
function isInvalidLink(page: PageName, given: object): boolean {
  if (page === 'unlock') return !(given as props.UnlockProps).isValid
  if (page === 'mailedLink') return !(given as props.MailedLinkProps).isValid
  return page === 'passwordResetConfirm' && (given as props.PasswordResetConfirmProps).form === null
}

function isDocument(text: string): boolean {
  return /^\s*<!doctype\b/i.test(text)
}

/** `hono/jsx` gives a node whose text may still be on its way; its type says less. */
async function toText(markup: Markup): Promise<string> {
  const node: { toString(): string | Promise<string> } = await markup
  return String(await node.toString())
}
