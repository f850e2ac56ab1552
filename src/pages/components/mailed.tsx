/**
 * What pages behind mailed links have in common: one button that does what the link is for, and the answer to a link that is void.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from './answer.js'
import { CsrfField } from './csrf-field.js'

/** A form without fields: a scanner of mails that follows links presses no button. */
export function OneButton({
  action,
  csrfToken,
  label,
}: {
  readonly action: string
  readonly csrfToken: string
  readonly label: string
}): JSX.Element {
  return (
    <form class="pc-form" method="post" action={safeHref(action) ?? ''}>
      <CsrfField token={csrfToken} />
      <button type="submit" class="pc-button pc-button-full">
        {label}
      </button>
    </form>
  )
}

/** The answer to a link that was used, has run out, or was never good. `children` say more than what is true of most. */
export function VoidLink({
  href,
  label = 'Log in',
  children = 'Each link works once and for a limited time. It may have been used already, or the mail program cut it in two.',
}: {
  readonly href: string
  readonly label?: string
  readonly children?: Child
}): JSX.Element {
  return (
    <Answer
      icon="clock"
      kind="notice"
      title="This link no longer works"
      actions={
        <a class="pc-button" href={safeHref(href)}>
          {label}
        </a>
      }
    >
      <p class="pc-soft">{children}</p>
    </Answer>
  )
}
