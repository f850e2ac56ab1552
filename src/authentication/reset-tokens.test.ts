import { describe, expect, test } from 'vitest'
import { decodeUid, fromBase36, toBase36, toBase64Url } from '../base/encoding.js'
import { DateTime } from '../base/date-time.js'
import { Keys } from '../crypto/keys.js'
import { readVectors } from '../../test/support/vectors.js'
import { checkResetToken, makeResetToken, type TokenOwner } from './reset-tokens.js'

interface VectorUser {
  readonly pk: number | string
  readonly password: string
  readonly last_login: string | null
  readonly email: string
}

interface Case {
  readonly id: string
  readonly kind: 'make' | 'check' | 'base36' | 'base36-decode' | 'uid' | 'uid-decode'
  readonly secret_key: string
  readonly secret_key_fallbacks?: readonly string[]
  readonly user: VectorUser
  readonly time_zone: string
  readonly now: number
  readonly timeout: number
  readonly token: string
  readonly uid: string
  readonly valid: boolean
  readonly int: number
  readonly text: string
  readonly value: number | null
  readonly hex: string | null
}

const cases = readVectors<Case>('reset_tokens')
const ofKind = (kind: Case['kind']): readonly Case[] => cases.filter((one) => one.kind === kind)

/** Django puts the time into the token as it stands on the Python object, whatever its offset; here a moment has none and is read in UTC. */
function ownerOf({ pk, password, last_login: lastLogin, email }: VectorUser): TokenOwner {
  return { pk, password, email, lastLogin: lastLogin === null ? null : DateTime.from(lastLogin.replace(/[+-]\d\d:\d\d$/, '')) }
}

describe('makeResetToken', () => {
  test.each(ofKind('make'))('G6: $id makes Django’s token', ({ secret_key: key, user, time_zone: timeZone, now, token, uid }) => {
    expect(makeResetToken(new Keys(key), ownerOf(user), { now: new Date(now * 1000), timeZone })).toBe(token)
    expect(toBase64Url(Buffer.from(String(user.pk)))).toBe(uid)
  })
})

describe('checkResetToken', () => {
  test.each(ofKind('check'))(
    'G7: $id answers as Django does',
    ({ secret_key: key, secret_key_fallbacks: fallbacks, user, time_zone: timeZone, now, timeout, token, valid }) => {
      expect(
        checkResetToken(new Keys(key, fallbacks), user === null ? null : ownerOf(user), token, { now: new Date(now * 1000), timeZone, timeout }),
      ).toBe(valid)
    },
  )

  test('G5, B10: answers false at once to what is no token', () => {
    const owner = { pk: 1, password: 'x', lastLogin: null, email: '' }
    for (const token of ['', '-', 'a-', '-a', 'x'.repeat(100_000), `${'z'.repeat(100_000)}-a`, 0, null, undefined, [], {}, true]) {
      expect(checkResetToken(new Keys('k'), owner, token, { now: new Date() })).toBe(false)
    }
  })
})

test.each([...ofKind('base36'), ...ofKind('uid')])('$id is written as Django writes it', ({ kind, int, text, hex }) => {
  expect(kind === 'base36' ? toBase36(int) : toBase64Url(Buffer.from(hex ?? '', 'hex'))).toBe(text)
})

test.each(ofKind('uid-decode'))('$id is read as Django reads it', ({ text, hex }) => {
  expect(decodeUid(text)?.toString('hex') ?? null).toBe(hex)
})

test.each(ofKind('base36-decode').filter((one) => one.value === null || one.text === one.value.toString(36)))(
  '$id is read as Django reads it',
  ({ text, value }) => {
    const read = fromBase36(text)
    expect(read === null ? null : Number(read)).toBe(value)
  },
)
