/**
 * From a column of a model to a field of a form: the kind decides the control, the declaration the rest.
 * @module
 */

import { normalizeEmail } from '../accounts/email-address.js'
import { normalizeUsername } from '../accounts/names.js'
import { ImproperlyConfigured, problem, ValidationError } from '../base/errors.js'
import { defaultOf } from '../database/cells.js'
import type { FieldKind, FieldSettings } from '../database/field.js'
import { snakeCase, type ColumnMeta, type ModelMeta } from '../database/meta.js'
import type { ModelRegistry } from '../database/registry.js'
import { cleanValue } from '../database/validation.js'
import { fileInput, type FileHooks } from './file-input.js'
import type { ControlAttributes, FormField } from './form-field.js'
import { textInput, usernameInput, type FieldNames } from './text-inputs.js'
import {
  checkboxInput,
  choiceInput,
  dateInput,
  dateTimeInput,
  decimalInput,
  floatInput,
  jsonInput,
  plainInput,
  wholeNumberInput,
  type ValueInputOptions,
} from './value-inputs.js'
import { capitalized, words } from './words.js'

/** What fields of a model are made from. */
export interface ModelFieldParts {
  readonly registry: ModelRegistry
  readonly meta: ModelMeta
  /** What to do with files; without it a file field cannot be offered. */
  readonly files?: FileHooks | null
  /** The column people log in by, and the one with their address, where the model is the user. */
  readonly usernameField?: string
  readonly emailField?: string
  /** Whether a row of this key is there. */
  readonly exists?: (label: string, key: unknown) => Promise<boolean>
}

/** What browsers and password managers know a field by (WCAG 1.3.5). */
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  firstName: 'given-name',
  lastName: 'family-name',
  email: 'email',
  phone: 'tel',
  phoneNumber: 'tel',
}

/** Whether a form can offer this column. */
export function isOffered({ meta, files }: ModelFieldParts, column: ColumnMeta): boolean {
  const { kind, editable, primaryKey, hidden, autoNow, autoNowAdd } = column.field.settings
  const isFile = kind === 'file' || kind === 'image'
  return editable && !primaryKey && !hidden && !autoNow && !autoNowAdd && meta.managed && (!isFile || (files ?? null) !== null)
}

/** The field for a column. */
export function modelField(parts: ModelFieldParts, column: ColumnMeta): FormField {
  if (!isOffered(parts, column)) throw new ImproperlyConfigured(`A form cannot offer ${parts.meta.label}.${column.name}${whyNot(column)}.`)
  const made = controlFor(parts, column)
  // What became of a file is not what the column holds.
  if (made.type === 'file') return made
  return { ...made, settle: async (value) => settle(parts, column, value) }
}

/** The field of this name; a clear error where the model has none. */
export function namedField(parts: ModelFieldParts, name: string): FormField {
  const column = parts.meta.column.get(name)
  if (column !== undefined) return modelField(parts, column)
  const offered = parts.meta.columns.filter((one) => isOffered(parts, one)).map((one) => one.name)
  throw new ImproperlyConfigured(`${parts.meta.label} has no column “${name}” for a form. It has: ${offered.join(', ')}.`)
}

/** The names, label and help of a column. */
export function namesOf(column: ColumnMeta): FieldNames {
  const { settings } = column.field
  return {
    name: column.name,
    wireName: snakeCase(column.name),
    label: capitalized(column.label),
    helpTexts: settings.helpText === '' ? [] : [settings.helpText],
    isRequired: isRequired(settings),
    attributes: AUTOCOMPLETE[column.name] === undefined ? {} : { autocomplete: AUTOCOMPLETE[column.name] as string },
  }
}

/** Django asks for everything that is not `blank`; here a column that may be NULL may be left empty too, as when creating an object. */
function isRequired(settings: FieldSettings): boolean {
  if (settings.null || settings.kind === 'boolean') return false
  return !settings.blank || !(isTextual(settings.kind) || settings.hasDefault)
}

