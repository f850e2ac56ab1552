/**
 * Fields that people type into: lines, texts, addresses, usernames, passwords.
 * @module
 */

import { usernameFromInput } from '../accounts/names.js'
import { problem, ValidationError, type Problem } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { codePointLength, hasNullCharacter, isLongerThan, NORMALIZABLE, strip } from '../base/text.js'
import { unhashable } from '../passwords/raw-password.js'
import { onlyValue, refused, type ControlAttributes, type ControlType, type FieldInput, type FormField } from './form-field.js'
import { lineProblems, textProblems, type LineKind } from './single-line.js'
import type { Words } from './words.js'

/** What every field is told. */
export interface FieldNames {
  readonly name: string
  readonly wireName: string
  readonly label: Words
  readonly helpTexts?: readonly Words[]
  readonly isRequired?: boolean
  readonly attributes?: ControlAttributes
}

/** What a text field is told. */
export interface TextInputOptions extends FieldNames {
  readonly type: Extract<ControlType, 'text' | 'email' | 'url' | 'tel' | 'textarea'>
  readonly maxLength: number | null
  readonly line: LineKind | 'several'
  /** What an empty field means. */
  readonly empty: '' | null
  /** Makes of a text that fits the one spelling it is stored in. */
  readonly canonical?: (text: string) => string
}

/** A text, without white space around it. */
export function textInput(options: TextInputOptions): FormField {
  const { maxLength, line, empty, canonical = (text) => text } = options
  return {
    ...settled(options),
    type: options.type,
    attributes: { ...(maxLength === null ? {} : { maxlength: maxLength }), ...options.attributes },
    read: (input) => {
      const text = strip(typedText(input))
      if (text === '') return emptyOr(options, empty)
      const plain = isTooLong(text, maxLength) ? text : canonical(text)
      refuse(problemsOf(plain, maxLength, line))
      return plain
    },
    write: writeText,
  }
}

/** A username: trimmed and normalised, unless it is too long to be one. */
export function usernameInput(options: FieldNames & { readonly maxLength: number; readonly canonical?: (name: string) => string }): FormField {
  const { maxLength, canonical = (name) => name } = options
  return {
    ...settled(options),
    type: 'text',
    attributes: { maxlength: maxLength, autocapitalize: 'none', autocomplete: 'username', ...options.attributes },
    read: (input) => {
      const name = canonical(usernameFromInput(typedText(input), { maxLength }))
      if (name === '') return emptyOr(options, '')
      refuse(problemsOf(name, maxLength, 'identifier'))
      return name
    },
    write: writeText,
  }
}

/** A password: never trimmed, never shown again, refused above 4,096 bytes before anything is done with it (C11). Its value is a `Secret`, or null. */
export function passwordInput(options: FieldNames): FormField {
  return {
    ...settled(options),
    type: 'password',
    attributes: options.attributes ?? {},
    read: (input) => {
      const password = typedText(input)
      if (password === '') return emptyOr(options, null)
      const tooMuch = unhashable(password)
      refuse(tooMuch === null ? (hasNullCharacter(password) ? [problem('null_characters_not_allowed')] : []) : [tooMuch])
      return new Secret(password)
    },
    write: () => null,
  }
}

/** The text that arrived: nothing else will do where a text is due (B10). */
export function typedText(input: FieldInput): string {
  const value = onlyValue(input)
  if (value === null) return ''
  if (typeof value !== 'string') throw refused('invalid.text')
  return value
}

/** Names and settings with what is usual where they are silent. */
export function settled(options: FieldNames): Omit<FormField, 'type' | 'read' | 'write'> {
  const { name, wireName, label, helpTexts = [], isRequired = true, attributes = {} } = options
  return { name, wireName, label, helpTexts, isRequired, attributes }
}

/** What an empty field means, or an error where something must be there. */
export function emptyOr<T>(options: { readonly isRequired?: boolean }, empty: T): T {
  if (options.isRequired ?? true) throw refused('required')
  return empty
}

/** A text in its control. */
export function writeText(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)
}

function isTooLong(text: string, maxLength: number | null): boolean {
  return maxLength !== null && isLongerThan(text, maxLength)
}

function problemsOf(text: string, maxLength: number | null, line: LineKind | 'several'): Problem[] {
  if (maxLength === null || !isTooLong(text, maxLength)) return charactersOf(text, line)
  const tooLong = problem('max_length', { limit: maxLength, length: codePointLength(text) })
  // A megabyte is refused for its length alone (B11).
  return text.length > NORMALIZABLE ? [tooLong] : [tooLong, ...charactersOf(text, line)]
}

function charactersOf(text: string, line: LineKind | 'several'): Problem[] {
  return line === 'several' ? textProblems(text) : lineProblems(text, line)
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ValidationError(problems)
}
