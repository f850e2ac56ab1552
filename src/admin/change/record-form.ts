/**
 * The form of one object: which of its fields this visitor may fill in, which they may see, and how each is read.
 * @module
 */

import { defaultOf } from '../../database/cells.js'
import { Field } from '../../database/field.js'
import { snakeCase, type ColumnMeta, type RelationMeta } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { Through } from '../../database/registry.js'
import type { FormValues } from '../../forms/definition.js'
import type { FormField } from '../../forms/form-field.js'
import { modelField, type ModelFieldParts } from '../../forms/model-field.js'
import type { TakenParts } from '../../forms/taken.js'
import { capitalized, type FieldAccess, type ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { computedField } from './layout.js'
import { sameLines } from './opened.js'
import { targetOf, type Target } from './targets.js'

/** Moments are read as UTC where no script makes them the visitor's own. */
const ZONE = 'In UTC.'

/** What a form of one object is made for. */
export interface RecordContext {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  /** Null for a new one. */
  readonly row: Model | null
  /** What stands before the names of its fields: nothing, or `orderline_set-0-`. */
  readonly prefix: string
  /** Columns and relations, in order. */
  readonly names: readonly string[]
  /** Values a new one starts from, beyond the defaults. */
  readonly initial?: Readonly<FormValues>
}

/** A column that can be filled in. */
export interface ColumnInput {
  readonly column: ColumnMeta
  readonly field: FormField
  /** What it can point to. */
  readonly target: Target | null
}

/** A many-to-many relation that can be filled in. */
export interface RelationInput {
  readonly relation: RelationMeta
  readonly wireName: string
  readonly label: string
  readonly through: Through
  readonly target: Target
}

/** The form of one object. */
export class RecordForm {
  readonly context: RecordContext
  readonly access: ReadonlyMap<string, FieldAccess>
  readonly columns: readonly ColumnInput[]
  readonly relations: readonly RelationInput[]
  /** What it starts from, by property. */
  readonly initial: FormValues

  constructor(parts: Pick<RecordForm, 'context' | 'access' | 'columns' | 'relations' | 'initial'>) {
    this.context = parts.context
    this.access = parts.access
    this.columns = parts.columns
    this.relations = parts.relations
    this.initial = parts.initial
  }

  get fields(): FormField[] {
    return this.columns.map((one) => one.field)
  }

  get hasFiles(): boolean {
    return this.columns.some((one) => one.field.type === 'file')
  }

  /** Whether anything in it can be filled in. */
  get isEditable(): boolean {
    return this.columns.length > 0 || this.relations.length > 0
  }

  columnNamed(name: string): ColumnInput | null {
    return this.columns.find((one) => one.column.name === name) ?? null
  }

  relationNamed(name: string): RelationInput | null {
    return this.relations.find((one) => one.relation.name === name) ?? null
  }

  /** A value as its control shows it: what is compared, and marked. */
  textOf({ field }: ColumnInput, value: unknown): string {
    return sameLines(field.type === 'file' ? (typeof value === 'string' ? value : '') : (field.write(value ?? null) ?? ''))
  }

  /** Who else may have its values: nobody. */
  get taken(): TakenParts {
    const { visit, admin, row } = this.context
    return takenParts(visit, admin, row)
  }
}

/** Who else may have the values of an object: nobody. Names of people are held to more. */
export function takenParts({ parts: { user, users } }: AdminVisit, admin: ModelAdmin, row: Model | null): TakenParts {
  return {
    manager: admin.manager,
    ...(row === null ? {} : { own: row.pk }),
    ...(admin.model === user ? { usernameField: users.model.usernameField, emailField: users.model.emailField } : {}),
  }
}

/** Makes the form: asks for each field what this visitor may do with it. */
export async function openRecord(context: RecordContext): Promise<RecordForm> {
  const { visit, admin, row, prefix, names } = context
  const access = new Map<string, FieldAccess>()
  for (const name of names) {
    const isComputed = prefix === '' && computedField(admin, name) !== undefined
    access.set(name, isComputed ? 'view' : await admin.fieldAccess(visit.request, row, name))
  }
  const parts = fieldPartsOf(context)
  const columns: ColumnInput[] = []
  const relations: RelationInput[] = []
  for (const name of names) {
    if (access.get(name) !== 'edit') continue
    const column = admin.meta.column.get(name)
    const relation = admin.meta.relations.find((one) => one.name === name)
    if (column !== undefined) {
      const input = columnInput(context, parts, column)
      if (input === null) access.set(name, 'view')
      else columns.push(input)
    } else if (relation !== undefined) relations.push(relationInput(context, relation))
  }
  return new RecordForm({ context, access, columns, relations, initial: initialOf(context, columns) })
}

/** What fields are made from. */
export function fieldPartsOf({ visit, admin }: Pick<RecordContext, 'visit' | 'admin'>): ModelFieldParts {
  const { registry, files, user, users } = visit.parts
  const isUser = admin.model === user
  return { registry, meta: admin.meta, files, ...(isUser ? { usernameField: users.model.usernameField, emailField: users.model.emailField } : {}) }
}

function columnInput({ visit, admin, prefix }: RecordContext, parts: ModelFieldParts, column: ColumnMeta): ColumnInput | null {
  const { settings } = column.field
  const isFile = settings.kind === 'file' || settings.kind === 'image'
  // A site that stores no files shows the path and takes none.
  if (isFile && parts.files === null) return null
  // The key of a new object is a field like any other.
  const offered = settings.primaryKey ? { ...column, field: new Field({ ...settings, primaryKey: false, unique: true }) } : column
  const made = modelField(parts, offered)
  const target = settings.to === null || settings.choices !== null ? null : targetOf(visit, visit.parts.registry.targetOf(admin.meta, settings.to))
  const { autofocus: _, ...attributes } = made.attributes
  const sources = (admin.options.prepopulatedFields as Readonly<Record<string, readonly string[]>> | undefined)?.[column.name]
  const field: FormField = {
    ...made,
    wireName: prefix + made.wireName,
    attributes: {
      ...(target === null ? attributes : {}),
      ...(sources === undefined ? {} : { 'data-prepopulate': sources.map((one) => prefix + snakeCase(one)).join(' ') }),
      ...(made.type === 'datetime-local' ? { 'data-utc': ZONE } : {}),
    },
    ...(made.type === 'datetime-local' ? { helpTexts: [...made.helpTexts, ZONE] } : {}),
  }
  return { column, target, field: target === null ? withLines(field) : { ...field, type: 'select' } }
}

/** Browsers send their own line ends: a text is the same with either. */
function withLines(field: FormField): FormField {
  if (field.type !== 'textarea') return field
  return {
    ...field,
    read: (input) => field.read({ ...input, values: input.values.map((one) => (typeof one === 'string' ? sameLines(one) : one)) }),
    isSame: (before, after) => sameLines(field.write(before ?? null) ?? '') === sameLines(field.write(after ?? null) ?? ''),
  }
}

function relationInput({ visit, admin, prefix }: RecordContext, relation: RelationMeta): RelationInput {
  const through = visit.parts.registry.through(admin.model, relation)
  return {
    relation,
    wireName: prefix + snakeCase(relation.name),
    label: capitalized(relation.label),
    through,
    target: targetOf(visit, through.target),
  }
}

function initialOf({ visit, row, initial }: RecordContext, columns: readonly ColumnInput[]): FormValues {
  const values = Object.create(null) as FormValues
  const now = visit.parts.clock.now()
  for (const { column } of columns) {
    const { name, field } = column
    if (row !== null) values[name] = (row as unknown as FormValues)[name]
    else values[name] = initial !== undefined && name in initial ? initial[name] : (defaultOf(field, now) ?? null)
  }
  return values
}
