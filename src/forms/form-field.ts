/**
 * A field of a form: its names, the control it is shown as, and what it makes of what arrives.
 *
 * A value is read in two steps, as in Django: `read` is the form's (is anything there, is it of the right kind, does it fit),
 * `settle` the model's (choices, validators). What passed the first counts for rules that look at the whole.
 * @module
 */

import { problem, ValidationError, type Problem } from '../base/errors.js'
import type { MessageKey, MessageParams } from '../base/messages.js'
import type { UploadedFile } from '../protection/body/request-data.js'
import type { Words } from './words.js'

/** What a field is shown as. */
export type ControlType =
  | 'text'
  | 'email'
  | 'url'
  | 'tel'
  | 'number'
  | 'password'
  | 'date'
  | 'datetime-local'
  | 'checkbox'
  | 'select'
  | 'radio'
  | 'textarea'
  | 'file'
  | 'readonly'

/** Attributes of a control; `true` for one without a value. */
export type ControlAttributes = Readonly<Record<string, string | number | true>>

/** One of several values to choose from. */
export interface Choice {
  readonly value: string
  readonly label: Words
}

/** What arrived for one field. */
export interface FieldInput {
  /** A form's values are texts; JSON's are of any kind. */
  readonly kind: 'form' | 'json'
  /** One entry for each time the name was sent. */
  readonly values: readonly unknown[]
  readonly files: readonly UploadedFile[]
  /** Whether the box “remove” of a file was ticked. */
  readonly isCleared: boolean
  /** What is there now, where the form changes something. */
  readonly initial: unknown
}

/** A field. */
export interface FormField {
  /** The property: what `cleanedData` and `errors` call it. */
  readonly name: string
  /** Django's name: what forms and JSON call it. */
  readonly wireName: string
  readonly label: Words
  readonly helpTexts: readonly Words[]
  readonly isRequired: boolean
  readonly type: ControlType
  readonly attributes: ControlAttributes
  readonly choices?: readonly Choice[]
  /** Makes a value of what arrived. Throws a `ValidationError` whose problems need not name the field. */
  read(input: FieldInput): unknown
  /** Checks a value further, and gives it the form in which it is stored. */
  settle?(value: unknown): Promise<unknown>
  /** A value as its control shows it; null where it must not be shown again. */
  write(value: unknown): string | null
  /** Beside a text that is only shown: the way to where it is changed. */
  readonly link?: { readonly href: string; readonly label: Words }
  /** Where the present file of a file field can be seen. */
  urlOf?(value: unknown): string | null
  /** Whether two values are the same; by default when their controls look the same. */
  isSame?(before: unknown, after: unknown): boolean
}

/** The one value that arrived; null where there is none. Several are refused: which one counts must not depend on who reads (K2). */
export function onlyValue(input: FieldInput): unknown {
  if (input.values.length > 1) throw refused('invalid.several')
  return input.values[0] ?? null
}

/** Makes the error for a value that is refused. */
export function refused(key: MessageKey, params?: MessageParams): ValidationError {
  return new ValidationError(problem(key, params))
}

/** The problems behind an error of a field, all under its name. Anything but a refused value is thrown again. */
export function problemsOf(error: unknown, field: string): Problem[] {
  if (error instanceof ValidationError) return error.problems.map((one) => ({ ...one, field }))
  throw error
}
