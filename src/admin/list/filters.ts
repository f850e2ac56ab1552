/**
 * The filters beside a list: what there is to choose, and the condition that a choice stands for. What an address asks beyond them is refused (I1, I8).
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { readWhere, writerFor } from '../../database/filters.js'
import { ValidationError } from '../../base/errors.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import { Manager } from '../../database/manager.js'
import type { AdminParts } from '../admin-parts.js'
import { capitalized, type ModelAdmin } from '../model-admin.js'
import type { CustomFilter } from '../options.js'
import { followPath, type ColumnPath, wherePath, whereRelated, whereTerms } from './paths.js'

/** Something to choose. */
export interface FilterChoice {
  readonly value: string
  readonly label: string
}

/** A filter of a list. */
export interface ListFilter {
  readonly parameter: string
  readonly label: string
  /** The choices, without “all”. A relation over a large table has only those that were chosen; the rest is searched for. */
  choices(chosen: string | null): Promise<readonly FilterChoice[]>
  /** Whether there are more than are shown. */
  readonly isOpenEnded: boolean
  /** The condition of a chosen value; null for one that is none of the choices. */
  condition(value: string): RawBuilder<unknown> | null
}

/** A relation with more targets than this is not listed beside the list. */
const MOST_CHOICES = 50
const A_DAY = 86_400_000
/** Texts that are looked through for what there is to choose. */
const MOST_READ = 2000
const SHORT_TEXTS: ReadonlySet<string> = new Set(['char', 'slug', 'email'])
const LONGEST_TEXT = 200

/** The filters of a model. */
export function filtersOf(parts: AdminParts, admin: ModelAdmin): readonly ListFilter[] {
  return ((admin.options.listFilter ?? []) as readonly (string | CustomFilter)[]).map((one) =>
    typeof one === 'string' ? byName(parts, admin, one) : custom(parts, admin, one),
  )
}

function custom(parts: AdminParts, admin: ModelAdmin, filter: CustomFilter): ListFilter {
  return {
    parameter: filter.parameter,
    label: filter.label,
    isOpenEnded: false,
    choices: async () => filter.choices.map(([value, label]) => ({ value, label })),
    condition(value) {
      if (!filter.choices.some(([one]) => one === value)) return null
      return whereTerms(readWhere(parts.registry, admin.meta, filter.where(value), admin.meta.table))
    },
  }
}

function byName(parts: AdminParts, admin: ModelAdmin, name: string): ListFilter {
  const relation = admin.meta.relations.find((one) => one.name === name)
  if (relation !== undefined) {
    const through = parts.registry.through(admin.model, relation)
    const target = parts.registry.loaderOf(through.target)
    return related(parts, admin, {
      parameter: snakeCase(name),
      label: capitalized(relation.label),
      manager: target instanceof Manager ? target : parts.objects(through.target),
      condition: (key) => whereRelated(admin.meta, through, key),
    })
  }
  const path = followPath(parts.registry, admin.meta, name)
  const { meta, column } = path.last
  const { settings } = column.field
  const label = capitalized(column.label)
  const write = writerFor(parts.registry, meta, column)
  const equals = (value: unknown): RawBuilder<unknown> =>
    wherePath(path, (reference) => (value === null ? sql`${reference} is null` : sql`${reference} = ${value}`))
  if (settings.to !== null) {
    const target = parts.registry.targetOf(meta, settings.to)
    const loader = parts.registry.loaderOf(target)
    return related(parts, admin, {
      parameter: path.wireName,
      label,
      manager: loader instanceof Manager ? loader : parts.objects(target),
      condition: equals,
      canBeEmpty: settings.null,
    })
  }
  if (settings.kind === 'boolean')
    return listed(
      path.wireName,
      label,
      [['1', 'Yes', true], ['0', 'No', false], ...(settings.null ? [['none', 'Unknown', null] as const] : [])],
      (value) => equals(value === null ? null : write(value)),
    )
  if (settings.choices !== null)
    return listed(
      path.wireName,
      label,
      settings.choices.map(([value, text], index) => [String(value ?? `none${index}`), String(text), value] as const),
      (value) => equals(value === null ? null : write(value)),
    )
  if (settings.kind === 'date' || settings.kind === 'dateTime')
    return dates(parts, path.wireName, label, settings.kind, (from, until) =>
      wherePath(path, (reference) => sql`${reference} >= ${write(from)} and ${reference} < ${write(until)}`),
    )
  if (path.steps.length > 1 && SHORT_TEXTS.has(settings.kind)) return values(parts, path, label, (value) => equals(write(value)))
  // Any other column: whether there is a value at all, which is what can be told without reading the table.
  return listed(
    path.wireName,
    label,
    [
      ['1', 'With a value', true],
      ['0', 'Without one', false],
    ],
    (value) =>
      wherePath(path, (reference) => {
        const empty = settings.null ? sql`(${reference} is null or ${reference} = ${''})` : sql`${reference} = ${''}`
        return value === true ? sql`not ${empty}` : empty
      }),
  )
}

function listed(
  parameter: string,
  label: string,
  choices: readonly (readonly [value: string, label: string, meaning: unknown])[],
  where: (meaning: unknown) => RawBuilder<unknown>,
): ListFilter {
  return {
    parameter,
    label,
    isOpenEnded: false,
    choices: async () => choices.map(([value, text]) => ({ value, label: text })),
    condition: (value) => {
      const found = choices.find(([one]) => one === value)
      return found === undefined ? null : where(found[2])
    },
  }
}

