import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { FixedClock } from '../base/clock.js'
import { fromBase62, fromBase64Url, toBase62 } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { BadSignature, SignatureExpired } from './bad-signature.js'
import type { HashAlgorithm } from './hmac.js'
import { Keys } from './keys.js'
import { decodePayload, encodePayload } from './payload.js'
import { signCookie, unsignCookie } from './signed-cookies.js'
import { Signer, TimestampSigner } from './signer.js'
import { dumps, loads } from './signing.js'

/** Fields by kind, as the notes of `signing.json` have them; those of one kind are always there together. */
interface Case extends VectorCase {
  readonly kind: 'signer' | 'timestamp' | 'dumps' | 'loads' | 'b62' | 'b62-decode' | 'b64' | 'separator' | 'cookie'
  readonly op: 'sign' | 'unsign' | 'set' | 'get'
  readonly key: string
  readonly fallback_keys: readonly string[]
  readonly secret_key: string
  readonly secret_key_fallbacks?: readonly string[]
  readonly sep: string
  readonly salt: string | null
  readonly algorithm: HashAlgorithm
  readonly signed: string
  readonly cookie: string
  readonly name: string
  readonly value?: unknown
  readonly error?: string
  readonly now: number
  readonly max_age: number | null
  readonly legacy: boolean
  readonly object: unknown
  readonly json: string
  readonly compress: boolean
  readonly compressed: boolean
  readonly allowed: boolean
  readonly int: number
  readonly text: string
  readonly hex: string
}

const cases = readVectors<Case>('signing')

