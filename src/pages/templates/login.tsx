/**
 * The pages at the door: in, and out again.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { Form } from '../components/form.js'
import { Icon } from '../components/icons.js'
import type { LoggedOutProps, LoginProps } from '../props.js'

/** The login page. */
export function Login({ form, next, visitor, urls, action, csrfToken }: LoginProps): JSX.Element {
  return (
    <>
      <div class="pc-card">
        <div class="pc-title">
          <h1>Log in</h1>
          {visitor === null && <p class="pc-soft">Good to see you again.</p>}
        </div>
        {visitor !== null && (
          <p class="pc-notice">
            <Icon name="person" />
            <span>
              You are logged in as <strong>{visitor.name}</strong>.{' '}
              {next === '' ? 'Here you can go on as somebody else.' : 'If that account may not open the page you want, log in with another.'}
            </span>
          </p>
        )}
        <Form form={form} action={action} csrfToken={csrfToken} submit="Log in" />
        {urls.passwordReset !== null && (
          <p class="pc-beside">
            <a href={safeHref(urls.passwordReset)}>Forgotten your password?</a>
          </p>
        )}
      </div>
      {urls.register !== null && (
        <p class="pc-beside">
          New here? <a href={safeHref(addNext(urls.register, next))}>Create an account</a>
        </p>
      )}
    </>
  )
}

/** The page after logging out. */
export function LoggedOut({ site, urls }: LoggedOutProps): JSX.Element {
  return (
    <Answer
      icon="leave"
      title="You are logged out"
      actions={
        <a class="pc-button" href={safeHref(urls.login)}>
          Log in again
        </a>
      }
    >
      <p class="pc-soft">Nobody else can use {site.name} in your name on this device. See you soon.</p>
    </Answer>
  )
}

function addNext(path: string, next: string): string {
  return next === '' ? path : `${path}?next=${encodeURIComponent(next)}`
}
