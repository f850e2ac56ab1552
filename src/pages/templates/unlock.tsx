/**
 * For who was locked out of their account: the page behind the mailed link, and the one after it.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import { OneButton, VoidLink } from '../components/mailed.js'
import type { UnlockedProps, UnlockProps } from '../props.js'

/** The page behind the link. */
export function Unlock({ isValid, username, site, urls, action, csrfToken }: UnlockProps): JSX.Element {
  if (!isValid) {
    return (
      <VoidLink href={urls.login}>
        The account may be unlocked already: each link works once, and no longer than the wait. Just try to log in.
      </VoidLink>
    )
  }
  return (
    <div class="pc-card">
      <div class="pc-title">
        <h1>Unlock your account</h1>
        <p class="pc-soft">
          Somebody tried too often to log in as <strong>{username}</strong> at {site.name}. If that was you, unlock the account and try again.
        </p>
        <p class="pc-soft">If it was not, close this page: whoever it was has to wait, and your password stays as it is.</p>
      </div>
      <OneButton action={action} csrfToken={csrfToken} label="Unlock the account" />
    </div>
  )
}

/** The page after it. */
export function Unlocked({ urls }: UnlockedProps): JSX.Element {
  return (
    <Answer
      icon="check"
      kind="success"
      title="Your account is unlocked"
      actions={
        <>
          <a class="pc-button" href={safeHref(urls.login)}>
            Log in
          </a>
          {urls.passwordReset !== null && (
            <a class="pc-button pc-button-quiet" href={safeHref(urls.passwordReset)}>
              Forgotten your password?
            </a>
          )}
        </>
      }
    >
      <p class="pc-soft">You can log in again. This browser is known to your account from now on.</p>
    </Answer>
  )
}
