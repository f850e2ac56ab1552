import { describe, expect, test } from 'vitest'

import { FixedClock } from '../base/clock.js'
import { BadSignature } from './bad-signature.js'
import { Keys } from './keys.js'
import { checkToken, makeToken, type TokenMeaning } from './purpose-tokens.js'
import { sessionAuthHash, verifySessionAuthHash } from './session-auth-hash.js'
import { signCookie, unsignCookie } from './signed-cookies.js'
import { Signer, TimestampSigner } from './signer.js'
import { dumps, loads } from './signing.js'

/** One kind of token: how it is made, and the place that takes it. */
interface Kind {
  readonly name: string
  readonly token: string
  readonly accepts: (token: string) => boolean
}

const key = new Keys('the one key of the site')
const clock = new FixedClock('2026-01-01T00:00:00Z')

function reads(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof BadSignature) return false
    throw error
  }
}

function purpose(name: string, meaning: TokenMeaning): Kind {
  return { name, token: makeToken(key, meaning, { clock }), accepts: (token) => checkToken(key, token, meaning, { maxAge: 60, clock }) }
}

function cookie(name: string, salt: string): Kind {
  const signing = { name, salt, keys: key, clock }
  return { name: `cookie ${name} with salt ${salt}`, token: signCookie('v', signing), accepts: (token) => reads(() => unsignCookie(token, signing)) }
}

function dumped(salt: string): Kind {
  return { name: `dumps ${salt}`, token: dumps('v', { key, salt, clock }), accepts: (token) => reads(() => loads(token, { key, salt, clock })) }
}

function hash(password: string): Kind {
  return {
    name: `session hash of ${password}`,
    token: sessionAuthHash(password, key.current),
    accepts: (token) => verifySessionAuthHash(token, password, key).isValid,
  }
}

const signer = new Signer({ key })
const otherSigner = new Signer({ key, salt: 'other' })
const timed = new TimestampSigner({ key, clock })

const kinds: readonly Kind[] = [
  { name: 'Signer', token: signer.sign('v'), accepts: (token) => reads(() => signer.unsign(token)) },
  { name: 'Signer with a salt', token: otherSigner.sign('v'), accepts: (token) => reads(() => otherSigner.unsign(token)) },
  { name: 'TimestampSigner', token: timed.sign('v'), accepts: (token) => reads(() => timed.unsign(token)) },
  dumped('django.core.signing'),
  dumped('django.contrib.sessions.SessionStore'),
  dumped('django.contrib.messages'),
  cookie('ab', 'c'),
  cookie('a', 'bc'),
  cookie('abc', ''),
  cookie('c', 'ab'),
  hash('one'),
  hash('two'),
  purpose('purpose', { purpose: 'email-change', subject: '1', context: ['a', 'bc'] }),
  purpose('another purpose', { purpose: 'email-verification', subject: '1', context: ['a', 'bc'] }),
  purpose('another subject', { purpose: 'email-change', subject: '2', context: ['a', 'bc'] }),
  purpose('a letter moved between facts', { purpose: 'email-change', subject: '1', context: ['ab', 'c'] }),
  purpose('facts run together', { purpose: 'email-change', subject: '1', context: ['abc'] }),
  purpose('facts with a length written in', { purpose: 'email-change', subject: '1', context: ['a2:bc'] }),
  purpose('an empty fact more', { purpose: 'email-change', subject: '1', context: ['a', 'bc', ''] }),
  purpose('no facts', { purpose: 'email-change', subject: '1' }),
  purpose('a letter moved from purpose to subject', { purpose: 'email-chang', subject: 'e1', context: ['a', 'bc'] }),
]

describe('no token works in another’s place (D4)', () => {
  test.each(kinds)('$name', ({ token, name }) => {
    expect(kinds.filter((place) => place.accepts(token)).map((place) => place.name)).toEqual([name])
  })

  test('unless cookies of old Django are asked for, where name and salt run together', () => {
    const legacy = new TimestampSigner({ key: key.prefixed('django.http.cookies'), salt: 'abc', clock }).sign('v')
    for (const [name, salt] of [
      ['ab', 'c'],
      ['a', 'bc'],
    ] as const) {
      expect(unsignCookie(legacy, { name, salt, keys: key, clock, legacySalt: true })).toBe('v')
      expect(() => unsignCookie(legacy, { name, salt, keys: key, clock })).toThrow(BadSignature)
    }
  })
})
