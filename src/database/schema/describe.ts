/**
 * From a model to its tables: its own, and those between it and the models it relates to.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { LiteralValue, SchemaDialect, ServerFacts } from '../dialects/schema-dialect.js'
import { writerFor } from '../filters.js'
import { foreignKey } from '../fields.js'
import { defaultOf } from '../cells.js'
import { buildMeta, type ColumnMeta, type ModelMeta } from '../meta.js'
import type { AnyModelClass } from '../model.js'
import type { ModelRegistry, Through } from '../registry.js'
import type { ColumnDefinition, IndexDefinition, ReferenceDefinition, TableDefinition } from './definition.js'
import { constraintName, foreignKeySuffix, listedIndexName } from './names.js'

/** What a description depends on besides the model. */
export interface DescribeContext {
  readonly registry: ModelRegistry
  readonly dialect: SchemaDialect
  readonly server: ServerFacts
}

/** The tables of a model, its own first. None for a model without fields: its table belongs to another tool. */
export function describeModel(context: DescribeContext, model: AnyModelClass): TableDefinition[] {
  const { meta } = model
  if (!meta.managed) return []
  const throughs = meta.relations.map((relation) => throughMeta(meta, context.registry.through(model, relation)))
  return [meta, ...throughs].map((one) => describeTable(context, one))
}

/** The table of a description. */
export function describeTable(context: DescribeContext, meta: ModelMeta): TableDefinition {
  const { dialect } = context
  const columns = meta.columns.map((column) => describeColumn(context, meta, column))
  for (const name of [meta.table, ...columns.map((one) => one.name)]) {
    if (name.length <= dialect.identifierLimit) continue
    throw new ImproperlyConfigured(
      `${meta.label}: the name “${name}” has ${name.length} characters, but the database takes ${dialect.identifierLimit}. Set a shorter \`table\` or \`column\`.`,
    )
  }
  const columnsOf = (names: readonly string[]): string[] => names.map((name) => meta.column.get(name)?.column ?? name)
  return {
    name: meta.table,
    label: meta.label,
    appLabel: meta.appLabel,
    columns,
    uniques: meta.uniqueTogether
      .map(columnsOf)
      .map((names) => ({ name: constraintName(dialect.nameLimit, meta.table, names, '_uniq'), columns: names })),
    indexes: [
      ...meta.columns.flatMap((column, index) => columnIndexes(context, meta, column, columns[index] as ColumnDefinition)),
      ...meta.indexes.map(columnsOf).map((names) => ({ name: listedIndexName(meta.table, names), columns: names, operatorClass: null })),
    ],
  }
}

/** The model behind a table between two others, as Django makes it: a key, two foreign keys, unique together. */
function throughMeta(owner: ModelMeta, through: Through): ModelMeta {
  return buildMeta(`${owner.appLabel}.${owner.name}_${through.name}`, {
    table: through.table,
    fields: {
      source: foreignKey(through.source.label, { column: through.sourceColumn }),
      target: foreignKey(through.target.label, { column: through.targetColumn }),
    },
    uniqueTogether: [['source', 'target']],
  })
}

function describeColumn(context: DescribeContext, meta: ModelMeta, column: ColumnMeta): ColumnDefinition {
  const { registry, dialect, server } = context
  const { settings } = column.field
  const value = registry.valueField(meta, column.field).settings
  const counted = settings.kind === 'auto' || settings.kind === 'bigAuto'
  const type = dialect.columnType(value, server)
  const unique = settings.unique && !settings.primaryKey
  if ((unique || settings.primaryKey) && !dialect.canIndex(type)) {
    throw new ImproperlyConfigured(`${meta.label}.${column.name}: this database cannot make ${type} unique. Use charField({ maxLength }) instead.`)
  }
  return {
    name: column.column,
    type,
    null: settings.null,
    primaryKey: settings.primaryKey,
    counted,
    unique,
    // The key that a relation points to is checked where it stands, as in Django.
    check: settings.to === null ? dialect.columnCheck(settings, column.column, server) : null,
    references: describeReference(context, meta, column),
    fill: () => fillFor(context, meta, column),
  }
}

function describeReference({ registry, dialect }: DescribeContext, meta: ModelMeta, column: ColumnMeta): ReferenceDefinition | null {
  const { to, dbConstraint } = column.field.settings
  if (to === null || !dbConstraint) return null
  const target = registry.targetOf(meta, to).meta
  const key = target.primaryKey?.column ?? 'id'
  return {
    table: target.table,
    column: key,
    name: constraintName(dialect.nameLimit, meta.table, [column.column], foreignKeySuffix(target.table, key)),
  }
}

function columnIndexes({ dialect }: DescribeContext, meta: ModelMeta, column: ColumnMeta, definition: ColumnDefinition): IndexDefinition[] {
  const { index, unique, primaryKey } = column.field.settings
  const columns = [definition.name]
  const found: IndexDefinition[] = []
  const bringsIndex = definition.references !== null && dialect.foreignKeysBringIndex
  if (index && !unique && !primaryKey && !bringsIndex && dialect.canIndex(definition.type)) {
    found.push({ name: constraintName(dialect.nameLimit, meta.table, columns), columns, operatorClass: null })
  }
  const operatorClass = index || unique || primaryKey ? dialect.patternClass(definition.type) : null
  if (operatorClass !== null) found.push({ name: constraintName(dialect.nameLimit, meta.table, columns, '_like'), columns, operatorClass })
  return found
}

function fillFor({ registry, dialect }: DescribeContext, meta: ModelMeta, column: ColumnMeta): string | null {
  const value = defaultOf(column.field, registry.clock.now())
  if (value === undefined || value === null) return null
  return dialect.literal(writerFor(registry, meta, column)(value) as LiteralValue)
}
