/**
 * For who does not know their password any more: four pages from the request to the new one.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { Form } from '../components/form.js'
import { VoidLink } from '../components/mailed.js'
import type { PasswordResetCompleteProps, PasswordResetConfirmProps, PasswordResetDoneProps, PasswordResetProps } from '../props.js'

/** The page where a link is asked for. */
export function PasswordReset({ form, urls, action, csrfToken }: PasswordResetProps): JSX.Element {
  return (
    <>
      <div class="pc-card">
        <div class="pc-title">
          <h1>Forgotten your password?</h1>
          <p class="pc-soft">Tell us the e-mail address of your account. We send you a link, and you choose a new one.</p>
        </div>
        <Form form={form} action={action} csrfToken={csrfToken} submit="Send me a link" />
      </div>
      <p class="pc-beside">
        It came back to you? <a href={safeHref(urls.login)}>Log in</a>
      </p>
    </>
  )
}

/** The page after asking. It says the same whoever asked. */
export function PasswordResetDone({ urls }: PasswordResetDoneProps): JSX.Element {
  return (
    <Answer
      icon="mail"
      title="Look into your mailbox"
      actions={
        <a class="pc-button pc-button-quiet" href={safeHref(urls.login)}>
          Back to the login
        </a>
      }
    >
      <p class="pc-soft">If an account has that address, a link is on its way to it.</p>
      <p class="pc-soft">Nothing after a few minutes? Look among your unwanted mail, and try the address that you registered with.</p>
    </Answer>
  )
}

/** The page behind the link. */
export function PasswordResetConfirm({ form, username, urls, action, csrfToken }: PasswordResetConfirmProps): JSX.Element {
  if (form === null) return <InvalidLink passwordReset={urls.passwordReset} login={urls.login} />
  return (
    <div class="pc-card">
      <div class="pc-title">
        <h1>Choose a new password</h1>
        <p class="pc-soft">
          For the account <strong>{username}</strong>. Wherever it is logged in, it is logged out.
        </p>
      </div>
      <Form form={form} action={action} csrfToken={csrfToken} submit="Set new password">
        {/* Tells a password manager whose password it is (W-12). */}
        <input type="text" autocomplete="username" value={username} readonly hidden />
      </Form>
    </div>
  )
}

function InvalidLink({ passwordReset, login }: { readonly passwordReset: string | null; readonly login: string }): JSX.Element {
  return passwordReset === null ? <VoidLink href={login} /> : <VoidLink href={passwordReset} label="Ask for a new link" />
}

/** The page after a new password was set. */
export function PasswordResetComplete({ urls }: PasswordResetCompleteProps): JSX.Element {
  return (
    <Answer
      icon="check"
      kind="success"
      title="Your new password is set"
      actions={
        <a class="pc-button" href={safeHref(urls.login)}>
          Log in
        </a>
      }
    >
      <p class="pc-soft">You can log in with it now.</p>
    </Answer>
  )
}
