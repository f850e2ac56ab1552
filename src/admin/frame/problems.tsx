/**
 * What stands against something, above a page.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'

/** A sentence for each; whoever looks at the page, or listens to it, meets them first. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }): JSX.Element {
  return (
    <div class="pc-summary" role="alert" tabindex={-1} autofocus>
      {problems.map((one) => (
        <p>{messageFor(one.key, one.params)}</p>
      ))}
    </div>
  )
}
