/**
 * Columns as options name them: a property of the model, or behind a relation's name and a dot, one of the model it points to.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { ImproperlyConfigured } from '../../base/errors.js'
import { snakeCase, type ColumnMeta, type ModelMeta } from '../../database/meta.js'
import type { ModelRegistry, Through } from '../../database/registry.js'
import type { Term } from '../../database/filters.js'

/** A path, followed through the models. Every step but the last is a relation. */
export interface ColumnPath {
  readonly text: string
  /** How the address spells it. */
  readonly wireName: string
  readonly steps: readonly { readonly meta: ModelMeta; readonly column: ColumnMeta }[]
  readonly last: { readonly meta: ModelMeta; readonly column: ColumnMeta }
}

/** More relations in a row than this is no list any more. */
const MOST_STEPS = 3

/** Follows a path; an error that says what is wrong with it. A hidden column is nobody's to list, search or filter (I1, I2). */
export function followPath(registry: ModelRegistry, meta: ModelMeta, text: string): ColumnPath {
  const names = text.split('.')
  if (names.length > MOST_STEPS) throw new ImproperlyConfigured(`“${text}” goes through more than ${MOST_STEPS - 1} relations.`)
  const steps: { meta: ModelMeta; column: ColumnMeta }[] = []
  let current = meta
  for (const [index, name] of names.entries()) {
    const column = name === 'pk' ? (current.primaryKey ?? undefined) : current.column.get(name)
    if (column === undefined) throw new ImproperlyConfigured(`${current.label} has no column “${name}” (in “${text}” for the list of ${meta.label}).`)
    if (column.field.settings.hidden) throw new ImproperlyConfigured(`${current.label}.${name} is hidden and cannot be in a list.`)
    steps.push({ meta: current, column })
    if (index === names.length - 1) break
    const { to } = column.field.settings
    if (to === null) throw new ImproperlyConfigured(`${current.label}.${name} is no relation, so that “${text}” leads nowhere.`)
    current = registry.targetOf(current, to).meta
  }
  const last = steps.at(-1)
  if (last === undefined) throw new ImproperlyConfigured(`A column of ${meta.label} has no name.`)
  return { text, wireName: names.map(snakeCase).join('__'), steps, last }
}

/** Rows whose path ends in a row that fits: a condition on the first table, the rest in a subquery each. */
export function wherePath(path: ColumnPath, condition: (column: RawBuilder<unknown>) => RawBuilder<unknown>): RawBuilder<unknown> {
  const build = (index: number): RawBuilder<unknown> => {
    const step = path.steps[index]
    if (step === undefined) return sql`1 = 1`
    const reference = sql.ref(`${step.meta.table}.${step.column.column}`)
    const next = path.steps[index + 1]
    if (next === undefined) return condition(reference)
    const key = next.meta.primaryKey?.column ?? 'id'
    return sql`${reference} in (select ${sql.ref(`${next.meta.table}.${key}`)} from ${sql.table(next.meta.table)} where ${build(index + 1)})`
  }
  return build(0)
}

/** Rows that are related to this key through the table between. */
export function whereRelated(meta: ModelMeta, through: Through, key: unknown): RawBuilder<unknown> {
  const own = sql.ref(`${meta.table}.${meta.primaryKey?.column ?? 'id'}`)
  return sql`${own} in (select ${sql.ref(through.sourceColumn)} from ${sql.table(through.table)} where ${sql.ref(through.targetColumn)} = ${key})`
}

/** Terms of a manager as one condition. */
export function whereTerms(terms: readonly Term[]): RawBuilder<unknown> {
  return terms.length === 0
    ? sql`1 = 1`
    : sql`(${sql.join(
        terms.map((one) => one.toSql()),
        sql` and `,
      )})`
}
