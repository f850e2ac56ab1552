/**
 * A short page that only says how something ended: a sign, a heading, a sentence, where to go next.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon, type IconName } from './icons.js'

/** What such a page says. */
export interface AnswerProps {
  readonly icon: IconName
  readonly kind?: 'plain' | 'success' | 'notice' | 'danger'
  /** Above the heading, small. */
  readonly status?: string
  readonly title: string
  readonly children: Child
  /** Links that look like buttons. */
  readonly actions?: Child
}

/** The card. */
export function Answer({ icon, kind = 'plain', status, title, children, actions }: AnswerProps): JSX.Element {
  return (
    <div class="pc-card pc-answer">
      <span class={kind === 'plain' ? 'pc-sign' : `pc-sign pc-sign-${kind}`}>
        <Icon name={icon} size={28} />
      </span>
      {status !== undefined && <p class="pc-status">{status}</p>}
      <h1>{title}</h1>
      {children}
      {actions !== undefined && <div class="pc-actions">{actions}</div>}
    </div>
  )
}
