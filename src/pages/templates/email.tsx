/**
 * The address of an account: how another takes its place, and that it did.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { CsrfField } from '../components/csrf-field.js'
import { Form } from '../components/form.js'
import { Icon } from '../components/icons.js'
import type { EmailChangeProps, EmailConfirmedProps } from '../props.js'

/** The page where somebody asks for another address. */
export function EmailChange({ form, visitor, email, isVerified, resend, action, csrfToken }: EmailChangeProps): JSX.Element {
  return (
    <>
      <div class="pc-card">
        <div class="pc-title">
          <h1>Change your e-mail address</h1>
          <p class="pc-soft">
            {email === '' ? (
              'Your account has none yet.'
            ) : (
              <>
                At present it is <strong>{email}</strong>.
              </>
            )}{' '}
            The new one gets a link, and counts once you have opened it.
          </p>
        </div>
        <Form form={form} action={action} csrfToken={csrfToken} submit="Send the link">
          {/* Tells a password manager whose password it is. */}
          <input type="text" autocomplete="username" value={visitor.username} readonly hidden />
        </Form>
      </div>
      {email !== '' && !isVerified && (
        <section class="pc-card" aria-labelledby="unconfirmed">
          <h2 id="unconfirmed">Not confirmed yet</h2>
          <p class="pc-notice">
            <Icon name="mail" />
            <span>
              Nobody has confirmed yet that mail to <strong>{email}</strong> reaches you.
            </span>
          </p>
          <form method="post" action={safeHref(resend) ?? ''}>
            <CsrfField token={csrfToken} />
            <button type="submit" class="pc-button pc-button-quiet">
              Mail me the link again
            </button>
          </form>
        </section>
      )}
    </>
  )
}

const SAID = {
  verify: ['Your address is confirmed', 'Mail from us reaches you. You can log in now.'],
  change: ['Your new address counts', 'From now on mail goes there. The old one was told, in case it was not you.'],
  revert: ['Your old address is back', 'Every device is logged out, and the password is void. Please ask those who run the site for a new one.'],
} as const

/** The page after a link was used. */
export function EmailConfirmed({ kind, visitor, urls }: EmailConfirmedProps): JSX.Element {
  const [title, text] = SAID[kind]
  return (
    <Answer
      icon="check"
      kind="success"
      title={title}
      actions={
        visitor === null ? (
          <a class="pc-button" href={safeHref(urls.login)}>
            Log in
          </a>
        ) : (
          <a class="pc-button" href={safeHref(urls.profile)}>
            To your profile
          </a>
        )
      }
    >
      <p class="pc-soft">{text}</p>
    </Answer>
  )
}
