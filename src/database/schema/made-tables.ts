/**
 * What portcullis made itself: only that may be changed or dropped. A table is written down before it is made, so that an
 * interrupted migration knows its own.
 * @module
 */

import { sql } from 'kysely'
import type { SchemaDialect } from '../dialects/schema-dialect.js'
import type { Database } from '../database.js'
import { charField, dateTimeField, jsonField } from '../fields.js'
import { model } from '../model.js'
import type { TableDefinition } from './definition.js'

/** The first of our own tables. */
export class MadeTable extends model('portcullis.Table', {
  table: 'portcullis_table',
  fields: {
    name: charField({ maxLength: 200, primaryKey: true }),
    model: charField({ maxLength: 200 }),
    columns: jsonField(),
    createdAt: dateTimeField(),
  },
}) {}

/** A table that portcullis made. */
export interface MadeRecord {
  readonly name: string
  /** The model's label. */
  readonly model: string
  /** The columns that portcullis made. */
  readonly columns: readonly string[]
  /** Those it was about to make and did not finish. */
  readonly unfinished: readonly string[]
}

/** The record of one table while its changes are planned, each on top of those before it. */
export class RecordKeeper {
  readonly #dialect: SchemaDialect
  #record: MadeRecord

  constructor(dialect: SchemaDialect, record: MadeRecord) {
    this.#dialect = dialect
    this.#record = record
  }

  /** Columns whose making was interrupted. */
  get unfinished(): readonly string[] {
    return this.#record.unfinished
  }

  /** The statement that writes a column down as ours. */
  add(column: string): string {
    return this.#write({ columns: [...this.#without(column).columns, column], unfinished: this.#without(column).unfinished })
  }

  /** The statement that writes it down as begun. */
  begin(column: string): string {
    return this.#write({ columns: this.#without(column).columns, unfinished: [...this.#without(column).unfinished, column] })
  }

  /** The statement that takes it off. */
  remove(column: string): string {
    return this.#write(this.#without(column))
  }

  #without(column: string): Pick<MadeRecord, 'columns' | 'unfinished'> {
    const { columns, unfinished } = this.#record
    return { columns: columns.filter((one) => one !== column), unfinished: unfinished.filter((one) => one !== column) }
  }

  #write(columns: Pick<MadeRecord, 'columns' | 'unfinished'>): string {
    this.#record = { ...this.#record, ...columns }
    return recordColumns(this.#dialect, this.#record)
  }
}

/** Before the name of a column whose making takes several statements. */
const UNFINISHED = '+'

const TABLE = MadeTable.meta.table

/** Reads the records; none while the table is not there. */
export async function readMadeTables(database: Database): Promise<Map<string, MadeRecord>> {
  const rows = await database.execute<{ name: string; model: string; columns: unknown }>(
    sql`select name, model, ${sql.ref('columns')} from ${sql.table(TABLE)}`,
  )
  return new Map(
    rows.map(({ name, model: label, columns }) => {
      const all = (typeof columns === 'string' ? JSON.parse(columns) : columns) as string[]
      return [
        name,
        {
          name,
          model: label,
          columns: all.filter((one) => !one.startsWith(UNFINISHED)),
          unfinished: all.filter((one) => one.startsWith(UNFINISHED)).map((one) => one.slice(1)),
        },
      ]
    }),
  )
}

/** The statement that writes a table down; `known` is what was written of it before. */
export function recordTable(dialect: SchemaDialect, table: TableDefinition, known: MadeRecord | undefined, now: Date): string {
  const record: MadeRecord = { name: table.name, model: table.label, columns: table.columns.map((one) => one.name), unfinished: [] }
  if (known !== undefined) return recordColumns(dialect, record)
  const values = [record.name, record.model, written(record), now].map((one) => dialect.literal(one))
  const names = ['name', 'model', 'columns', 'created_at'].map((one) => dialect.quote(one))
  return `INSERT INTO ${dialect.quote(TABLE)} (${names.join(', ')}) VALUES (${values.join(', ')})`
}

function recordColumns(dialect: SchemaDialect, record: MadeRecord): string {
  return `UPDATE ${dialect.quote(TABLE)} SET ${dialect.quote('columns')} = ${dialect.literal(written(record))} WHERE ${dialect.quote('name')} = ${dialect.literal(record.name)}`
}

/** The statement that forgets a table. */
export function forgetTable(dialect: SchemaDialect, name: string): string {
  return `DELETE FROM ${dialect.quote(TABLE)} WHERE ${dialect.quote('name')} = ${dialect.literal(name)}`
}

function written(record: MadeRecord): string {
  return JSON.stringify([...record.columns, ...record.unfinished.map((one) => UNFINISHED + one)])
}