/** The texts that there are at the end of a relation: the apps of permissions, by their content types. Of a large table only the first rows are looked at. */
function values(parts: AdminParts, path: ColumnPath, label: string, where: (value: string) => RawBuilder<unknown>): ListFilter {
  const { meta, column } = path.last
  const filter = {
    parameter: path.wireName,
    label,
    isOpenEnded: false,
    async choices(chosen: string | null): Promise<readonly FilterChoice[]> {
      const some = sql`select ${sql.ref(column.column)} as ${sql.ref('value')} from ${sql.table(meta.table)} limit ${MOST_READ}`
      const rows = await parts.registry.database.execute(
        sql<{
          value: string | null
        }>`select distinct ${sql.ref('value')} from (${some}) as ${sql.ref('some')} order by ${sql.ref('value')} limit ${MOST_CHOICES + 1}`,
      )
      filter.isOpenEnded = rows.length > MOST_CHOICES
      const found = rows.slice(0, MOST_CHOICES).flatMap(({ value }) => (value === null || value === '' ? [] : [value]))
      return [...found, ...(chosen === null || found.includes(chosen) ? [] : [chosen])].map((value) => ({ value, label: value }))
    },
    condition: (value: string) => (value.length > LONGEST_TEXT || value.includes('\0') || !value.isWellFormed() ? null : where(value)),
  }
  return filter
}

function dates(
  parts: AdminParts,
  parameter: string,
  label: string,
  kind: 'date' | 'dateTime',
  where: (from: unknown, until: unknown) => RawBuilder<unknown>,
): ListFilter {
  const today = (): number => Math.floor(parts.clock.now().getTime() / A_DAY) * A_DAY
  const month = (shift: number): number => {
    const now = parts.clock.now()
    return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + shift, 1)
  }
  const spans: readonly (readonly [value: string, label: string, from: () => number, until: () => number])[] = [
    ['today', 'Today', today, () => today() + A_DAY],
    ['week', 'Past 7 days', () => today() - 6 * A_DAY, () => today() + A_DAY],
    ['month', 'This month', () => month(0), () => month(1)],
    ['year', 'This year', () => Date.UTC(parts.clock.now().getUTCFullYear(), 0, 1), () => Date.UTC(parts.clock.now().getUTCFullYear() + 1, 0, 1)],
  ]
  const written = (time: number): unknown => (kind === 'date' ? new Date(time).toISOString().slice(0, 10) : new Date(time))
  return {
    parameter,
    label,
    isOpenEnded: false,
    choices: async () => spans.map(([value, text]) => ({ value, label: text })),
    condition: (value) => {
      const span = spans.find(([one]) => one === value)
      return span === undefined ? null : where(written(span[2]()), written(span[3]()))
    },
  }
}

function related(
  parts: AdminParts,
  admin: ModelAdmin,
  {
    parameter,
    label,
    manager,
    condition,
    canBeEmpty = false,
  }: { parameter: string; label: string; manager: Manager; condition: (key: unknown) => RawBuilder<unknown>; canBeEmpty?: boolean },
): ListFilter {
  const key = manager.meta.primaryKey
  const write = key === null ? null : writerFor(parts.registry, manager.meta, key)
  const nameOf = (row: Model): string => {
    const text = String(row)
    const { name } = row as unknown as { readonly name?: unknown }
    return text.startsWith('[object') ? (typeof name === 'string' ? name : `${capitalized(manager.meta.verboseName)} ${String(row.pk)}`) : text
  }
  const filter = {
    parameter,
    label,
    isOpenEnded: false,
    async choices(chosen: string | null): Promise<readonly FilterChoice[]> {
      const rows = await manager.all({ limit: MOST_CHOICES + 1 })
      filter.isOpenEnded = rows.length > MOST_CHOICES
      const shown = rows.slice(0, MOST_CHOICES).map((row) => ({ value: String(row.pk), label: nameOf(row) }))
      const isThere = chosen === null || chosen === 'none' || shown.some((one) => one.value === chosen)
      const other = isThere || chosen === null ? null : await findByText(manager, chosen)
      return [
        ...(other === null ? [] : [{ value: String(other.pk), label: nameOf(other) }]),
        ...shown,
        ...(canBeEmpty ? [{ value: 'none', label: admin.emptyValue }] : []),
      ]
    },
    condition(value: string): RawBuilder<unknown> | null {
      if (value === 'none') return canBeEmpty ? condition(null) : null
      try {
        return write === null ? null : condition(write(keyValue(value, key?.field.settings.kind)))
      } catch (error) {
        if (error instanceof ValidationError) return null
        throw error
      }
    },
  }
  return filter
}

const NUMBERS = new Set(['auto', 'bigAuto', 'integer', 'smallInteger', 'positiveSmallInteger', 'bigInteger'])

/** A key as an address has it, in the type of its column. */
function keyValue(text: string, kind: string | undefined): unknown {
  if (kind === undefined || !NUMBERS.has(kind)) return text
  const number = Number(text)
  return /^-?\d{1,15}$/.test(text) && Number.isSafeInteger(number) ? number : text
}

async function findByText(manager: Manager, text: string): Promise<Model | null> {
  try {
    return await manager.find({ pk: keyValue(text, manager.meta.primaryKey?.field.settings.kind) } as never)
  } catch (error) {
    if (error instanceof ValidationError) return null
    throw error
  }
}
