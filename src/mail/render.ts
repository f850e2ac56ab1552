/**
 * The site's own mails: what each tells, and how it becomes a subject, a text and HTML. The built-in ones are loaded with the first.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { Catalogue } from '../base/messages.js'

/** What every mail knows. */
export interface MailContext {
  /** What people call the site. */
  readonly siteName: string
  /** Whom it is for, by the name they log in with. */
  readonly userName: string
  /** Where the mail leads, as a whole web address. It comes from the site's base URL, never from a request. */
  readonly link: string
  /** What the application adds for its own templates. Django's `extra_email_context`. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Somebody asked for a new password; `link` is where it is chosen. */
export interface PasswordResetContext extends MailContext {
  /** How long the link works. */
  readonly validHours: number
  readonly requestedAt: Date
  /** The stored address it goes to. */
  readonly email?: string
  /** The parts of the link, for templates that make another of them. */
  readonly uid?: string
  readonly token?: string
}

/** A password was changed; `link` is where a new one can be asked for. */
export interface PasswordChangedContext extends MailContext {
  readonly changedAt: Date
}

/** Somebody logged in from a browser that the account was never let in from; `link` is the list of devices. */
export interface NewDeviceContext extends MailContext {
  /** The device in words: “Firefox on Windows”. */
  readonly device: string
  /** Where the request came from; a sentence where it is not known. */
  readonly address: string
  readonly seenAt: Date
}

/** Somebody has to prove an address; `link` is where they do. */
export interface EmailVerificationContext extends MailContext {
  /** The address it is about, which is the one it goes to. */
  readonly email: string
  readonly validHours: number
}

/** An account's address is another now. It goes to the old one. */
export interface EmailChangedContext extends MailContext {
  /** The new address, with most of it hidden. */
  readonly email: string
  readonly changedAt: Date
  /** Whether `link` brings the old address back. Where the account had another one shortly before, that one has the way back, and this is where one logs in. */
  readonly hasWayBack: boolean
  /** How long a link that brings it back works. */
  readonly validDays: number
}

/** Somebody is asked to make an account; `link` is where. The name is the address, for there is no other yet. */
export interface InvitationContext extends MailContext {
  readonly validHours: number
}

/** Somebody wanted to register with an address that has an account; `link` is where one logs in. */
export type AccountExistsContext = MailContext

/** An account was made; `link` is where one logs in. */
export type WelcomeContext = MailContext

/** An account is locked out; `link` is where its owner ends that. */
export interface AccountLockedContext extends MailContext {
  /** Where the last try came from, in words where nobody knows. */
  readonly address: string
  readonly lockedAt: Date
  readonly until: Date
}

/** What each of the site's mails is told. */
export interface MailContexts {
  readonly accountLocked: AccountLockedContext
  readonly passwordReset: PasswordResetContext
  readonly passwordChanged: PasswordChangedContext
  readonly newDevice: NewDeviceContext
  readonly emailVerification: EmailVerificationContext
  /** The same for an address in place of the present one. */
  readonly emailChange: EmailVerificationContext
  readonly emailChanged: EmailChangedContext
  readonly registration: InvitationContext
  readonly invitation: InvitationContext
  readonly accountExists: AccountExistsContext
  readonly welcome: WelcomeContext
}

/** The name of one of the site's mails. */
export type MailTemplateName = keyof MailContexts

/** A mail's content. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html?: string
}

/** Writes one kind of mail. */
export type MailTemplate<Context> = (context: Context) => RenderedMail | Promise<RenderedMail>

/** Mails of an application, instead of the built-in ones. */
export type MailTemplates = { readonly [Name in MailTemplateName]?: MailTemplate<MailContexts[Name]> }

/** How mails are rendered. */
export interface MailRendering {
  readonly templates?: MailTemplates
  /** The sentences in another language, by key. */
  readonly translation?: Catalogue
  /** The language of the sentences, for screen readers and dates. Default `en`. */
  readonly language?: string
  /** The time zone that moments are told in. Default `UTC`. */
  readonly timeZone?: string
}

/**
 * Renders one of the site's mails, with the application's template where it has one.
 *
 * @throws ImproperlyConfigured when there is no such mail, or `link` is not a whole web address
 * @example
 * const { subject, text, html } = await renderMail('welcome', { siteName: 'The shop', userName: 'ada', link: 'https://shop.example/accounts/login/' })
 */
export async function renderMail<Name extends MailTemplateName>(
  name: Name,
  context: MailContexts[Name],
  rendering: MailRendering = {},
): Promise<RenderedMail> {
  checkLink(context.link)
  const { builtInTemplates } = await import('./templates/built-in.js')
  const templates = { ...builtInTemplates(rendering), ...defined(rendering.templates ?? {}) }
  if (!Object.hasOwn(templates, name)) throw new ImproperlyConfigured(`There is no mail “${name}”. There are: ${Object.keys(templates).join(', ')}.`)
  const template = templates[name] as MailTemplate<MailContexts[Name]>
  const { subject, text, html } = await template(context)
  if (typeof subject !== 'string' || typeof text !== 'string') throw new ImproperlyConfigured(`The template “${name}” gives no subject or no text.`)
  return { subject: withoutLineBreaks(subject), text, ...(html === undefined ? {} : { html }) }
}

function defined(templates: MailTemplates): MailTemplates {
  return Object.fromEntries(Object.entries(templates).filter(([, template]) => template !== undefined))
}

/** As Django does: a template file ends with a line break, and a name may hold one. */
function withoutLineBreaks(subject: string): string {
  return subject
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, '')
    .toWellFormed()
    .trim()
}

/** A link that is only a path, or no web address, helps nobody outside the site. */
function checkLink(link: string): void {
  const url = URL.canParse(link) ? new URL(link) : null
  if (url !== null && /^https?:$/.test(url.protocol) && !/\s/.test(link)) return
  throw new ImproperlyConfigured('A mail cannot link to the site. Pass `baseUrl` to portcullis(), such as "https://shop.example".')
}
