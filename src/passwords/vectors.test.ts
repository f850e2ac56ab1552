import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { Argon2Hasher } from './argon2.js'
import { BcryptHasher, BcryptSha256Hasher } from './bcrypt.js'
import type { Hasher } from './hasher.js'
import { Md5Hasher } from './md5.js'
import { passwordHashers, type HasherName } from './password-hashers.js'
import { PasswordService } from './password-service.js'
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher } from './pbkdf2.js'
import { ScryptHasher } from './scrypt.js'

interface PasswordCase extends VectorCase {
  readonly group: string
  readonly algorithm: HasherName | null
  readonly password: string
  readonly encoded: string
  readonly ok: boolean
  readonly must_update: boolean | null
  readonly must_update_default: boolean | null
  readonly either?: boolean
  readonly salt?: string
  readonly params?: Record<string, number | string>
}

const EVERY: readonly HasherName[] = ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'scrypt', 'md5']

/** Groups whose hashes take as long as real ones. */
const FULL_COST = new Set(['default-work-factor', 'work-factor', 'argon2-default-but'])

/** The set-up the vectors were made with, and another algorithm in front. */
const beside = (preferred: HasherName): PasswordService =>
  new PasswordService({ hashers: passwordHashers({ django: '5.2', preferred, accepted: EVERY }) })
const services = new Map(EVERY.map((name) => [name, beside(name)]))

// What is not read at all is answered with one hash of the preferred algorithm, so let that be a quick one.
const quick = beside('md5')

describe('vectors/passwords.json', () => {
  const cases = readVectors<PasswordCase>('passwords')

  test('every password is right or wrong as Django says, and nothing throws (H-e, H-f, H-m, H-n)', async () => {
    const wrong: string[] = []
    await Promise.all(
      cases.map(async ({ id, password, encoded, ok, either }) => {
        const answer = await quick.check(password, encoded)
        if (answer !== ok && either !== true) wrong.push(`${id}: ${answer}`)
      }),
    )
    expect(wrong).toEqual([])
  })

  test('a hash is replaced when Django would replace it (H-e, H-i)', () => {
    const readable = cases.filter((one) => one.must_update !== null && one.group !== 'malformed')
    const wrong = readable.filter(({ algorithm, encoded, must_update, must_update_default }) => {
      const same = algorithm === null ? false : services.get(algorithm)?.mustUpdate(encoded)
      return same !== must_update || services.get('pbkdf2_sha256')?.mustUpdate(encoded) !== must_update_default
    })
    expect(wrong).toEqual([])
    expect(readable.length).toBeGreaterThan(300)
  })

  test('the same salt and cost give the same text (H-k, H-l)', async () => {
    const made: string[] = []
    const expected: string[] = []
    for (const { group, algorithm, password, encoded, salt, params } of cases) {
      // Full costs were computed above once, to check; made again they would only take as long again.
      if (salt === undefined || params === undefined || algorithm === null || !isMadeNew(params) || FULL_COST.has(group)) continue
      const hasher = hasherFor(algorithm, params)
      expected.push(encoded)
      made.push(await hasher.encode(Buffer.from(password), salt))
    }
    expect(made).toEqual(expected)
    expect(made.length).toBeGreaterThan(160)
  })
})

/** Old varieties of Argon2 verify; new hashes are Argon2id of version 19. */
function isMadeNew(params: Record<string, number | string>): boolean {
  return params['type'] === undefined || (params['type'] === 'argon2id' && params['version'] === 19)
}

function hasherFor(algorithm: HasherName, params: Record<string, number | string>): Hasher {
  const cost = (name: string): number => Number(params[name])
  switch (algorithm) {
    case 'pbkdf2_sha256':
      return new Pbkdf2Sha256Hasher({ iterations: cost('iterations') })
    case 'pbkdf2_sha1':
      return new Pbkdf2Sha1Hasher({ iterations: cost('iterations') })
    case 'argon2':
      return new Argon2Hasher({ memory: cost('memory'), passes: cost('time'), parallelism: cost('parallelism'), hashBytes: cost('hash_len') })
    case 'bcrypt_sha256':
      return new BcryptSha256Hasher({ rounds: cost('cost') })
    case 'bcrypt':
      return new BcryptHasher({ rounds: cost('cost') })
    case 'scrypt':
      return new ScryptHasher({ n: cost('N'), r: cost('r'), p: cost('p') })
    case 'md5':
      return new Md5Hasher()
  }
}
