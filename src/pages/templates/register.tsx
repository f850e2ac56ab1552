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
export function Register({ form, next, step, site, urls, action, csrfToken }: RegisterProps): JSX.Element {
  return (
    <>
      <div class="pc-card">
        <div class="pc-title">
          <h1>Create your account</h1>
          <p class="pc-soft">
            {step === 'account' ? 'It takes a minute, and then you are in.' : 'Tell us your e-mail address. We send you a link, and you go on there.'}
          </p>
        </div>
        <Form form={form} action={action} csrfToken={csrfToken} submit={step === 'account' ? 'Create account' : 'Send me a link'} />
      </div>
      <p class="pc-beside">
        Already known to {site.name}? <a href={safeHref(next === '' ? urls.login : `${urls.login}?next=${encodeURIComponent(next)}`)}>Log in</a>
      </p>
    </>
  )
}

/** The same address where nobody may register. */
export function RegisterClosed({ isByInvitation, site, urls }: RegisterClosedProps): JSX.Element {
  return (
    <Answer
      icon="lock"
      title={isByInvitation ? 'Accounts are by invitation' : 'No new accounts here'}
      actions={
        <a class="pc-button" href={safeHref(urls.login)}>
          Log in
        </a>
      }
    >
      <p class="pc-soft">
        {isByInvitation
          ? `Whoever is to have an account on ${site.name} gets a mail with a link. Please ask those who run it for one.`
          : `Accounts on ${site.name} are made by those who run it. Please ask them for one.`}
      </p>
    </Answer>
  )
}
