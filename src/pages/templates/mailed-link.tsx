/**
 * Links that come by mail: that one is on its way, and the page behind it, whose form does what it is for.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { OneButton, VoidLink } from '../components/mailed.js'
import type { MailedLinkProps, MailSentProps } from '../props.js'

const SENT = {
  verify: 'A link to confirm your address is on its way.',
  change: 'If the new address can be used here, a link is on its way to it. Until you open it, everything stays as it is.',
  registration: 'We have sent you a mail. What to do next stands in it.',
} as const

/** The page after something was mailed. It says the same whoever asked. */
export function MailSent({ kind, visitor, urls }: MailSentProps): JSX.Element {
  return (
    <Answer
      icon="mail"
      title="Look into your mailbox"
      actions={
        <a class="pc-button pc-button-quiet" href={safeHref(visitor === null ? urls.login : urls.profile)}>
          {visitor === null ? 'Back to the login' : 'To your profile'}
        </a>
      }
    >
      <p class="pc-soft">{SENT[kind]}</p>
      <p class="pc-soft">Nothing after a few minutes? Look among your unwanted mail.</p>
    </Answer>
  )
}

const ASKED = {
  verify: ['Confirm your address', 'Confirm this address', 'Only if you opened this account yourself: what you confirm is that both are yours.'],
  change: ['Use your new address', 'Use this address', 'From then on mail goes there, and the old address is told.'],
  revert: [
    'Take your account back',
    'Put my address back',
    'Every device is logged out, the present password is void, and you choose a new one on the next page.',
  ],
} as const

/** The page behind a link. One to make an account leads to a form of its own, so that here it is only said to be void. */
export function MailedLink({ kind, isValid, email, username, site, urls, action, csrfToken }: MailedLinkProps): JSX.Element {
  if (!isValid || kind === 'registration' || kind === 'invitation') return <VoidLink href={urls.login} />
  const [title, button, text] = ASKED[kind]
  return (
    <div class="pc-card">
      <div class="pc-title">
        <h1>{title}</h1>
        <p class="pc-soft">
          <strong>{email}</strong> for the account <strong>{username}</strong> at {site.name}.
        </p>
        <p class="pc-soft">{text}</p>
      </div>
      <OneButton action={action} csrfToken={csrfToken} label={button} />
    </div>
  )
}
