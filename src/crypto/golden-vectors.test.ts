import { describe, expect, test } from 'vitest'

import { FixedClock } from '../base/clock.js'
import { toBase36, toBase62, toBase64Url } from '../base/encoding.js'
import { saltedHmac } from './hmac.js'
import { Keys } from './keys.js'
import { sessionAuthHash } from './session-auth-hash.js'
import { signCookie } from './signed-cookies.js'
import { Signer, TimestampSigner } from './signer.js'
import { dumps, loads } from './signing.js'

const KEY = 'django-behaviour-lab-secret-key-0123456789-abcdefghijklmnop'
const SESSIONS = 'django.contrib.sessions.SessionStore'
const PASSWORD = `pbkdf2_sha256$1000$abcdefghij0123456789AB$${'x'.repeat(43)}=`
const clock = new FixedClock(1717243200500)
const keys = new Keys(KEY)
const session = (data: unknown): string => dumps(data, { key: KEY, salt: SESSIONS, compress: true, clock })
const resetToken = (facts: string): string => {
  const hash = saltedHmac('django.contrib.auth.tokens.PasswordResetTokenGenerator', facts, KEY).toString('hex')
  return `${toBase36(738936000)}-${[...hash].filter((_, index) => index % 2 === 0).join('')}`
}

describe('Django 5.2.18 made the same', () => {
  test.each([
    ['salted_hmac with SHA-1', saltedHmac('salt', 'value', KEY, 'sha1').toString('hex'), '380e079c0752875689ed72ea722ca946330bdd7a'],
    [
      'salted_hmac with SHA-256',
      saltedHmac('salt', 'value', KEY).toString('hex'),
      '0027ba7968283d909195eef99af165aa3281a58fe0505a7d69fe5a67636b8b5e',
    ],
    ['session auth hash', sessionAuthHash(PASSWORD, KEY), '304f75b252e1604be062d3e7558e8c50d3a814b57b9b54b847815537cc345801'],
    ['reset token', resetToken(`42${PASSWORD}2024-05-06 07:08:09738936000Alice@Example.com`), 'c7xyo0-f25e725646c4b11e2acf23bd8e272278'],
    ['reset token before the first login', resetToken(`42${PASSWORD}738936000Alice@Example.com`), 'c7xyo0-b552c9e3270b224e8f2d601a6bddff86'],
    ['uid of 42', toBase64Url('42'), 'NDI'],
    ['time in base 62', toBase62(1717243200), '1sDNOy'],
    ['dumps', dumps('hello', { key: KEY, clock }), 'ImhlbGxvIg:1sDNOy:OrD92kc87dBdBVYIiZ9Pl4zZfoRLeZnoDvqU0LXYcGY'],
    ['TimestampSigner', new TimestampSigner({ key: KEY, clock }).sign('v'), 'v:1sDNOy:SfvjrEzHVDmlw2kAAwWaUuLTq7rnuDzpM4thtacT2js'],
    ['Signer', new Signer({ key: KEY }).sign('v'), 'v:zwVDDAVHTukutF8PBa54V_7wZ65O_f_46qHiuK0UvPQ'],
    ['empty session', session({}), 'e30:1sDNOy:8inCWoe54reWPgQWdAPmDRdbaEewSVZB1H2cQ3hox_g'],
    ['session', session({ a: 1 }), 'eyJhIjoxfQ:1sDNOy:36yKIy_yfFwcyB8ESqvqMrX7sxlOyoY0VY44JA77U3Q'],
    [
      'signed cookie with a salt',
      signCookie('value', { name: 'name', salt: 'pep', keys, clock }),
      'value:1sDNOy:j7YLWUxqT7CnvNyPfbHavh3E3yZAnQDAmCWlEZc-lqk',
    ],
    ['signed cookie', signCookie('value', { name: 'name', keys, clock }), 'value:1sDNOy:ntpLa7aK1mwowXo0myfym24WZHDgPsj2S7YtrwBTct8'],
  ])('%s', (_, ours, theirs) => {
    expect(ours).toBe(theirs)
  })

  test('a compressed session is read', () => {
    const stored =
      '.eJyrVopPLC3JiC8tTi2Kz0xRslIyMVLSQRZMSkzOTs0DyaRkJeal5-sl5-eVFGUm6YGU6EFli_V881NSc5ygalEMyEgszgDqTkyiDCrVAgD0PT7i:1sDNOy:GzWWGRgRRwcH6IFgWqvC4pQxcezSfc4GhK5PdQ-3KRI'
    expect(loads(stored, { key: KEY, salt: SESSIONS })).toEqual({
      _auth_user_id: '42',
      _auth_user_backend: 'django.contrib.auth.backends.ModelBackend',
      _auth_user_hash: 'ab'.repeat(32),
    })
  })

  test('a session with other letters and Python’s numbers is read', () => {
    const stored = 'eyJcdTAwZTkiOiJcdTI2MDMiLCJuIjoxLjAsImYiOjFlKzIwLCJ0Ijp0cnVlLCJ6IjpudWxsfQ:1sDNOy:h7-nyaiNgdq2Yj2YEKeiDOD7jLciQctFGvs1Soe9a5o'
    expect(loads(stored, { key: KEY, salt: SESSIONS })).toEqual({ é: '☃', n: 1, f: 1e20, t: true, z: null })
  })
})
