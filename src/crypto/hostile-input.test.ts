import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { FixedClock } from '../base/clock.js'
import { BadSignature } from './bad-signature.js'
import { Keys } from './keys.js'
import { checkToken, makeToken } from './purpose-tokens.js'
import { verifySessionAuthHash } from './session-auth-hash.js'
import { signCookie, unsignCookie } from './signed-cookies.js'
import { Signer } from './signer.js'
import { dumps, loads } from './signing.js'

const keys = new Keys('current', ['retired'])
const clock = new FixedClock('2026-01-01T00:00:00Z')
const meaning = { purpose: 'email-change', subject: '1', context: ['a'] }
const genuine = [
  dumps({ a: 1 }, { key: keys, clock }),
  signCookie('v', { name: 'n', keys, clock }),
  new Signer({ key: keys }).sign('v'),
  makeToken(keys, meaning, { clock }),
]

/** Any text, and genuine ones with a piece put in or taken out. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(':', '.', '-', '=', 'A', '0', '\ud800', 'é', '\0', '\n')).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...genuine), fc.nat(120), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut)),
)

/** True if it throws BadSignature or one of its kind. Any other error passes on and fails the test. */
function isRefused(read: () => unknown): boolean {
  try {
    read()
    return false
  } catch (error) {
    if (error instanceof BadSignature) return true
    throw error
  }
}

describe('whatever comes from outside', () => {
  const readers: Record<string, (text: string) => unknown> = {
    loads: (text) => loads(text, { key: keys, clock, maxAge: 60 }),
    unsignCookie: (text) => unsignCookie(text, { name: 'n', keys, clock, legacySalt: true }),
    Signer: (text) => new Signer({ key: keys }).unsign(text),
    unsignObject: (text) => new Signer({ key: keys }).unsignObject(text),
  }

  test.each(Object.entries(readers))('%s throws BadSignature kinds and nothing else', (_, read) => {
    fc.assert(
      fc.property(hostile, (text) => isRefused(() => read(text)) || genuine.includes(text)),
      { numRuns: 2000 },
    )
  })

  test('checkToken and verifySessionAuthHash say no, to what is no text as well (B10)', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.anything()), (found) => {
        if (checkToken(keys, found, meaning, { maxAge: 60, clock })) expect(genuine).toContain(found)
        expect(verifySessionAuthHash(found, 'hash', keys).isValid).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})
