/**
 * A model's description: what the manager, the schema, the permissions, the forms and the admin read of a declaration.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { Label, ModelOptions } from './declaration.js'
import { Field, type FieldKind } from './field.js'
import { ManyToMany } from './fields.js'

/** One column of a model. */
export interface ColumnMeta {
  /** The property. */
  readonly name: string
  readonly column: string
  readonly field: Field
  /** What people call it, in lower case. */
  readonly label: string
}

/** One many-to-many relation of a model. */
export interface RelationMeta {
  readonly name: string
  readonly field: ManyToMany
  readonly label: string
}

/** The description of a model. */
export interface ModelMeta {
  readonly label: Label
  readonly appLabel: string
  /** The class name as declared. */
  readonly name: string
  /** In lower case: how content types and codenames spell it. */
  readonly modelName: string
  readonly table: string
  /** False when the model declares no fields: its table belongs to another tool. */
  readonly managed: boolean
  /** In the order declared, the key first. */
  readonly columns: readonly ColumnMeta[]
  readonly column: ReadonlyMap<string, ColumnMeta>
  readonly relations: readonly RelationMeta[]
  /** Null only for a model without fields. */
  readonly primaryKey: ColumnMeta | null
  readonly verboseName: string
  readonly verboseNamePlural: string
  readonly defaultPermissions: readonly string[]
  readonly permissions: readonly (readonly [codename: string, name: string])[]
  readonly uniqueTogether: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
  readonly ordering: readonly string[]
}

/** Django's four, in Django's order (P-1). */
const DEFAULT_PERMISSIONS = ['add', 'change', 'delete', 'view'] as const

/** A label's halves: names as Python, TypeScript and SQL all take them. */
const LABEL = /^([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)$/

/** Names every object has already; a field of that name would hide them. */
const TAKEN = new Set(['pk', 'update', 'delete', 'refresh', 'toJSON', 'constructor'])

/** The key a model has when it declares none: Django's BigAutoField, read as a number because no counter reaches 2^53. */
export const implicitKey: Field = new Field({ kind: 'bigAuto', primaryKey: true, label: 'ID' })

/** Whether values of this key are read as `bigint`: declared 64-bit keys are, the implicit `id` is a number. */
export function readsAsBigInt(field: Field): boolean {
  return field !== implicitKey && (field.settings.kind === 'bigAuto' || field.settings.kind === 'bigInteger')
}

/** Makes the description of a declaration, or says what contradicts itself. */
export function buildMeta(label: Label, options: ModelOptions): ModelMeta {
  const parts = LABEL.exec(label)
  if (parts === null)
    throw new ImproperlyConfigured(`A model's label is 'app.Name' in letters, digits and _, such as 'shop.Product'; got '${label}'.`)
  const [, appLabel = '', name = ''] = parts
  const modelName = asciiLower(name)
  const managed = options.fields !== undefined
  const { columns, relations } = readFields(label, options.fields ?? {}, managed)
  const keys = columns.filter((one) => one.field.settings.primaryKey)
  if (keys.length > 1)
    throw new ImproperlyConfigured(`${label} has ${keys.length} primary keys (${keys.map((one) => one.name).join(', ')}); mark one.`)
  const verboseName = options.verboseName ?? words(name)
  const meta: ModelMeta = {
    label,
    appLabel,
    name,
    modelName,
    managed,
    columns,
    relations,
    verboseName,
    table: options.table ?? `${appLabel}_${modelName}`,
    column: new Map(columns.map((one) => [one.name, one])),
    primaryKey: keys[0] ?? null,
    verboseNamePlural: options.verboseNamePlural ?? `${verboseName}s`,
    defaultPermissions: options.defaultPermissions ?? DEFAULT_PERMISSIONS,
    permissions: Object.entries(options.permissions ?? {}),
    uniqueTogether: options.uniqueTogether ?? [],
    indexes: options.indexes ?? [],
    ordering: options.ordering ?? [],
  }
  for (const named of [...meta.uniqueTogether, ...meta.indexes, meta.ordering.map((one) => one.replace(/^-/, ''))].flat()) {
    if (!meta.column.has(named)) throw new ImproperlyConfigured(`${label} names “${named}” in its options, but has no such field.`)
  }
  return meta
}

/** `firstName` → `first_name`; a relation's column ends in `_id`. */
export function columnName(name: string, kind: FieldKind): string {
  const snake = snakeCase(name)
  return kind === 'foreignKey' || kind === 'oneToOne' ? `${snake}_id` : snake
}

/** `profilePicture` → `profile_picture`. */
export function snakeCase(name: string): string {
  return asciiLower(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2'))
}

/** `LogEntry` → `log entry`: Django's rule for a model's readable name. */
export function words(name: string): string {
  return snakeCase(name).replaceAll('_', ' ').trim()
}

function readFields(
  label: Label,
  fields: Readonly<Record<string, Field | ManyToMany>>,
  managed: boolean,
): { columns: ColumnMeta[]; relations: RelationMeta[] } {
  const columns: ColumnMeta[] = []
  const relations: RelationMeta[] = []
  for (const [name, field] of Object.entries(fields)) {
    if (TAKEN.has(name))
      throw new ImproperlyConfigured(
        `${label} cannot have a field named “${name}”: every object has that already. Choose another name; \`column\` may keep the column's.`,
      )
    if (!(field instanceof Field || field instanceof ManyToMany))
      throw new ImproperlyConfigured(`${label}.${name} is no field. Call one: ${name}: charField({ maxLength: 80 }).`)
    if (field instanceof ManyToMany) {
      relations.push({ name, field, label: field.options.label ?? words(name) })
      continue
    }
    const { column, kind, label: called } = field.settings
    columns.push({ name, field, column: column ?? columnName(name, kind), label: called ?? words(name) })
  }
  if (managed && !columns.some((one) => one.field.settings.primaryKey)) {
    columns.unshift({ name: 'id', column: 'id', field: implicitKey, label: 'ID' })
  }
  const seen = new Set<string>()
  for (const { column } of columns) {
    if (seen.has(column)) throw new ImproperlyConfigured(`${label} has two fields on the column “${column}”. Give one another \`column\`.`)
    seen.add(column)
  }
  return { columns, relations }
}

/** Labels are ASCII, so folding them needs no table. */
function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
}
