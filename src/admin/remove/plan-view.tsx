/**
 * What goes with a deletion, as a list: by kind, with names where there are few and a number in any case.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Icon } from '../../pages/components/icons.js'
import type { DeletePlan, NamedRows } from './plan.js'

/** Kinds with more names than this are folded. */
const FEW = 12

/** The list, and what stands in the way. */
export function PlanView({ plan }: { readonly plan: DeletePlan }): JSX.Element {
  return (
    <>
      {plan.lacking.length > 0 && (
        <div class="pa-notice pa-notice-error" role="alert">
          <Icon name="lock" size={18} />
          <p>It cannot be deleted by you: what goes with it may be deleted only by somebody who may delete {listed(plan.lacking)}.</p>
        </div>
      )}
      {plan.protectedBy.length > 0 && (
        <div class="pa-notice pa-notice-error" role="alert">
          <Icon name="lock" size={18} />
          <div>
            <p>It cannot be deleted while these still need it:</p>
            {plan.protectedBy.map((one) => (
              <Kind rows={one} />
            ))}
          </div>
        </div>
      )}
      <h2>What goes</h2>
      {plan.goes.map((one) => (
        <Kind rows={one} />
      ))}
      {plan.links.length > 0 && (
        <ul class="pa-links">
          {plan.links.map(({ title, count }) => (
            <li>
              {count} {count === 1 ? 'link' : 'links'}: {title}
            </li>
          ))}
        </ul>
      )}
      {!plan.isComplete && <p class="pc-soft">And more: so much goes with it that it was not counted to the end.</p>}
      {plan.loses.length > 0 && (
        <>
          <h2>What stays, and no longer points here</h2>
          {plan.loses.map((one) => (
            <Kind rows={one} />
          ))}
        </>
      )}
    </>
  )
}

function Kind({ rows: { title, count, rows } }: { readonly rows: NamedRows }): JSX.Element {
  const heading = `${title}: ${count.toLocaleString('en')}`
  if (rows.length === 0) return <p class="pa-kind">{heading}</p>
  const names = (
    <ul class="pa-doomed">
      {rows.map(({ label, href }) => (
        <li>{href === null ? label : <a href={safeHref(href)}>{label}</a>}</li>
      ))}
      {count > rows.length && <li class="pc-soft">and {(count - rows.length).toLocaleString('en')} more</li>}
    </ul>
  )
  return (
    <details class="pa-kind" open={rows.length <= FEW}>
      <summary>{heading}</summary>
      {names}
    </details>
  )
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
