/**
 * One thing that happened, as it is kept: bounded, plain, and without anything secret.
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import { Group } from '../accounts/group.js'
import { kindOf, type EventName, type EventOutcome } from './event-names.js'

/** What something happened to. */
export interface EventSubject {
  readonly kind: string
  readonly key: unknown
}

/** What may stand in the details of an event. */
export type EventValue = string | number | boolean | null | readonly (string | number | boolean | null)[]

/** Something that happened. */
export interface SecurityEvent {
  readonly time: Date
  readonly name: EventName
  readonly outcome: EventOutcome
  /** The key of the user who did it; null for a visitor without a login, and where nobody knows. */
  readonly actor: string | null
  /** Whom or what it was done to: `user:1`, `group:3`. */
  readonly target: string | null
  readonly address: string | null
  readonly userAgent: string | null
  /** Without its query, and with `***` in place of whatever in it may open something. */
  readonly path: string | null
  readonly data: Readonly<Record<string, EventValue>>
}

/** The request that something happened by, as far as an event tells of it. */
export interface EventRequest {
  readonly path: string
  readonly address: string | null
  header(name: string): string | undefined
}

/** What is known of something that has just happened. */
export interface EventFacts {
  /** Who did it: a user or their key. Default: whoever sent the request at hand. */
  readonly actor?: unknown
  /** Whom or what it was done to. */
  readonly target?: BaseUser | Group | EventSubject | null
  /** Default: the request at hand. */
  readonly request?: EventRequest | null
  /** A name that somebody typed. It is never kept: the account of that name, if there is one, becomes the target. */
  readonly typed?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** The longest address of IPv6, with an IPv4 address inside. */
export const MOST_OF_ADDRESS = 45
/** Enough to tell one's browsers apart. */
export const MOST_OF_USER_AGENT = 300
export const MOST_OF_PATH = 200
/** A kind and the longest key that is a name. */
export const MOST_OF_SUBJECT = 160
/** Of the details as JSON: a row that grows is a way to fill a disk. */
export const MOST_OF_DATA = 2000
const MOST_OF_TEXT = 200
const MOST_OF_LIST = 30
const MOST_OF_DETAILS = 12

/** Details of such a name are never kept, whatever they hold. */
const SECRET_NAME = /api|token|key$|secret|passw|signature|cookie|authorization|code$/i
const HIDDEN = '***'

const PART = /[^/]+/g
/** In a path, whatever is as long as a token is hidden, unless it is a UUID. */
const TOKEN_LENGTH = 32
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Makes an event of what is known. Takes anything, and never throws. */
export function eventOf(name: EventName, time: Date, { actor, target, request, data = {} }: EventFacts): SecurityEvent {
  return {
    time,
    name,
    outcome: kindOf(name).outcome,
    actor: keyText(actor),
    target: target === undefined || target === null ? null : subjectText(target),
    address: shortened(request?.address ?? '', MOST_OF_ADDRESS) || null,
    userAgent: shortened(request?.header('user-agent') ?? '', MOST_OF_USER_AGENT) || null,
    path: request === undefined || request === null ? null : pathOf(request.path),
    data: detailsOf(data),
  }
}

/** A user's key as events keep it; null for nobody. */
export function keyText(user: unknown): string | null {
  if (user === undefined || user === null) return null
  const key = user instanceof BaseUser ? user.pk : user
  return key === null || key === undefined || typeof key === 'object' ? null : shortened(String(key), MOST_OF_SUBJECT)
}

/** What an event says of whom it was done to. */
export function subjectText(target: BaseUser | Group | EventSubject): string {
  const { kind, key } =
    target instanceof BaseUser ? { kind: 'user', key: target.pk } : target instanceof Group ? { kind: 'group', key: target.pk } : target
  return shortened(`${kind}:${String(key)}`, MOST_OF_SUBJECT)
}

/** A path without its query, and without what opens something: links to choose a password hold a token (14.2.1). */
function pathOf(path: string): string {
  const end = path.indexOf('?')
  const own = (end < 0 ? path : path.slice(0, end)).slice(0, MOST_OF_PATH * 4)
  return shortened(
    own.replaceAll(PART, (part) => ((part.length >= TOKEN_LENGTH && !UUID.test(part)) || holdsAddress(part) ? HIDDEN : part)),
    MOST_OF_PATH,
  )
}

/** Links for a new account hold the address they were mailed to. */
function holdsAddress(part: string): boolean {
  return part.includes('@') || part.includes('%40') || Buffer.from(part, 'base64url').includes('@')
}

function detailsOf(data: Readonly<Record<string, unknown>>): Readonly<Record<string, EventValue>> {
  const details: Record<string, EventValue> = Object.create(null) as Record<string, EventValue>
  let left = MOST_OF_DATA
  for (const [name, value] of Object.entries(data).slice(0, MOST_OF_DETAILS)) {
    if (value === undefined) continue
    const kept = SECRET_NAME.test(name) ? HIDDEN : Array.isArray(value) ? value.slice(0, MOST_OF_LIST).map(plainOf) : plainOf(value)
    left -= JSON.stringify([name, kept]).length
    if (left < 0) break
    details[shortened(name, 40)] = kept
  }
  return details
}

/** What is no plain value is kept as what it prints: a `Secret` as `***`, an object as nothing that it holds. */
function plainOf(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number') return shortened(String(value), MOST_OF_TEXT)
  return HIDDEN
}

/** Whole characters, and none that a database refuses. */
function shortened(text: string, most: number): string {
  // Cut twice: what is a megabyte long is not spread into characters first.
  const characters = [
    ...text
      .slice(0, most * 2)
      .replaceAll('\0', '')
      .toWellFormed(),
  ]
  return characters.slice(0, most).join('')
}
