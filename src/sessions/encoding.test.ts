import { createHash, createHmac } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../../test/support/vectors.js'
import { FixedClock } from '../base/clock.js'
import { Keys } from '../crypto/keys.js'
import { SESSION_SALT, SessionEncoding, signedAt, type SessionWarning } from './encoding.js'
import { expiresAtBrowserClose, expiryAge, expiryDate } from './expiry.js'
import type { SessionValues } from './session-store.js'

interface KeysOfCase {
  readonly id: string
  readonly group: string
  readonly secret_key: string
  readonly secret_key_fallbacks: readonly string[]
}
interface EncodeCase extends KeysOfCase {
  readonly kind: 'encode'
  readonly now: number
  readonly session: Readonly<Record<string, unknown>>
  readonly json: string
  readonly compressed: boolean
  readonly encoded: string
  readonly js?: 'lossy' | 'notation'
}
interface DecodeCase extends KeysOfCase {
  readonly kind: 'decode'
  readonly encoded: string
  readonly expected: Readonly<Record<string, unknown>>
}
interface ExpiryCase {
  readonly id: string
  readonly kind: 'expiry'
  readonly now: number
  readonly session_expiry: unknown
  readonly age: number
  readonly date: string
  readonly at_browser_close: boolean
}

const cases = readVectors<EncodeCase | DecodeCase | ExpiryCase>('sessions')
const key = 'a secret key for tests, long enough to be no reason for a warning: 0123456789'

function encodingOf(one: KeysOfCase, now: number, warnings: SessionWarning[] = []): SessionEncoding {
  const keys = new Keys(one.secret_key, one.secret_key_fallbacks)
  return new SessionEncoding({ keys, clock: new FixedClock(now * 1000), onWarning: (warning) => warnings.push(warning) })
}

/** What was signed, as it was written. */
function jsonIn(encoded: string): string {
  const [payload = ''] = encoded.split(':')
  const bytes = Buffer.from(payload.replace(/^\./, ''), 'base64url')
  return (payload.startsWith('.') ? inflateSync(bytes) : bytes).toString('latin1')
}

