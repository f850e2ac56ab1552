/**
 * Values that somebody else has already. The database has the last word; asking beforehand lets a form say all that is wrong at once.
 * @module
 */

import { isSameAddress } from '../accounts/email-address.js'
import { problem, ValidationError, type Problem } from '../base/errors.js'
import type { MessageKey } from '../base/messages.js'
import type { Manager } from '../database/manager.js'
import type { ColumnMeta } from '../database/meta.js'
import type { FormValues } from './definition.js'
import { latinLookAlike, twinsOf } from './look-alikes.js'

/** Whose values, and who may have them. */
export interface TakenParts {
  readonly manager: Manager
  /** The key of the one that is being changed; undefined for one that is being made. */
  readonly own?: unknown
  /** The column people log in by, where the model is the user. */
  readonly usernameField?: string
  readonly emailField?: string
  /** Whether names that look like another's are refused. */
  readonly refusesLookAlikes?: boolean
  readonly isEmailLogin?: boolean
}

type Condition = Readonly<Record<string, unknown>>

/** The problems of values that are taken, by property. */
export async function takenProblems(parts: TakenParts, values: Readonly<FormValues>): Promise<Problem[]> {
  const { meta } = parts.manager
  const found: Problem[] = []
  for (const column of meta.columns) {
    const value = values[column.name]
    if (value === undefined || value === null || value === '') continue
    const key = await takenBy(parts, column, value)
    if (key !== null) found.push(problem(key, {}, column.name))
  }
  for (const set of meta.uniqueTogether) {
    if (set.some((name) => values[name] === undefined || values[name] === null)) continue
    if (await exists(parts, Object.fromEntries(set.map((name) => [name, values[name]])))) {
      const labels = set.map((name) => meta.column.get(name)?.label ?? name)
      found.push(problem('unique_together', { fields: labels.join(', ') }))
    }
  }
  return found
}

/** The error for a value that was free when the form was checked and taken when it was saved. */
export async function takenError(parts: TakenParts, values: Readonly<FormValues>): Promise<ValidationError> {
  const found = await takenProblems({ ...parts, refusesLookAlikes: false, isEmailLogin: false }, values)
  return new ValidationError(found.length > 0 ? found : problem('unique', {}, parts.usernameField ?? null))
}

async function takenBy(parts: TakenParts, column: ColumnMeta, value: unknown): Promise<MessageKey | null> {
  const { usernameField, emailField, isEmailLogin = false, refusesLookAlikes = false } = parts
  const isName = column.name === usernameField && typeof value === 'string'
  const { unique } = column.field.settings
  if (isName || unique) {
    // Two names that differ in case only are two people to the database, and one to everybody else.
    const condition = { [column.name]: isName ? { iexact: value } : value }
    if (await exists(parts, condition)) return column.name === emailField ? 'unique.email' : isName ? 'unique.username' : 'unique'
  }
  if (isName && refusesLookAlikes) {
    const latin = latinLookAlike(value)
    if (latin !== null && (await exists(parts, { [column.name]: { iexact: latin } }))) return 'unique.look_alike'
    const twins = twinsOf(value)
    if (twins.length > 0 && (await existsIfPossible(parts, { [column.name]: { in: twins } }))) return 'unique.look_alike'
  }
  if (!isEmailLogin || typeof value !== 'string' || usernameField === undefined || emailField === undefined || usernameField === emailField)
    return null
  if (isName && value.includes('@') && (await isAddressOf(parts, emailField, value))) return 'unique.address'
  return column.name === emailField && (await isAddressOf(parts, usernameField, value)) ? 'unique.email' : null
}

/** What a column has no letters for stands in none of its rows. */
async function existsIfPossible(parts: TakenParts, condition: Condition): Promise<boolean> {
  try {
    return await exists(parts, condition)
  } catch (error) {
    if (error instanceof ValidationError) return false
    throw error
  }
}

async function exists({ manager, own }: TakenParts, condition: Condition): Promise<boolean> {
  return manager.exists({ ...condition, ...(own === undefined ? {} : { pk: { ne: own } }) } as never)
}

/** Engines compare more loosely than addresses are the same, so each that was found is compared again. */
async function isAddressOf({ manager, own }: TakenParts, column: string, address: string): Promise<boolean> {
  const others = await manager.filter({ [column]: { iexact: address }, ...(own === undefined ? {} : { pk: { ne: own } }) } as never, { limit: 100 })
  return others.some((one) => isSameAddress(String((one as unknown as FormValues)[column] ?? ''), address))
}
