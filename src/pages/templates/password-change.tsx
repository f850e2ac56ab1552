/**
 * For who knows their password and wants another.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { Form } from '../components/form.js'
import type { PasswordChangeDoneProps, PasswordChangeProps } from '../props.js'

/** The page where a password is changed. */
export function PasswordChange({ form, visitor, action, csrfToken }: PasswordChangeProps): JSX.Element {
  return (
    <div class="pc-card">
      <div class="pc-title">
        <h1>Change your password</h1>
        <p class="pc-soft">This device stays logged in. All others are logged out.</p>
      </div>
      <Form form={form} action={action} csrfToken={csrfToken} submit="Change password">
        {/* Tells a password manager whose password it is. */}
        <input type="text" autocomplete="username" value={visitor.username} readonly hidden />
      </Form>
    </div>
  )
}

/** The page after a change. */
export function PasswordChangeDone({ urls }: PasswordChangeDoneProps): JSX.Element {
  return (
    <Answer
      icon="check"
      kind="success"
      title="Your password is changed"
      actions={
        <a class="pc-button" href={safeHref(urls.profile)}>
          To your profile
        </a>
      }
    >
      <p class="pc-soft">From now on only the new one counts. Every other device has been logged out.</p>
    </Answer>
  )
}