/** JSON in one spelling: Python’s numbers that JavaScript writes otherwise, and the order of keys, aside. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('SessionEncoding on the vectors', () => {
  test('every session is written as Django writes it, and read back', () => {
    const encode = cases.filter((one) => one.kind === 'encode')
    expect(encode.length).toBeGreaterThanOrEqual(44)
    for (const one of encode) {
      const encoding = encodingOf(one, one.now)
      const values = JSON.parse(one.json) as SessionValues
      const written = encoding.encode(values)
      expect(signedAt(written), one.id).toBe(one.now)
      expect(comparable(encodingOf(one, one.now).decode(one.encoded)), one.id).toEqual(comparable(values))
      expect(comparable(encodingOf(one, one.now).decode(written)), one.id).toEqual(comparable(values))
      if (one.js !== undefined) continue
      expect(jsonIn(written), one.id).toBe(one.json)
      if (!one.compressed) expect(written, one.id).toBe(one.encoded)
    }
  })

  test('D7: what was changed, forged, signed with another key or is no session at all is empty, told once, and never an error', () => {
    const decode = cases.filter((one) => one.kind === 'decode')
    expect(decode.length).toBeGreaterThanOrEqual(153)
    for (const one of decode) {
      const warnings: SessionWarning[] = []
      const encoding = encodingOf(one, 1_700_000_000, warnings)
      const found = encoding.decode(one.encoded)
      expect(comparable(found), `${one.id} ${one.group}`).toEqual(one.expected)
      expect(Object.getPrototypeOf(found), one.id).toBeNull()
      // Signed by us, but no session: nobody forged it, and nobody can say why.
      const quiet = Object.keys(one.expected).length > 0 || one.group === 'signed-nonsense'
      if (!quiet) expect(warnings, one.id).toEqual([{ code: 'session_data_corrupted', message: expect.any(String) }])
      else expect(warnings.length, one.id).toBeLessThanOrEqual(1)
    }
  })

  test('every expiry is Django’s', () => {
    const expiry = cases.filter((one) => one.kind === 'expiry')
    expect(expiry.length).toBeGreaterThanOrEqual(10)
    for (const one of expiry) {
      const [now, settings] = [new Date(one.now * 1000), { cookieAge: 1_209_600, expireAtBrowserClose: false }]
      expect(expiryAge(one.session_expiry, now, settings), one.id).toBe(one.age)
      expect(expiryDate(one.session_expiry, now, settings).getTime(), one.id).toBe(new Date(one.date).getTime())
      expect(expiresAtBrowserClose(one.session_expiry, settings), one.id).toBe(one.at_browser_close)
    }
  })
})

describe('SessionEncoding', () => {
  const clock = new FixedClock('2026-11-23T08:00:00Z')
  const made = (warnings: SessionWarning[] = [], options: { compress?: boolean } = {}) =>
    new SessionEncoding({ keys: new Keys(key), clock, onWarning: (warning) => warnings.push(warning), ...options })

  /** What Python signs, whatever it says. */
  function signedByPython(json: string): string {
    const encoding = made()
    const text = encoding.encode({})
    const time = text.split(':')[1]
    const value = `${Buffer.from(json, 'latin1').toString('base64url')}:${time}`
    return `${value}:${signatureOf(value)}`
  }

  test('what one request changes inside a value, no other request sees', () => {
    const encoding = made()
    const text = encoding.encode({ cart: { items: ['mug'] } })
    for (let round = 0; round < 3; round++) {
      const values = encoding.decode(text)
      expect(values).toEqual({ cart: { items: ['mug'] } })
      ;(values['cart'] as { items: string[] }).items.push('planted')
      values['admin'] = true
    }
    expect(encoding.decode(text)).toEqual({ cart: { items: ['mug'] } })
  })

  test('a text that was found genuine is recognised by itself alone, not by its beginning or its values', () => {
    const warnings: SessionWarning[] = []
    const encoding = made(warnings)
    const text = encoding.encode({ user: 1 })
    expect(encoding.decode(text)).toEqual({ user: 1 })
    expect(encoding.decode(`${text} `)).toEqual({})
    expect(encoding.decode(text.slice(0, -1))).toEqual({})
    expect(encoding.decode(text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toEqual({})
    expect(warnings).toHaveLength(3)
    expect(encoding.decode(text)).toEqual({ user: 1 })
  })

  test('D7: no second decoder reads what the signature does not cover', () => {
    const encoding = made()
    for (const planted of [
      '{"_auth_user_id":"1"}',
      'eyJfYXV0aF91c2VyX2lkIjoiMSJ9',
      'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1w03gW',
      'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1w03gW:',
      'gAWVFAAAAAAAAAB9lIwNX2F1dGhfdXNlcl9pZJSMATGUcy4=',
    ])
      expect(encoding.read(planted)).toBeNull()
  })

  test('SE-12: numbers that JSON does not have are read as Python writes them, and written so again', () => {
    const json = '{"nan":NaN,"list":[Infinity,-Infinity,{"deep":NaN}],"text":"NaN, \\"Infinity\\" and #NaN","n":1.5}'
    const values = made().decode(signedByPython(json))
    expect(values).toEqual({
      nan: Number.NaN,
      list: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, { deep: Number.NaN }],
      text: 'NaN, "Infinity" and #NaN',
      n: 1.5,
    })
    expect(jsonIn(made().encode(values))).toBe(json)
  })

  test('what is no object is an empty session', () => {
    for (const json of ['[1]', '1', 'null', '"text"', 'NaN', '', '{', '{"a":NaNa}', '{"a":1}x'])
      expect(made().decode(signedByPython(json)), json).toEqual({})
  })

  test('what JSON cannot hold is an error when it is written, and nothing is written', () => {
    const circle: SessionValues = {}
    circle['self'] = circle
    expect(() => made().encode(circle)).toThrow(TypeError)
    expect(() => made().encode({ n: 1n })).toThrow(TypeError)
  })

  test('is compressed where it is told to, and only where that is shorter', () => {
    const encoding = made([], { compress: true })
    expect(encoding.encode({ text: 'a'.repeat(500) })).toMatch(/^\.[\w-]{10,60}:/)
    expect(encoding.encode({ a: 1 })).toMatch(/^eyJ/)
    expect(made().decode(encoding.encode({ text: 'a'.repeat(500) }))).toEqual({ text: 'a'.repeat(500) })
  })

  test('a session that would unfold to gigabytes is refused', () => {
    const bomb = new SessionEncoding({ keys: new Keys(key), clock, compress: true }).encode({ text: 'a'.repeat(5 * 1024 * 1024) })
    expect(bomb.length).toBeLessThan(10_000)
    const warnings: SessionWarning[] = []
    expect(made(warnings).decode(bomb)).toEqual({})
    expect(warnings).toHaveLength(1)
  })

  /** Django's signature, by hand. */
  function signatureOf(value: string): string {
    const derived = Buffer.from(hashOf(`${SESSION_SALT}signer${key}`), 'hex')
    return createHmac('sha256', derived).update(value).digest('base64url')
  }
})

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
