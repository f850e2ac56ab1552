/**
 * The mails a site sends unless its application brings others.
 * @module
 */

import { messageFor, type MessageKey, type MessageParams } from '../../base/messages.js'
import type { MailContext, MailRendering, MailTemplates, RenderedMail } from '../render.js'
import { htmlOf, oneLine, textOf } from './layout.js'

/** A mail in keys of the catalogue. */
interface Sentences {
  readonly subject: MessageKey
  readonly before: readonly MessageKey[]
  readonly button: MessageKey
  readonly after: readonly MessageKey[]
}

/**
 * Makes the built-in templates in a language.
 *
 * @example
 * const { subject } = await builtInTemplates({ language: 'en' }).welcome({ siteName: 'The shop', userName: 'ada', link: 'https://shop.example/' })
 */
export function builtInTemplates(rendering: MailRendering): Required<MailTemplates> {
  return {
    passwordReset: (context) =>
      mail(rendering, context, {
        subject: 'mail.password_reset.subject',
        before: ['mail.password_reset.intro'],
        button: 'mail.password_reset.button',
        after: ['mail.password_reset.valid', 'mail.username', 'mail.password_reset.ignore'],
      }),
    passwordChanged: (context) =>
      mail(rendering, context, {
        subject: 'mail.password_changed.subject',
        before: ['mail.password_changed.intro', 'mail.password_changed.warning'],
        button: 'mail.password_changed.button',
        after: ['mail.username'],
      }),
    accountLocked: (context) =>
      mail(rendering, context, {
        subject: 'mail.account_locked.subject',
        before: ['mail.account_locked.intro'],
        button: 'mail.account_locked.button',
        after: ['mail.account_locked.valid', 'mail.username', 'mail.account_locked.ignore'],
      }),
    newDevice: (context) =>
      mail(rendering, context, {
        subject: 'mail.new_device.subject',
        before: ['mail.new_device.intro', 'mail.new_device.warning'],
        button: 'mail.new_device.button',
        after: ['mail.username'],
      }),
    emailVerification: (context) =>
      mail(rendering, context, {
        subject: 'mail.email_verification.subject',
        before: ['mail.email_verification.intro'],
        button: 'mail.email_verification.button',
        after: ['mail.link_valid', 'mail.username', 'mail.email_verification.ignore'],
      }),
    emailChange: (context) =>
      mail(rendering, context, {
        subject: 'mail.email_change.subject',
        before: ['mail.email_change.intro'],
        button: 'mail.email_change.button',
        after: ['mail.link_valid', 'mail.username', 'mail.email_change.ignore'],
      }),
    emailChanged: (context) =>
      mail(rendering, context, {
        subject: 'mail.email_changed.subject',
        before: ['mail.email_changed.intro', context.hasWayBack ? 'mail.email_changed.warning' : 'mail.email_changed.no_way_back'],
        button: context.hasWayBack ? 'mail.email_changed.button' : 'mail.account_exists.button',
        after: context.hasWayBack ? ['mail.email_changed.valid', 'mail.username'] : ['mail.username'],
      }),
    registration: (context) =>
      mail(rendering, context, {
        subject: 'mail.registration.subject',
        before: ['mail.registration.intro'],
        button: 'mail.registration.button',
        after: ['mail.link_valid', 'mail.registration.ignore'],
      }),
    invitation: (context) =>
      mail(rendering, context, {
        subject: 'mail.invitation.subject',
        before: ['mail.invitation.intro'],
        button: 'mail.registration.button',
        after: ['mail.link_valid', 'mail.invitation.ignore'],
      }),
    accountExists: (context) =>
      mail(rendering, context, {
        subject: 'mail.account_exists.subject',
        before: ['mail.account_exists.intro'],
        button: 'mail.account_exists.button',
        after: ['mail.username', 'mail.account_exists.forgotten', 'mail.account_exists.ignore'],
      }),
    welcome: (context) =>
      mail(rendering, context, {
        subject: 'mail.welcome.subject',
        before: ['mail.welcome.intro'],
        button: 'mail.welcome.button',
        after: ['mail.username', 'mail.welcome.ignore'],
      }),
  }
}

function mail(rendering: MailRendering, context: MailContext, sentences: Sentences): RenderedMail {
  const { translation, language = 'en' } = rendering
  const params = paramsFrom(context, rendering)
  const say = (key: MessageKey): string => messageFor(key, params, translation)
  const content = {
    title: say(sentences.subject),
    greeting: say('mail.greeting'),
    before: sentences.before.map(say),
    button: say(sentences.button),
    link: context.link,
    linkByHand: say('mail.link_by_hand'),
    after: sentences.after.map(say),
    closing: say('mail.closing'),
    language,
  }
  return { subject: content.title, text: textOf(content), html: htmlOf(content) }
}

/** What sentences may name: texts on one line, numbers, and moments as people read them. */
function paramsFrom(context: object, { language = 'en', timeZone = 'UTC' }: MailRendering): MessageParams {
  const moments = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  })
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(context)) {
    if (typeof value === 'string') params[name] = oneLine(value)
    else if (typeof value === 'number') params[name] = value
    else if (value instanceof Date) params[name] = moments.format(value)
  }
  return params
}