function controlFor(parts: ModelFieldParts, column: ColumnMeta): FormField {
  const { settings } = column.field
  const names = namesOf(column)
  const empty = emptyValue(parts, column)
  const options: ValueInputOptions = { ...names, empty }
  if (settings.choices !== null) return choices(options, settings.choices, settings.hasDefault)
  const kind = parts.registry.valueField(parts.meta, column.field).settings.kind
  switch (kind) {
    case 'char':
    case 'slug':
    case 'text':
    case 'email':
    case 'url':
      return text(parts, column, names, kind, empty === null ? null : '')
    case 'boolean':
      return settings.null ? choices(options, TRUTH, false) : checkboxInput(names)
    case 'auto':
    case 'bigAuto':
    case 'integer':
    case 'smallInteger':
    case 'bigInteger':
      return wholeNumberInput(options)
    case 'positiveSmallInteger':
      return wholeNumberInput({ ...options, min: 0 })
    case 'decimal':
      return decimalInput({ ...options, decimalPlaces: settings.decimalPlaces ?? 0 })
    case 'float':
      return floatInput(options)
    case 'date':
      return dateInput(options)
    case 'dateTime':
      return dateTimeInput(options)
    case 'json':
      return jsonInput(options)
    case 'file':
    case 'image':
      return fileInput({ ...names, kind, hooks: parts.files as FileHooks })
    default:
      return plainInput(options)
  }
}

function text(
  { usernameField, emailField }: ModelFieldParts,
  column: ColumnMeta,
  names: FieldNames,
  kind: 'char' | 'slug' | 'text' | 'email' | 'url',
  empty: '' | null,
): FormField {
  const { maxLength } = column.field.settings
  const isLogin = column.name === usernameField
  if (isLogin && kind === 'char') return usernameInput({ ...names, maxLength: maxLength ?? 254 })
  const isAddress = kind === 'email' || column.name === emailField
  const canonical = (typed: string): string => {
    const address = column.name === emailField ? normalizeEmail(typed) : typed
    return isLogin ? normalizeUsername(address) : address
  }
  const attributes: ControlAttributes = {
    ...names.attributes,
    ...(isAddress || kind === 'url' || kind === 'slug' ? { autocapitalize: 'none' } : {}),
    ...(isAddress ? { autocomplete: 'email' } : {}),
  }
  return textInput({
    ...names,
    attributes,
    maxLength,
    empty,
    canonical,
    type: kind === 'text' ? 'textarea' : isAddress ? 'email' : kind === 'url' ? 'url' : names.attributes?.['autocomplete'] === 'tel' ? 'tel' : 'text',
    line: kind === 'text' ? 'several' : isAddress || kind === 'url' || kind === 'slug' || isLogin ? 'identifier' : 'ordinary',
  })
}

const TRUTH = [
  [true, words('label.yes')],
  [false, words('label.no')],
] as const

function choices(options: ValueInputOptions, list: Parameters<typeof choiceInput>[0]['choices'], hasDefault: boolean): FormField {
  const isFilled = (options.isRequired ?? true) && hasDefault
  return choiceInput({ ...options, type: 'select', choices: list, none: isFilled ? null : words('label.no_choice') })
}

/** The model's checks, and for a relation that somebody is there. */
async function settle({ registry, meta, exists }: ModelFieldParts, column: ColumnMeta, value: unknown): Promise<unknown> {
  const accepted = await cleanValue(registry, meta, column, value)
  const { to } = column.field.settings
  if (to === null || accepted === null || exists === undefined) return accepted
  if (await exists(registry.targetOf(meta, to).label, accepted)) return accepted
  throw new ValidationError(problem('invalid_choice', { value: String(accepted) }))
}

function emptyValue({ registry }: ModelFieldParts, column: ColumnMeta): unknown {
  const { settings } = column.field
  if (settings.null) return null
  return isTextual(settings.kind) ? '' : (defaultOf(column.field, registry.clock.now()) ?? null)
}

const TEXTUAL: ReadonlySet<FieldKind> = new Set<FieldKind>(['char', 'text', 'email', 'url', 'slug', 'file', 'image'])

function isTextual(kind: FieldKind): boolean {
  return TEXTUAL.has(kind)
}

function whyNot(column: ColumnMeta): string {
  const { primaryKey, hidden, editable, kind } = column.field.settings
  if (hidden) return ': it is hidden'
  if (primaryKey) return ': it is the key'
  if (!editable) return ': it is declared with `editable: false`'
  return kind === 'file' || kind === 'image' ? ': this site stores no files' : ': it is set by itself'
}
