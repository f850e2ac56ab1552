/**
 * Django's sessions by hand: the signature, the JSON, and the hash that ties a session to a password.
 * @module
 */

import { createHash, createHmac, createSecretKey, hash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'

const SESSION_SALT = 'django.contrib.sessions.SessionStore'
const HASH_SALT = 'django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash'
const BACKEND = 'django.contrib.auth.backends.ModelBackend'
/** Rows and hashes that are remembered, when they are. */
const REMEMBERED = 10_000

/** What counts of a session. */
export interface SessionFacts {
  readonly userId: string
  readonly authHash: string
}

/** Reads and writes sessions. */
export interface HandSessions {
  /** Null where the signature is wrong or nobody is logged in. */
  read(sessionData: string): SessionFacts | null
  isStillGood(facts: SessionFacts, password: string): boolean
  write(userId: number, password: string): string
}

/** With `remember`, a row that was verified once is known by its exact text, and a password by its hash; rows are still read every time. */
export function handSessions(secretKey: string, remember: boolean): HandSessions {
  const signing = derivedKey(`${SESSION_SALT}signer`, secretKey)
  const tying = derivedKey(HASH_SALT, secretKey)
  const authHash = (password: string): string => createHmac('sha256', tying).update(password).digest('hex')
  const read = (text: string): SessionFacts | null => {
    const end = text.lastIndexOf(':')
    const stamped = text.slice(0, end)
    const expected = createHmac('sha256', signing).update(stamped).digest('base64url')
    if (!sameText(expected, text.slice(end + 1))) return null
    const values = JSON.parse(Buffer.from(stamped.slice(0, stamped.lastIndexOf(':')), 'base64url').toString()) as Record<string, unknown>
    const { _auth_user_id: userId, _auth_user_backend: backend, _auth_user_hash: found } = values
    return typeof userId === 'string' && typeof found === 'string' && backend === BACKEND ? { userId, authHash: found } : null
  }
  const [reading, hashing] = remember ? [remembering(read), remembering(authHash)] : [read, authHash]
  return {
    read: reading,
    isStillGood: (facts, password) => sameText(hashing(password), facts.authHash),
    write(userId, password) {
      const json = JSON.stringify({ _auth_user_id: String(userId), _auth_user_backend: BACKEND, _auth_user_hash: authHash(password) })
      const stamped = `${Buffer.from(json).toString('base64url')}:${base62(Math.trunc(Date.now() / 1000))}`
      return `${stamped}:${createHmac('sha256', signing).update(stamped).digest('base64url')}`
    },
  }
}

/** The key as the table has it: whoever reads the table cannot use it as a cookie. */
export function keyAtRest(cookie: string): string {
  return hash('sha256', cookie, 'hex').slice(0, 40)
}

/** 32 of 36 letters, as Django draws them. */
export function newKey(): string {
  return Array.from(randomBytes(32), (byte) => 'abcdefghijklmnopqrstuvwxyz0123456789'[byte % 36]).join('')
}

function derivedKey(salt: string, secretKey: string): KeyObject {
  return createSecretKey(createHash('sha256').update(salt).update(secretKey).digest())
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function remembering<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = work(text)
    if (known.size >= REMEMBERED) known.clear()
    known.set(text, made)
    return made
  }
}

function base62(number: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return number === 0 ? '' : base62(Math.trunc(number / 62)) + digits[number % 62]
}
