/**
 * The token that shows that a form is one of the site's own.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { CSRF_FIELD } from '../../protection/csrf.js'

/**
 * The hidden field of a form that changes something; it stands first in the form.
 *
 * @example
 * const markup = (
 *   <form method="post" action="/newsletter/">
 *     <CsrfField token={csrfToken} />
 *     <button type="submit">Subscribe</button>
 *   </form>
 * )
 */
export function CsrfField({ token }: { readonly token: string }): JSX.Element {
  return <input type="hidden" name={CSRF_FIELD} value={token} />
}
