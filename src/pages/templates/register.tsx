/**
 * Where an account is made, or where it is said that none is made here.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { Form } from '../components/form.js'
import type { RegisterClosedProps, RegisterProps } from '../props.js'

/** The page where an account is made. */
export function Register({ form, next, site, urls, action, csrfToken }: RegisterProps): JSX.Element {
  return (
    <>
      <div class="pc-card">
        <div class="pc-title">
          <h1>Create your account</h1>
          <p class="pc-soft">It takes a minute, and then you are in.</p>
        </div>
        <Form form={form} action={action} csrfToken={csrfToken} submit="Create account" />
      </div>
      <p class="pc-beside">
        Already known to {site.name}? <a href={safeHref(next === '' ? urls.login : `${urls.login}?next=${encodeURIComponent(next)}`)}>Log in</a>
      </p>
    </>
  )
}

/** The same address where nobody may register. */
export function RegisterClosed({ site, urls }: RegisterClosedProps): JSX.Element {
  return (
    <Answer
      icon="lock"
      title="No new accounts here"
      actions={
        <a class="pc-button" href={safeHref(urls.login)}>
          Log in
        </a>
      }
    >
      <p class="pc-soft">Accounts on {site.name} are made by those who run it. Please ask them for one.</p>
    </Answer>
  )
}
