/**
 * A moment: readable in UTC as it stands, in the visitor's own zone where a script runs.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'

// Made with the first moment: a format takes longer to make than a page, and few pages show one.
let moments: Intl.DateTimeFormat | undefined
let days: Intl.DateTimeFormat | undefined

/** A moment that is given as ISO 8601, or only its day; nothing at all for what is none. */
export function Moment({ at, dayOnly = false }: { readonly at: string; readonly dayOnly?: boolean }): JSX.Element {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return <></>
  return (
    <time datetime={moment.toISOString()} data-local={dayOnly ? 'day' : 'moment'}>
      {dayOnly ? dayText(moment) : `${momentText(moment)} UTC`}
    </time>
  )
}

function momentText(moment: Date): string {
  return (moments ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })).format(moment)
}

function dayText(moment: Date): string {
  return (days ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })).format(moment)
}