/** Runs the check on every case of a kind, and says which case it was that failed. */
function everyCase(kind: Case['kind'], count: number, check: (one: Case) => void): void {
  const some = cases.filter((one) => one.kind === kind)
  expect(some).toHaveLength(count)
  for (const one of some) {
    try {
      check(one)
    } catch (cause) {
      throw new Error(`${one.id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
}

/** Checks that `read` gives the value, or throws what Django throws. Where Django lets an exception of Python out, we throw BadSignature. */
function expectAnswer(one: Case, read: () => unknown): void {
  if (one.error === undefined) return expect(read()).toEqual(one.value)
  expect(read).toThrow(BadSignature)
  if (one.error === 'SignatureExpired') expect(read).toThrow(SignatureExpired)
  else expect(read).not.toThrow(SignatureExpired)
}

const clockAt = (now: number): FixedClock => new FixedClock(now * 1000)
const saltOf = ({ salt }: Case): { salt?: string } => (salt === null ? {} : { salt })

test('signing.json is read whole', () => {
  expect(cases).toHaveLength(745)
  expect([...new Set(cases.map((one) => one.kind))].sort()).toEqual([
    'b62',
    'b62-decode',
    'b64',
    'cookie',
    'dumps',
    'loads',
    'separator',
    'signer',
    'timestamp',
  ])
})

describe('Signer', () => {
  test('signs and unsigns as Django does, with every separator, salt, algorithm and fallback', () => {
    everyCase('signer', 188, (one) => {
      const signer = new Signer({ key: one.key, fallbackKeys: one.fallback_keys, separator: one.sep, algorithm: one.algorithm, ...saltOf(one) })
      if (one.op === 'sign') expect(signer.sign(String(one.value))).toBe(one.signed)
      else expectAnswer(one, () => signer.unsign(one.signed))
    })
  })

  test('refuses separators that signatures are written with', () => {
    everyCase('separator', 14, ({ sep, allowed }) => {
      const make = (): Signer => new Signer({ key: 'k', separator: sep })
      if (allowed) expect(make().unsign(make().sign('a'))).toBe('a')
      else expect(make).toThrow(ImproperlyConfigured)
    })
  })

  test('takes a site’s keys whole', () => {
    const old = new Signer({ key: 'old' })
    const signer = new Signer({ key: new Keys('new', ['old']), fallbackKeys: ['older'] })
    expect(signer.unsign(old.sign('a'))).toBe('a')
    expect(signer.unsign(new Signer({ key: 'older' }).sign('a'))).toBe('a')
    expect(signer.sign('a')).toBe(new Signer({ key: 'new' }).sign('a'))
  })

  test('signs objects', () => {
    const signer = new Signer({ key: 'k' })
    expect(signer.unsignObject(signer.signObject({ a: ['é'] }))).toEqual({ a: ['é'] })
    const long = { text: 'again '.repeat(100) }
    expect(signer.signObject(long, { compress: true }).length).toBeLessThan(signer.signObject(long).length)
    expect(signer.unsignObject(signer.signObject(long, { compress: true }))).toEqual(long)
  })
})

describe('TimestampSigner', () => {
  test('signs and unsigns with the time as Django does', () => {
    everyCase('timestamp', 207, (one) => {
      const signer = new TimestampSigner({ key: one.key, fallbackKeys: one.fallback_keys, clock: clockAt(one.now), ...saltOf(one) })
      if (one.op === 'sign') expect(signer.sign(String(one.value))).toBe(one.signed)
      else expectAnswer(one, () => signer.unsign(one.signed, { maxAge: one.max_age ?? undefined }))
    })
  })

  test('says how old the signature is and what is allowed', () => {
    const clock = new FixedClock(0)
    const signer = new TimestampSigner({ key: 'k', clock })
    const signed = signer.sign('a')
    clock.advance(61)
    expect(() => signer.unsign(signed, { maxAge: 60 })).toThrow(expect.objectContaining({ age: 61, maxAge: 60 }))
  })

  test('treats a limit that is no number as passed', () => {
    const signer = new TimestampSigner({ key: 'k' })
    expect(() => signer.unsign(signer.sign('a'), { maxAge: Number.NaN })).toThrow(SignatureExpired)
  })
})

describe('dumps and loads', () => {
  test('dumps signs the JSON that Python would write', () => {
    everyCase('dumps', 24, (one) => {
      const signed = dumps(one.object, { key: one.key, compress: one.compress, clock: clockAt(one.now), ...saltOf(one) })
      const payload = signed.slice(0, signed.indexOf(':'))
      // Another zlib writes other bytes, which are just as good; anything else agrees to the letter.
      if (one.compressed) expect(payload.startsWith('.')).toBe(true)
      else expect(signed).toBe(one.signed)
      expect(decodePayload(payload)).toEqual(JSON.parse(one.json))
      expect(fromBase64Url(encodePayload(one.object))?.toString('latin1')).toBe(one.json)
    })
  })

  test('loads reads what Django dumped and refuses what Django refuses', () => {
    everyCase('loads', 201, (one) => {
      const options = { key: one.key, fallbackKeys: one.fallback_keys, clock: clockAt(one.now), ...saltOf(one) }
      expectAnswer(one, () => loads(one.signed, one.max_age === null ? options : { ...options, maxAge: one.max_age }))
    })
  })
})

describe('signed cookies', () => {
  test('are set and read as Django 5.2 does', () => {
    everyCase('cookie', 93, (one) => {
      const signing = { name: one.name, salt: one.salt ?? '', keys: new Keys(one.secret_key, one.secret_key_fallbacks), clock: clockAt(one.now) }
      if (one.op === 'set') return expect(signCookie(String(one.value), signing)).toBe(one.cookie)
      const limit = { maxAge: one.max_age ?? undefined }
      expectAnswer(one, () => unsignCookie(one.cookie, { ...signing, ...limit, legacySalt: true }))
      // By default what was signed with the ambiguous salt is refused, genuine or not (D4).
      if (one.legacy) expect(() => unsignCookie(one.cookie, { ...signing, ...limit })).toThrow(BadSignature)
      else expectAnswer(one, () => unsignCookie(one.cookie, { ...signing, ...limit }))
    })
  })
})

describe('numbers and bytes', () => {
  test('are written as Django writes them', () => {
    everyCase('b62', 6, ({ int, text }) => expect(toBase62(int)).toBe(text))
    everyCase('b62-decode', 8, ({ text, value, error }) => expect(fromBase62(text)).toBe(error === undefined ? value : null))
    everyCase('b64', 4, ({ text, hex }) => expect(fromBase64Url(text)?.toString('hex')).toBe(hex))
  })
})
