/**
 * The errors portcullis throws, each for one kind of reader: the developer, the caller, or the person at the form.
 * @module
 */

import { messageFor, type MessageKey, type MessageParams } from './messages.js'

/** The parent of every error portcullis throws, so that one `instanceof` tells ours from others. */
export class PortcullisError extends Error {
  override get name(): string {
    return this.constructor.name
  }
}

/**
 * A developer's mistake in settings or set-up: names what is wrong and the remedy.
 *
 * @example
 * throw new ImproperlyConfigured('secretKey is empty. Pass at least 50 random characters; `npx portcullis generate-secret` prints some.')
 */
export class ImproperlyConfigured extends PortcullisError {}

/** Refused: the caller lacks a permission. `reason` is for the log; a page shows neither. */
export class PermissionDenied extends PortcullisError {
  /** For frameworks that answer an error nobody caught by its status. */
  readonly status = 403
  readonly statusCode = 403
  readonly permission: string | null
  readonly reason: string | null

  constructor(details: { permission?: string; reason?: string } = {}) {
    super(details.reason ?? (details.permission === undefined ? 'Permission denied.' : `Permission denied: ${details.permission}`))
    this.permission = details.permission ?? null
    this.reason = details.reason ?? null
  }
}

/** `get()` found no row. Use `find()` where absence is an ordinary answer. */
export class DoesNotExist extends PortcullisError {}

/** `get()` found more than one row. */
export class MultipleObjectsReturned extends PortcullisError {}

/** The database refused a write: a foreign key, a check, or a null where none may be. */
export class IntegrityError extends PortcullisError {}

/**
 * The database refused a second row with the same unique value.
 * `columns` are the columns as far as the engine says which; MariaDB names only the constraint.
 */
export class UniqueViolation extends IntegrityError {
  readonly table: string | null
  readonly columns: readonly string[]
  readonly constraint: string | null

  constructor(message: string, details: { table?: string | null; columns?: readonly string[]; constraint?: string | null; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.table = details.table ?? null
    this.columns = details.columns ?? []
    this.constraint = details.constraint ?? null
  }
}

/**
 * Too busy to take more work now, or something that the site stands on is away: a database, a cache, a disk without room. HTTP answers 503
 * with `Retry-After: retryAfter` (whole seconds, at least 1). `cause` is what the thing that is away said.
 */
export class ServiceUnavailable extends PortcullisError {
  readonly status = 503
  readonly statusCode = 503
  readonly retryAfter: number
  /** Whether what was asked may have been done all the same: the connection ended before the answer came. */
  readonly isUncertain: boolean
  /** For frameworks that answer an error nobody caught with its headers. */
  readonly headers: Readonly<Record<string, string>>

  constructor(message: string, details: { retryAfter: number; isUncertain?: boolean; cause?: unknown }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.retryAfter = Math.max(1, Math.ceil(details.retryAfter))
    this.isUncertain = details.isUncertain ?? false
    this.headers = { 'retry-after': String(this.retryAfter) }
  }
}

/** Asked too often. HTTP answers 429 with `Retry-After: retryAfter` (whole seconds, at least 1). `code` is `locked` for tries to log in. */
export class TooManyRequests extends PortcullisError {
  readonly status = 429
  readonly statusCode = 429
  readonly retryAfter: number
  readonly code: 'too_many_requests' | 'locked'

  constructor(message: string, details: { retryAfter: number; code?: 'too_many_requests' | 'locked' }) {
    super(message)
    this.retryAfter = Math.max(1, Math.ceil(details.retryAfter))
    this.code = details.code ?? 'too_many_requests'
  }
}

/** One thing wrong with an input: Django's code, the catalogue key of its sentence, and the values the sentence names. */
export interface Problem {
  readonly code: string
  readonly key: MessageKey
  readonly params: MessageParams
  /** The field it belongs to, by property name; null for the input as a whole. */
  readonly field: string | null
}

/**
 * A person's input is refused. Carries every problem with Django's code; the sentence is made when it is shown.
 *
 * @example
 * throw new ValidationError(problem('password_too_short', { minLength: 8 }))
 */
export class ValidationError extends PortcullisError {
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[]) {
    const all = 'code' in problems ? [problems] : problems
    super(all.map((one) => (one.field === null ? '' : `${one.field}: `) + messageFor(one.key, one.params)).join(' '))
    this.problems = all
  }

  /** Django's codes, in the order found. */
  get codes(): string[] {
    return this.problems.map((one) => one.code)
  }

  /** The sentences, in English, in the order found. */
  get messages(): string[] {
    return this.problems.map((one) => messageFor(one.key, one.params))
  }
}

/** Makes a `Problem`; the code is the catalogue key up to a dot (`invalid.username` has Django's code `invalid`). */
export function problem(key: MessageKey, params: MessageParams = {}, field: string | null = null): Problem {
  const dot = key.indexOf('.')
  return { code: dot < 0 ? key : key.slice(0, dot), key, params, field }
}
