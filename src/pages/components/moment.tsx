/**
 * A moment: readable in UTC as it stands, in the visitor's own zone where a script runs.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** A moment that is given as ISO 8601, or only its day; nothing at all for what is none. */
export function Moment({ at, dayOnly = false }: { readonly at: string; readonly dayOnly?: boolean }): JSX.Element {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return <></>
  return (
    <time datetime={moment.toISOString()} data-local={dayOnly ? 'day' : 'moment'}>
      {dayOnly ? DAY.format(moment) : `${MOMENT.format(moment)} UTC`}
    </time>
  )
}
