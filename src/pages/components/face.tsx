/**
 * A person's picture, or their first letter.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import type { VisitorView } from '../props.js'

/** The picture stands beside the name, so it says nothing to who hears the page. */
export function Face({ visitor, large = false }: { readonly visitor: VisitorView; readonly large?: boolean }): JSX.Element {
  const picture = safeHref(visitor.picture)
  const look = large ? 'pc-face pc-face-large' : 'pc-face'
  if (picture !== undefined) return <img class={look} src={picture} alt="" />
  return (
    <span class={look} aria-hidden="true">
      {firstLetter(visitor.name)}
    </span>
  )
}

function firstLetter(name: string): string {
  return [...name.trim()][0] ?? '·'
}
