/**
 * Going down by date: the years between the first and the last date, then the twelve months of a year, then the days of a month. Whether there
 * is anything in them is not asked: that would read the whole table.
 * @module
 */

import { sql } from 'kysely'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { snakeCase } from '../../database/meta.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { addressWith, type ListState } from './state.js'

const MONTHS = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' })
/** Nobody looks through more years than this; the newest are shown. */
const MOST_YEARS = 30

/** The links; nothing where the model has no date to go down by. The first and the last date come from the index: two rows, whatever the size. */
export async function dateLinks(visit: AdminVisit, admin: ModelAdmin, state: ListState): Promise<JSX.Element | null> {
  const property = admin.options.dateHierarchy as string | undefined
  const column = property === undefined ? undefined : admin.meta.column.get(property)
  if (property === undefined || column === undefined) return null
  const prefix = snakeCase(property)
  const reference = sql.ref(column.column)
  const none = { [`${prefix}__year`]: null, [`${prefix}__month`]: null, [`${prefix}__day`]: null }
  const { date } = state
  if (date === null) {
    const edge = async (descending: boolean): Promise<number | null> => {
      const order = descending ? sql`${reference} desc` : reference
      const rows = await visit.parts.registry.database.execute(
        sql<{
          at: unknown
        }>`select ${reference} as ${sql.id('at')} from ${sql.table(admin.meta.table)} where ${reference} is not null order by ${order} limit 1`,
      )
      const year = Number(String(rows[0]?.at instanceof Date ? rows[0].at.toISOString() : (rows[0]?.at ?? '')).slice(0, 4))
      return Number.isSafeInteger(year) && year > 0 ? year : null
    }
    const [first, last] = [await edge(false), await edge(true)]
    if (first === null || last === null) return null
    const years = Array.from({ length: Math.min(MOST_YEARS, last - first + 1) }, (_, index) => last - index).toReversed()
    return (
      <Links
        label="By year"
        links={years.map((year) => [String(year), addressWith(state, admin, { [`${prefix}__year`]: String(year) })])}
        back={null}
      />
    )
  }
  if (date.month === null) {
    const months = Array.from(
      { length: 12 },
      (_, index) =>
        [MONTHS.format(new Date(Date.UTC(2000, index, 1))), addressWith(state, admin, { [`${prefix}__month`]: String(index + 1) })] as const,
    )
    return <Links label={String(date.year)} links={months} back={['All years', addressWith(state, admin, none)]} />
  }
  const month = `${MONTHS.format(new Date(Date.UTC(2000, date.month - 1, 1)))} ${date.year}`
  if (date.day === null) {
    const days = new Date(Date.UTC(date.year, date.month, 0)).getUTCDate()
    const links = Array.from(
      { length: days },
      (_, index) => [String(index + 1), addressWith(state, admin, { [`${prefix}__day`]: String(index + 1) })] as const,
    )
    return <Links label={month} links={links} back={[String(date.year), addressWith(state, admin, { [`${prefix}__month`]: null })]} />
  }
  return <Links label={`${date.day} ${month}`} links={[]} back={[month, addressWith(state, admin, { [`${prefix}__day`]: null })]} />
}

function Links({
  label,
  links,
  back,
}: {
  readonly label: string
  readonly links: readonly (readonly [label: string, href: string])[]
  readonly back: readonly [string, string] | null
}): JSX.Element {
  return (
    <nav class="pa-dates" aria-label="By date">
      {back !== null && <a href={back[1]}>‹ {back[0]}</a>}
      <strong>{label}</strong>
      {links.map(([text, href]) => (
        <a href={href}>{text}</a>
      ))}
    </nav>
  )
}
