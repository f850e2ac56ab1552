/**
 * What went wrong, in words that say what to do next.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Answer } from '../components/answer.js'
import type { IconName } from '../components/icons.js'
import type { ErrorProps } from '../props.js'

const SIGNS: Readonly<Record<number, IconName>> = { 403: 'lock', 404: 'search', 429: 'clock', 503: 'clock' }

/** A page for any status. */
export function ErrorPage({ status, code, title, text, retryAfter, site, visitor, urls }: ErrorProps): JSX.Element {
  return (
    <Answer
      icon={SIGNS[status] ?? 'warning'}
      kind="notice"
      status={`Error ${status}`}
      title={title}
      actions={
        <>
          <a class="pc-button" href={safeHref(site.url)}>
            To the first page
          </a>
          {status === 403 && code !== 'csrf_failed' && visitor === null && (
            <a class="pc-button pc-button-quiet" href={safeHref(urls.login)}>
              Log in
            </a>
          )}
        </>
      }
    >
      <p class="pc-soft">{text}</p>
      {retryAfter !== null && <p class="pc-soft">Please try again in {waiting(retryAfter)}.</p>}
    </Answer>
  )
}

/** Rounded up, so that nobody comes too early. */
function waiting(seconds: number): string {
  const [amount, unit] = seconds <= 90 ? [Math.max(1, Math.ceil(seconds)), 'second'] : [Math.ceil(seconds / 60), 'minute']
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}
