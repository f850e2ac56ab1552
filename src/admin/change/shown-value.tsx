/**
 * A value that is only shown: in words, as a link, a tick, a picture; of a relation the first of its objects.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import type { ColumnMeta, RelationMeta } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import { Moment } from '../../pages/components/moment.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { computedField } from './layout.js'
import { countRelated, relatedKeys } from './related-keys.js'
import { targetOf, type Option, type Target } from './targets.js'

/** Objects of a relation that are named; the rest are counted. */
const MOST_NAMED = 50

// Made with the first day that is shown: a format takes longer to make than a page.
let days: Intl.DateTimeFormat | undefined

/** What an object holds under a name. */
export async function shownValue(visit: AdminVisit, admin: ModelAdmin, row: Model | null, name: string): Promise<JSX.Element> {
  const column = admin.meta.column.get(name)
  const relation = admin.meta.relations.find((one) => one.name === name)
  if (row === null) return <span class="pc-soft">{admin.emptyValue}</span>
  const computed = computedField(admin, name)
  if (computed !== undefined) return <span class="pa-text">{admin.display(await computed.value(row))}</span>
  if (column !== undefined) return shownColumn(visit, admin, column, (row as unknown as Record<string, unknown>)[name] ?? null)
  return relation === undefined ? <></> : shownRelation(visit, admin, row, relation)
}

/** A value of a column. */
export async function shownColumn(visit: AdminVisit, admin: ModelAdmin, column: ColumnMeta, value: unknown): Promise<JSX.Element> {
  const { settings } = column.field
  if (value === null || value === '') return <span class="pc-soft">{admin.emptyValue}</span>
  if (settings.choices !== null) return <span>{admin.display(value, column)}</span>
  if (settings.to !== null) {
    const target = targetOf(visit, visit.parts.registry.targetOf(admin.meta, settings.to))
    const option = (await target.known([value])).get(String(value))
    return option === undefined ? <span>{String(value)}</span> : named(target, option)
  }
  switch (settings.kind) {
    case 'dateTime':
      return <Moment at={(value as Date).toISOString()} />
    case 'date':
      return <time datetime={String(value)}>{dayText(String(value))}</time>
    case 'json':
      return <pre class="pa-json">{JSON.stringify(value, null, 2)}</pre>
    case 'url':
      return safeHref(String(value)) === undefined ? <span>{String(value)}</span> : <a href={safeHref(String(value))}>{String(value)}</a>
    case 'image':
    case 'file':
      return file(visit, String(value), settings.kind === 'image')
    default:
      return <span class="pa-text">{admin.display(value, column)}</span>
  }
}

/** A day is the same in every zone. */
function dayText(day: string): string {
  const moment = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(moment.getTime()) ? day : (days ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })).format(moment)
}

function file(visit: AdminVisit, path: string, isPicture: boolean): JSX.Element {
  const url = safeHref(visit.parts.files?.url(path) ?? null)
  if (url === undefined) return <span>{path}</span>
  return isPicture ? <img class="pa-picture" src={url} alt={`The picture ${path}`} /> : <a href={url}>{path}</a>
}

async function shownRelation(visit: AdminVisit, admin: ModelAdmin, row: Model, relation: RelationMeta): Promise<JSX.Element> {
  const { registry } = visit.parts
  const through = registry.through(admin.model, relation)
  const target = targetOf(visit, through.target)
  const of = { registry, through, owner: row.pk }
  const keys = await relatedKeys(of, MOST_NAMED + 1)
  if (keys.length === 0) return <span class="pc-soft">{admin.emptyValue}</span>
  const options = await target.byKeys(keys.slice(0, MOST_NAMED))
  const more = keys.length > MOST_NAMED ? (await countRelated(of)) - options.size : 0
  const items: JSX.Element[] = []
  for (const option of options.values()) items.push(await named(target, option))
  return (
    <ul class="pa-names">
      {items.map((one) => (
        <li>{one}</li>
      ))}
      {more > 0 && <li class="pc-soft">and {more} more</li>}
    </ul>
  )
}

async function named(target: Target, { row, label }: Option): Promise<JSX.Element> {
  const href = await target.urlOf(row)
  return href === null ? <span>{label}</span> : <a href={href}>{label}</a>
}
