/**
 * The checks that forms make of a value, beyond its fitting the column: not left blank, one of the choices, of the right form,
 * and whatever else the declaration asks. Django's `full_clean`: nothing that writes runs it by itself.
 * @module
 */

import { isEmailAddress } from '../base/email-address.js'
import { problem, ValidationError, type Problem } from '../base/errors.js'
import type { FieldSettings, FieldValidator } from './field.js'
import { refusing } from './field-kinds.js'
import type { ColumnMeta, ModelMeta } from './meta.js'
import type { ModelRegistry } from './registry.js'
import type { StandardSchema } from './standard-schema.js'

const SLUG = /^[-a-zA-Z0-9_]+$/
const WEB = new Set(['http:', 'https:', 'ftp:', 'ftps:'])

/**
 * Checks one value as a form would; returns it as it will be stored.
 *
 * @throws ValidationError with Django's code: `null`, `blank`, `invalid_choice`, `invalid`, `max_length` and so on
 */
export async function cleanValue(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta, value: unknown): Promise<unknown> {
  const { settings } = registry.valueField(meta, column.field)
  const { null: nullable, blank, choices, validators } = column.field.settings
  const refuse = refusing(column.name)
  if (value === null || value === undefined) {
    if (!nullable) throw refuse('null')
    return null
  }
  if (value === '') {
    if (!blank) throw refuse('blank')
    if (settings.kind !== 'char' && settings.kind !== 'text') return value
  }
  const accepted = registry.rulesFor(meta, column.field).accept(value, settings, refuse)
  // What may be left empty is none of the choices, as in Django.
  if (choices !== null && accepted !== '' && !choices.some(([choice]) => choice === accepted))
    throw refuse('invalid_choice', { value: shown(accepted) })
  const problems =
    accepted === '' ? [] : [...formProblems(settings, accepted, column.name), ...(await validatorProblems(validators, accepted, column.name))]
  if (problems.length > 0) throw new ValidationError(problems)
  return accepted
}

/**
 * Checks every given value and every required one that is missing, and collects all that is wrong.
 *
 * @throws ValidationError
 */
export async function cleanValues(
  registry: ModelRegistry,
  meta: ModelMeta,
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const problems: Problem[] = []
  const cleaned: Record<string, unknown> = {}
  for (const column of meta.columns) {
    const given = values[column.name]
    if (given === undefined && !column.field.isRequired) continue
    try {
      cleaned[column.name] = await cleanValue(registry, meta, column, given)
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new ValidationError(problems)
  return cleaned
}

function formProblems(settings: FieldSettings, value: unknown, field: string): Problem[] {
  if (typeof value !== 'string') return []
  switch (settings.kind) {
    case 'email':
      return isEmailAddress(value) ? [] : [problem('invalid.email', {}, field)]
    case 'url':
      return isWebAddress(value) ? [] : [problem('invalid.url', {}, field)]
    case 'slug':
      return SLUG.test(value) ? [] : [problem('invalid.slug', {}, field)]
    default:
      return []
  }
}

async function validatorProblems(validators: readonly FieldValidator<never>[], value: unknown, field: string): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const validator of validators) {
    if (isSchema(validator)) {
      const { issues } = await validator['~standard'].validate(value)
      problems.push(...(issues ?? []).map((issue) => problem('invalid.schema', { message: issue.message }, field)))
    } else {
      const found = (validator as (value: unknown) => ReturnType<Exclude<FieldValidator<never>, StandardSchema>>)(value)
      if (found !== null) problems.push(problem(found.key, found.params, field))
    }
  }
  return problems
}

/** Standard Schemas may be functions too (arktype's are), so the mark decides. */
function isSchema(validator: FieldValidator<never>): validator is StandardSchema {
  return '~standard' in validator
}

/** A value for a message. What JSON holds may have no text at all: `{ "toString": null }`. */
function shown(value: unknown): string {
  return typeof value === 'object' ? 'object' : String(value)
}

function isWebAddress(value: string): boolean {
  if (/[\s\\]/u.test(value) || !URL.canParse(value)) return false
  const { protocol, hostname } = new URL(value)
  return WEB.has(protocol) && hostname !== '' && /^[a-z]+:\/\//i.test(value)
}
