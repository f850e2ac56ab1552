import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { saltedHmac, type HashAlgorithm } from './hmac.js'
import { Keys } from './keys.js'
import { sessionAuthFallbackHashes, sessionAuthHash, verifySessionAuthHash } from './session-auth-hash.js'

type Case = VectorCase &
  (
    | { readonly kind: 'hash'; readonly secret_key: string; readonly password: string; readonly hash: string }
    | {
        readonly kind: 'verify'
        readonly secret_key: string
        readonly secret_key_fallbacks: readonly string[]
        readonly password: string
        readonly session_hash: string | null
        readonly valid: boolean
        readonly via: 'current' | 'fallback' | null
        readonly new_hash?: string
      }
    | {
        readonly kind: 'salted_hmac'
        readonly key_salt: string
        readonly value: string
        readonly secret: string
        readonly algorithm: HashAlgorithm
        readonly hex: string
      }
  )

const cases = readVectors<Case>('session_auth_hash')

describe('session_auth_hash.json', () => {
  test('is read whole', () => {
    expect(cases).toHaveLength(161)
  })

  test.each(cases)('$id: $kind', (one) => {
    if (one.kind === 'hash') return expect(sessionAuthHash(one.password, one.secret_key)).toBe(one.hash)
    if (one.kind === 'salted_hmac') return expect(saltedHmac(one.key_salt, one.value, one.secret, one.algorithm).toString('hex')).toBe(one.hex)
    const keys = new Keys(one.secret_key, one.secret_key_fallbacks)
    expect(verifySessionAuthHash(one.session_hash, one.password, keys)).toEqual({
      isValid: one.valid,
      ...(one.via !== null && { via: one.via }),
      ...(one.new_hash !== undefined && { newHash: one.new_hash }),
    })
  })
})

describe('sessionAuthFallbackHashes', () => {
  test('gives one hash for each retired key, in order (U-13)', () => {
    const keys = new Keys('new', ['old', 'older'])
    expect(sessionAuthFallbackHashes('hash', keys)).toEqual([sessionAuthHash('hash', 'old'), sessionAuthHash('hash', 'older')])
  })
})
