/**
 * A card with a table in it, which scrolls by itself where the screen is narrow.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'

/** The card. `columns` are headings, in order; `children` are the `tbody` or several. */
export function TableCard({
  label,
  columns,
  card = '',
  table = '',
  below,
  children,
}: {
  /** What the table is called by those who do not see it. */
  readonly label: string
  readonly columns: readonly Child[]
  /** More classes, of the card and of the table. */
  readonly card?: string
  readonly table?: string
  /** What stands under the table. */
  readonly below?: Child
  readonly children: Child
}): JSX.Element {
  return (
    <div class={`pc-card pa-table-card ${card}`.trimEnd()}>
      <div class="pa-scroll" tabindex={0} role="region" aria-label={label}>
        <table class={`pa-table ${table}`.trimEnd()}>
          <thead>
            <tr>
              {columns.map((one) => (
                <th scope="col">{one}</th>
              ))}
            </tr>
          </thead>
          {children}
        </table>
      </div>
      {below}
    </div>
  )
}
