/**
 * The filters beside a list: what there is to choose, and the condition that a choice stands for. What an address asks beyond them is refused (I1, I8).
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { readWhere, writerFor } from '../../database/filters.js'
import { snakeCase } from '../../database/meta.js'
import { Manager } from '../../database/manager.js'
import type { AdminParts } from '../admin-parts.js'
import { capitalized, plainName, type ModelAdmin } from '../model-admin.js'
import type { CustomFilter } from '../options.js'
import { readKey } from '../read-key.js'
import { followPath, type ColumnPath, wherePath, whereRelated, whereTerms } from './paths.js'

/** Something to choose. */
export interface FilterChoice {
  readonly value: string
  readonly label: string
}

/** What there is to choose. */
export interface FilterChoices {
  /** Without “all”. A relation over a large table has only the first and the chosen one; the rest is searched for. */
  readonly choices: readonly FilterChoice[]
  /** Whether there are more than these. */
  readonly isOpenEnded: boolean
}

/** A filter of a list; the same for all who open it. */
export interface ListFilter {
  readonly parameter: string
  readonly label: string
  choices(chosen: string | null): Promise<FilterChoices>
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
    choices: async () => all(filter.choices),
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

/** Choices that are all there are. */
function all(choices: readonly (readonly [value: string, label: string, ...unknown[]])[]): FilterChoices {
  return { choices: choices.map(([value, label]) => ({ value, label })), isOpenEnded: false }
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
    choices: async () => all(choices),
    condition: (value) => {
      const found = choices.find(([one]) => one === value)
      return found === undefined ? null : where(found[2])
    },
  }
}

/** The texts that there are at the end of a relation: the apps of permissions, by their content types. Of a large table only the first rows are looked at. */
function values(parts: AdminParts, path: ColumnPath, label: string, where: (value: string) => RawBuilder<unknown>): ListFilter {
  const { meta, column } = path.last
  return {
    parameter: path.wireName,
    label,
    async choices(chosen) {
      const some = sql`select ${sql.ref(column.column)} as ${sql.ref('value')} from ${sql.table(meta.table)} limit ${MOST_READ}`
      const rows = await parts.registry.database.execute(
        sql<{
          value: string | null
        }>`select distinct ${sql.ref('value')} from (${some}) as ${sql.ref('some')} order by ${sql.ref('value')} limit ${MOST_CHOICES + 1}`,
      )
      const found = rows.slice(0, MOST_CHOICES).flatMap(({ value }) => (value === null || value === '' ? [] : [value]))
      const choices = [...found, ...(chosen === null || found.includes(chosen) ? [] : [chosen])].map((value) => ({ value, label: value }))
      return { choices, isOpenEnded: rows.length > MOST_CHOICES }
    },
    condition: (value) => (value.length > LONGEST_TEXT || value.includes('\0') || !value.isWellFormed() ? null : where(value)),
  }
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
    choices: async () => all(spans),
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
  const { registry } = parts
  const { meta } = manager
  const write = meta.primaryKey === null ? null : writerFor(registry, meta, meta.primaryKey)
  return {
    parameter,
    label,
    async choices(chosen) {
      const rows = await manager.all({ limit: MOST_CHOICES + 1 })
      const shown = rows.slice(0, MOST_CHOICES)
      const key = chosen === null || shown.some((one) => String(one.pk) === chosen) ? null : readKey(registry, meta, chosen)
      const other = key === null ? null : await manager.find({ pk: key } as never)
      const choices = [...(other === null ? [] : [other]), ...shown].map((row) => ({ value: String(row.pk), label: plainName(row) }))
      return { choices: [...choices, ...(canBeEmpty ? [{ value: 'none', label: admin.emptyValue }] : [])], isOpenEnded: rows.length > MOST_CHOICES }
    },
    condition(value) {
      if (value === 'none') return canBeEmpty ? condition(null) : null
      const key = readKey(registry, meta, value)
      return key === null || write === null ? null : condition(write(key))
    },
  }
}
