/**
 * A form as a template needs it: fields with label, help, value and errors, in the reader's language. Plain data, nothing escaped.
 * @module
 */

import type { Problem } from '../base/errors.js'
import { messageFor, type Catalogue } from '../base/messages.js'
import type { FormField } from './form-field.js'
import { clearNameOf, type FormInput } from './form-input.js'
import type { ChoiceView, FieldView, FileView, FormError } from './form-types.js'
import { say } from './words.js'

/** Django's. */
const ID_PREFIX = 'id_'

/** What a view is made of. */
export interface ViewParts {
  readonly fields: readonly FormField[]
  /** What was sent; null for a form nobody has filled in. */
  readonly input: FormInput | null
  readonly initial: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  /** JSON that leaves a field out keeps what is there. */
  readonly isChange: boolean
}

/** How a view is made. */
export interface ViewOptions {
  readonly translation?: Catalogue | undefined
  readonly idPrefix?: string | undefined
}

/** An error in words. */
export function errorOf({ code, key, params }: Problem, translation?: Catalogue): FormError {
  return { code, message: messageFor(key, params, translation) }
}

/** Every field, in order. */
export function viewFields(parts: ViewParts, options: ViewOptions = {}): FieldView[] {
  const wrong = parts.fields.find((field) => parts.problems.some((one) => one.field === field.name))?.name
  return parts.fields.map((field) => viewField(parts, field, options, wrong ?? null))
}

function viewField(parts: ViewParts, field: FormField, { translation, idPrefix = ID_PREFIX }: ViewOptions, firstWrong: string | null): FieldView {
  const id = `${idPrefix}${field.wireName}`
  const errors = parts.problems.filter((one) => one.field === field.name).map((one) => errorOf(one, translation))
  const helpTexts = field.helpTexts.map((one) => say(one, translation)).filter((one) => one !== '')
  const helpId = helpTexts.length === 0 ? null : `${id}_helptext`
  const errorId = errors.length === 0 ? null : `${id}_error`
  const value = valueOf(parts, field)
  const described = [helpId, errorId].filter((one) => one !== null).join(' ')
  return {
    property: field.name,
    name: field.wireName,
    id,
    label: say(field.label, translation),
    helpTexts,
    type: field.type,
    value: field.type === 'checkbox' ? '' : value,
    isChecked: field.type === 'checkbox' && value === 'true',
    attributes: {
      ...withFocus(field, firstWrong),
      ...(described === '' ? {} : { 'aria-describedby': described }),
      ...(errors.length === 0 ? {} : { 'aria-invalid': 'true' }),
    },
    errors,
    isRequired: isRequiredNow(parts, field),
    choices: choicesOf(field, value, translation),
    file: field.type === 'file' ? fileOf(parts, field) : null,
    link: field.link === undefined ? null : { href: field.link.href, label: say(field.link.label, translation) },
    helpId,
    errorId,
  }
}

/** The cursor stands where the form begins, or where something is wrong. */
function withFocus(field: FormField, firstWrong: string | null): FieldView['attributes'] {
  if (firstWrong === null) return field.attributes
  const { autofocus: _, ...others } = field.attributes
  return field.name === firstWrong ? { ...others, autofocus: true } : others
}

/** What the control shows: what was sent, as it was sent; else the value there is. */
function valueOf({ input, initial, isChange }: ViewParts, field: FormField): string {
  const before = initial[field.name] ?? null
  if (field.type === 'readonly') return field.write(before) ?? ''
  const keeps = input === null || (isChange && input.kind === 'json' && !input.has(field))
  if (keeps) return field.write(before) ?? ''
  // A field that shows no value shows none that was sent either: passwords, files.
  if (field.write('') === null) return ''
  const [sent] = input.of(field, before).values
  if (field.type === 'checkbox') return String(isSentTicked(field, input, before))
  return typeof sent === 'string' ? sent : typeof sent === 'number' || typeof sent === 'boolean' ? String(sent) : ''
}

function isSentTicked(field: FormField, input: FormInput, before: unknown): boolean {
  try {
    return field.read(input.of(field, before)) === true
  } catch {
    return false
  }
}

function choicesOf(field: FormField, value: string, translation: Catalogue | undefined): ChoiceView[] {
  return (field.choices ?? []).map((one) => ({ value: one.value, label: say(one.label, translation), isChosen: one.value === value }))
}

function fileOf({ initial }: ViewParts, field: FormField): FileView | null {
  const path = initial[field.name]
  if (typeof path !== 'string' || path === '') return null
  return { path, url: field.urlOf?.(path) ?? null, clearName: field.isRequired ? null : clearNameOf(field) }
}

/** A file that is there need not be sent again. */
function isRequiredNow({ initial }: ViewParts, field: FormField): boolean {
  return field.isRequired && !(field.type === 'file' && typeof initial[field.name] === 'string' && initial[field.name] !== '')
}
