/**
 * What the address of a list asks for, checked: what is no column, no filter and no page of this list is refused, whoever wrote it (I1, I8).
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { snakeCase } from '../../database/meta.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ListColumn } from './columns.js'
import type { ListFilter } from './filters.js'
import { LONGEST_SEARCH, type ListSearch } from './search.js'

/** An order: a column of the list by its number, from 1; negative for the reverse. Django's `o`. */
export type Order = readonly number[]

/** A day, a month or a year to look at. */
export interface DatePart {
  readonly year: number
  readonly month: number | null
  readonly day: number | null
}

/** What was asked for. */
export interface ListState {
  readonly search: string
  readonly order: Order
  /** From 1; from the end with a minus. */
  readonly page: number
  readonly filters: ReadonlyMap<string, string>
  readonly date: DatePart | null
  readonly condition: RawBuilder<unknown> | null
  /** Whether anything narrows the list. */
  readonly isNarrowed: boolean
}

/** Further on nobody turns pages; search and filters lead there. */
export const MOST_PAGES = 100

/** Parameters that are the list's own. */
const OWN = new Set(['q', 'o', 'p', 'e'])

/** Reads the address; a reason where it asks for what there is not. */
export function readState(
  query: URLSearchParams,
  { admin, columns, filters, search }: { admin: ModelAdmin; columns: readonly ListColumn[]; filters: readonly ListFilter[]; search: ListSearch },
): ListState | { readonly refused: string } {
  const names = new Set(query.keys())
  for (const name of names) if (query.getAll(name).length > 1) return { refused: `several values of ${name}` }
  const conditions: RawBuilder<unknown>[] = []
  const chosen = new Map<string, string>()
  for (const filter of filters) {
    const value = query.get(filter.parameter)
    names.delete(filter.parameter)
    if (value === null || value === '') continue
    const condition = filter.condition(value)
    if (condition === null) return { refused: `${filter.parameter} is not one of the choices` }
    conditions.push(condition)
    chosen.set(filter.parameter, value)
  }
  const date = readDate(query, admin, names)
  if (date !== null && 'refused' in date) return date
  if (date !== null) conditions.push(whereDate(admin, date))
  for (const name of names) if (!OWN.has(name)) return { refused: `${name} is no filter of this list` }
  const text = (query.get('q') ?? '').slice(0, LONGEST_SEARCH)
  const found = search.condition(text)
  if (found !== null) conditions.push(found)
  const order = readOrderOf(query.get('o'), columns)
  if (order === null) return { refused: 'o names no column to order by' }
  const page = readPage(query.get('p'))
  if (page === null) return { refused: 'p is no page' }
  return {
    search: text,
    order,
    page,
    filters: chosen,
    date,
    condition: conditions.length === 0 ? null : sql.join(conditions, sql` and `),
    isNarrowed: conditions.length > 0,
  }
}

/** The address of the same list with something changed; null takes a parameter away. Turning to something else begins at the first page. */
export function addressWith(state: ListState, admin: ModelAdmin, changes: Readonly<Record<string, string | null>>): string {
  const parameters = new URLSearchParams()
  if (state.search !== '') parameters.set('q', state.search)
  if (state.order.length > 0) parameters.set('o', state.order.join('.'))
  for (const [name, value] of state.filters) parameters.set(name, value)
  const prefix = snakeCase(admin.options.dateHierarchy ?? '')
  if (state.date !== null) {
    parameters.set(`${prefix}__year`, String(state.date.year))
    if (state.date.month !== null) parameters.set(`${prefix}__month`, String(state.date.month))
    if (state.date.day !== null) parameters.set(`${prefix}__day`, String(state.date.day))
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name)
    else parameters.set(name, value)
  }
  const text = parameters.toString()
  return text === '' ? '?' : `?${text}`
}

function readOrderOf(text: string | null, columns: readonly ListColumn[]): Order | null {
  if (text === null || text === '') return []
  const numbers = text.split('.').map((one) => (/^-?[1-9]\d{0,2}$/.test(one) ? Number(one) : 0))
  const fits = numbers.every((one) => (columns[Math.abs(one) - 1]?.order ?? null) !== null)
  return fits && numbers.length <= 4 ? numbers : null
}

function readPage(text: string | null): number | null {
  if (text === null) return 1
  const page = /^-?[1-9]\d{0,4}$/.test(text) ? Number(text) : 0
  return page === 0 || Math.abs(page) > MOST_PAGES ? null : page
}

function readDate(query: URLSearchParams, admin: ModelAdmin, names: Set<string>): DatePart | null | { readonly refused: string } {
  const property = admin.options.dateHierarchy as string | undefined
  if (property === undefined) return null
  const prefix = snakeCase(property)
  const parts = ['year', 'month', 'day'].map((part) => {
    const name = `${prefix}__${part}`
    names.delete(name)
    return query.get(name)
  })
  if (parts.every((one) => one === null)) return null
  const [year, month, day] = parts.map((one) => (one === null ? null : /^\d{1,4}$/.test(one) ? Number(one) : Number.NaN))
  const date = { year: year ?? Number.NaN, month: month ?? null, day: day ?? null }
  const isDate =
    date.year >= 1 &&
    (date.month === null || (date.month >= 1 && date.month <= 12)) &&
    (date.day === null || (date.month !== null && date.day >= 1 && date.day <= 31))
  return isDate ? date : { refused: `${prefix} is no date` }
}

function whereDate(admin: ModelAdmin, { year, month, day }: DatePart): RawBuilder<unknown> {
  const column = admin.meta.column.get(admin.options.dateHierarchy as string)
  const [from, until] =
    day !== null
      ? [utc(year, month ?? 1, day), utc(year, month ?? 1, day + 1)]
      : month !== null
        ? [utc(year, month, 1), utc(year, month + 1, 1)]
        : [utc(year, 1, 1), utc(year + 1, 1, 1)]
  const written = (moment: Date): unknown => (column?.field.settings.kind === 'date' ? moment.toISOString().slice(0, 10) : moment)
  const reference = sql.ref(`${admin.meta.table}.${column?.column ?? ''}`)
  return sql`${reference} >= ${written(from)} and ${reference} < ${written(until)}`
}

function utc(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date
}
