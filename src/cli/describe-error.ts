/**
 * Errors as the command line tells them: a code for programs, a text for people, an exit code for both.
 * @module
 */

import { CommanderError } from 'commander'
import { PortcullisError, type UniqueViolation, type ValidationError } from '../base/errors.js'
import { Cancelled, Misuse } from './errors.js'
import type { ExitCode, Facts } from './outcome.js'

/** An error, told. */
export interface ToldError {
  readonly exitCode: ExitCode
  readonly text: string
  readonly facts: Facts
}

/**
 * Tells an error. The stack is shown only of errors that nobody foresaw.
 *
 * @example
 * describeError(new Misuse('There is no file auth.ts.')).exitCode   // 2
 */
export function describeError(error: unknown): ToldError {
  if (error instanceof CommanderError) return told('misuse', 2, error.message.replace(/^error: /, ''))
  if (error instanceof Misuse) return told('misuse', 2, error.message)
  if (error instanceof Cancelled) return told('cancelled', 1, error.message)
  if (isValidationError(error)) return toldProblems(error)
  // Nothing was refused: what the command needs is away.
  if (isOurs(error)) return told(error.name === 'ServiceUnavailable' ? 'failed' : 'refused', 1, error.message)
  const message = messageOf(error)
  const stack = error instanceof Error ? usefulStack(error) : ''
  return { ...told('failed', 1, message), text: stack.includes(message) ? stack : `${message}\n${stack}`.trimEnd() }
}

/** Whether an error was thrown to tell something; any other is a fault of the database, the application or ours. */
export function isForeseen(error: unknown): boolean {
  return error instanceof CommanderError || isOurs(error)
}

/** By its shape: the site may come from another copy of this package than the command line. */
export function isValidationError(error: unknown): error is ValidationError {
  return isOurs(error) && error.name === 'ValidationError' && Array.isArray((error as Partial<ValidationError>).problems)
}

/** By its shape, too. */
export function isUniqueViolation(error: unknown): error is UniqueViolation {
  return isOurs(error) && error.name === 'UniqueViolation'
}

function told(code: 'misuse' | 'cancelled' | 'invalid' | 'refused' | 'failed', exitCode: ExitCode, message: string): ToldError {
  return { exitCode, text: message, facts: { error: { code, message } } }
}

function toldProblems(error: ValidationError): ToldError {
  const { messages } = error
  const problems = error.problems.map(({ code, field }, index) => ({ code, field, message: messages[index] ?? '' }))
  const text = problems.map(({ field, message }) => (field === null ? message : `${field}: ${message}`)).join('\n')
  return { exitCode: 1, text, facts: { error: { code: 'invalid', message: text, problems } } }
}

const OURS = new Set([
  'PortcullisError',
  'ImproperlyConfigured',
  'PermissionDenied',
  'DoesNotExist',
  'MultipleObjectsReturned',
  'IntegrityError',
  'UniqueViolation',
  'ServiceUnavailable',
  'ValidationError',
])

function isOurs(error: unknown): error is PortcullisError {
  return error instanceof PortcullisError || (error instanceof Error && OURS.has(error.name))
}

/** Without the lines of Node's own modules: what led to the fault is in the others. */
function usefulStack(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => !/\(?node:internal\//.test(line))
    .join('\n')
}

/** A refused connection is an `AggregateError` without words of its own: one for each address that was tried. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return [...new Set(error.errors.map(messageOf))].join('\n')
  return error instanceof Error ? error.message : String(error)
}
