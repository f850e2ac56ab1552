/**
 * Changing an SQLite table. Each change is made to the text that made the table, so that whatever else somebody put there stays.
 * @module
 */

import type { TableChange } from '../schema/changes.js'
import type { ColumnDefinition } from '../schema/definition.js'
import type { TableSnapshot, TableSource } from '../schema/snapshot.js'
import type { ChangedTable } from './schema-dialect.js'
import { parseCreateTable, type CreateTableText } from './sqlite-ddl.js'

type ColumnDdl = (column: ColumnDefinition) => string

/** The table between two changes. */
interface Draft {
  readonly name: string
  readonly text: CreateTableText
  /** The statements of its indexes and triggers. */
  readonly others: TableSource['others']
}

/** The statements of each change, in the order given. */
export function changeSqliteTable(table: TableSnapshot, changes: readonly TableChange[], columnDdl: ColumnDdl): ChangedTable {
  let draft: Draft = { name: table.name, text: parseCreateTable(table.source?.table ?? ''), others: table.source?.others ?? [] }
  const statements = changes.map((change) => {
    const result = applyChange(draft, change, columnDdl)
    draft = result.draft
    return result.statements
  })
  return { statements, source: { table: createText(draft.name, draft.text), others: draft.others } }
}

interface Applied {
  readonly draft: Draft
  readonly statements: string[]
}

function applyChange(draft: Draft, change: TableChange, columnDdl: ColumnDdl): Applied {
  switch (change.kind) {
    case 'addColumn':
      return addColumn(draft, change.column, change.fill, columnDdl)
    case 'alterColumn':
      return replaceColumn(draft, change.column, columnDdl, change.changesNull ? change.fill : null)
    case 'dropColumn':
      return dropColumn(draft, change.column)
    case 'createIndex':
      return addOther(
        draft,
        change.index,
        `CREATE INDEX ${quote(change.index.name)} ON ${quote(draft.name)} (${change.index.columns.map(quote).join(', ')})`,
      )
    case 'addUnique':
      return addOther(
        draft,
        change.unique,
        `CREATE UNIQUE INDEX ${quote(change.unique.name)} ON ${quote(draft.name)} (${change.unique.columns.map(quote).join(', ')})`,
      )
    case 'dropIndex':
      return dropIndex(draft, change.name)
    case 'dropUnique':
      return change.name.startsWith('sqlite_autoindex_')
        ? // rule: regex: one column of the database's own schema
          editColumn(draft, change.columns[0] ?? '', (text) => text.replace(/\s+UNIQUE\b/i, ''))
        : dropIndex(draft, change.name)
    case 'addForeignKey':
    case 'addCheck':
      return replaceColumn(draft, change.column, columnDdl, null)
    case 'dropForeignKey':
      // rule: regex: one column of the database's own schema
      return editColumn(draft, change.column, (text) => text.replace(/\s+REFERENCES\s[\s\S]*$/i, ''))
    case 'dropDefault':
      return { draft, statements: [] }
  }
}

/** ALTER TABLE adds what may be null and is not unique; everything else takes a new table. */
function addColumn(draft: Draft, column: ColumnDefinition, fill: string | null, columnDdl: ColumnDdl): Applied {
  const text: CreateTableText = { ...draft.text, columns: [...draft.text.columns, { name: column.name, text: columnDdl(column) }] }
  if (!column.null || column.unique || fill !== null) return rebuild(draft, text, new Map([[column.name, fill ?? 'NULL']]))
  return { draft: { ...draft, text }, statements: [`ALTER TABLE ${quote(draft.name)} ADD COLUMN ${columnDdl(column)}`] }
}

/** Its indexes go with it. */
function dropColumn(draft: Draft, name: string): Applied {
  const others = draft.others.filter((one) => !one.columns.includes(name))
  return rebuild({ ...draft, others }, { ...draft.text, columns: draft.text.columns.filter((one) => one.name !== name) })
}

function replaceColumn(draft: Draft, column: ColumnDefinition, columnDdl: ColumnDdl, fill: string | null): Applied {
  const expressions = new Map(fill === null ? [] : [[column.name, `coalesce(${quote(column.name)}, ${fill})`]])
  const wasUnique = draft.text.columns.some((one) => one.name === column.name && /\sUNIQUE\b/i.test(one.text))
  // A unique column may have got its index afterwards; it stays then.
  return rebuild(
    draft,
    {
      ...draft.text,
      columns: draft.text.columns.map((one) =>
        one.name === column.name ? { name: one.name, text: columnDdl({ ...column, unique: column.unique && wasUnique }) } : one,
      ),
    },
    expressions,
  )
}

function editColumn(draft: Draft, name: string, edit: (text: string) => string): Applied {
  return rebuild(draft, { ...draft.text, columns: draft.text.columns.map((one) => (one.name === name ? { name, text: edit(one.text) } : one)) })
}

function addOther(draft: Draft, { name, columns }: { readonly name: string; readonly columns: readonly string[] }, text: string): Applied {
  return { draft: { ...draft, others: [...draft.others, { name, columns, text }] }, statements: [text] }
}

function dropIndex(draft: Draft, name: string): Applied {
  const others = draft.others.filter((one) => one.name !== name)
  return { draft: { ...draft, others }, statements: [`DROP INDEX ${quote(name)}`] }
}

/** `values` says what goes into a column that is new or changed; every other is copied. */
function rebuild(draft: Draft, text: CreateTableText, values: ReadonlyMap<string, string> = new Map()): Applied {
  const fresh = `new__${draft.name}`
  const kept = text.columns.map((one) => one.name)
  const counted = text.columns.some((one) => /\sAUTOINCREMENT\b/i.test(one.text))
  const statements = [
    createText(fresh, text),
    `INSERT INTO ${quote(fresh)} (${kept.map(quote).join(', ')}) SELECT ${kept.map((one) => values.get(one) ?? quote(one)).join(', ')} FROM ${quote(draft.name)}`,
    // The count goes on where it was, so that the key of a deleted row never comes back as another's.
    ...(counted
      ? [
          `DELETE FROM sqlite_sequence WHERE name = ${literal(fresh)}`,
          `INSERT INTO sqlite_sequence (name, seq) SELECT ${literal(fresh)}, seq FROM sqlite_sequence WHERE name = ${literal(draft.name)}`,
        ]
      : []),
    `DROP TABLE ${quote(draft.name)}`,
    `ALTER TABLE ${quote(fresh)} RENAME TO ${quote(draft.name)}`,
    ...draft.others.map((one) => one.text),
  ]
  return { draft: { ...draft, text }, statements }
}

function createText(name: string, { columns, constraints, tail }: CreateTableText): string {
  return `CREATE TABLE ${quote(name)} (${[...columns.map((one) => one.text), ...constraints].join(', ')})${tail === '' ? '' : ` ${tail}`}`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
