import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ImproperlyConfigured, ValidationError } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { Argon2Hasher } from './argon2.js'
import { BcryptSha256Hasher } from './bcrypt.js'
import { countWork } from './hash-work.js'
import type { Hasher } from './hasher.js'
import { Md5Hasher } from './md5.js'
import { passwordHashers } from './password-hashers.js'
import { PasswordService } from './password-service.js'
import { Pbkdf2Sha256Hasher } from './pbkdf2.js'
import { ScryptHasher } from './scrypt.js'

const PASSWORD = 'correct horse battery staple'

/** One algorithm at a cost of its own, and hashes of the same password at a lower and a higher one. */
interface Subject {
  readonly preferred: Hasher
  readonly cheaper: readonly Hasher[]
  readonly dearer: Hasher
  readonly units: number
}

const pbkdf2 = (iterations: number): Hasher => new Pbkdf2Sha256Hasher({ iterations })
const argon2 = (memory: number, passes: number, parallelism = 1): Hasher => new Argon2Hasher({ memory, passes, parallelism })
const scrypt = (n: number, r: number, p: number): Hasher => new ScryptHasher({ n, r, p })
const bcrypt = (rounds: number): Hasher => new BcryptSha256Hasher({ rounds })

const SUBJECTS: Readonly<Record<string, Subject>> = {
  pbkdf2_sha256: { preferred: pbkdf2(1000), cheaper: [pbkdf2(1), pbkdf2(600)], dearer: pbkdf2(1500), units: 1000 },
  argon2: { preferred: argon2(128, 4), cheaper: [argon2(128, 1), argon2(64, 3), argon2(100, 5), argon2(8, 1)], dearer: argon2(256, 4), units: 512 },
  scrypt: {
    preferred: scrypt(64, 8, 5),
    cheaper: [scrypt(64, 8, 1), scrypt(32, 8, 5), scrypt(128, 6, 2), scrypt(2, 1, 1)],
    dearer: scrypt(128, 8, 5),
    units: 2560,
  },
  bcrypt_sha256: { preferred: bcrypt(6), cheaper: [bcrypt(4), bcrypt(5)], dearer: bcrypt(7), units: 64 },
}

describe('the work of a check', () => {
  describe.each(Object.entries(SUBJECTS))('%s', (algorithm, { preferred, cheaper, dearer, units }) => {
    const service = new PasswordService({ hashers: [preferred, new Md5Hasher()] })
    const encoded = (hasher: Hasher): Promise<string> => hasher.encode(Buffer.from(PASSWORD), hasher.makeSalt())
    const workOf = async (stored: string | null, password: string | null = 'wrong'): Promise<number | undefined> => {
      const { result, work } = await countWork(() => service.check(password, stored))
      expect(result).toBe(password === PASSWORD)
      return work.get(algorithm)
    }

    test('A1: is a full hash for an unknown user', async () => {
      expect(await workOf(null)).toBe(units)
    })

    test('A1: is the same for a wrong password and a hash at the present cost', async () => {
      expect(await workOf(await encoded(preferred))).toBe(units)
    })

    test('A1: is the same for a wrong password and a hash at any lower cost', async () => {
      for (const old of cheaper) expect(await workOf(await encoded(old))).toBe(units)
    })

    test('A1: is the stored hash’s own for one at a higher cost, and never less than a full hash', async () => {
      expect(await workOf(await encoded(dearer))).toBeGreaterThan(units)
    })

    test('A1: is a full hash, too, for a hash of another algorithm', async () => {
      expect(await workOf(await encoded(new Md5Hasher()))).toBe(units)
    })

    test.each(['!', '!Hq2FkN8yD0', '', 'garbage', 'md5$x', `${algorithm}$`, `${algorithm}$x$y$z`, 'sha1$abc$def', `${algorithm}$1$2$3$4$5$6`])(
      'A2: is a full hash for an unusable or unreadable value: “%s”',
      async (stored) => {
        expect(await workOf(stored)).toBe(units)
      },
    )

    test('A2: is a full hash where there is no password', async () => {
      expect(await workOf(await encoded(preferred), null)).toBe(units)
    })

    test('C11: is a full hash for a password that is too long or cannot be written', async () => {
      expect([await workOf(await encoded(preferred), 'x'.repeat(5000)), await workOf(null, '\ud800')]).toEqual([units, units])
    })

    test('is a full hash for the right password, and two when it is replaced', async () => {
      expect(await workOf(await encoded(preferred), PASSWORD)).toBe(units)
      const { work } = await countWork(async () => service.verifyAndUpgrade(PASSWORD, await encoded(new Md5Hasher()), async () => true))
      expect(work.get(algorithm)).toBe(units)
    })
  })
})

describe('PasswordService.make', () => {
  const service = new PasswordService({ hashers: [pbkdf2(10), new Md5Hasher()] })

  test('NIST 3.1.1.2f: makes what it accepts, each time with another salt of 22 letters (H-d)', async () => {
    const [first, second] = [await service.make(PASSWORD), await service.make(PASSWORD)]
    expect(first).not.toBe(second)
    expect(first).toMatch(/^pbkdf2_sha256\$10\$[A-Za-z0-9]{22}\$/)
    expect(await service.check(PASSWORD, first)).toBe(true)
  })

  test('makes an unusable password of null: a mark and 40 letters (H-c, U-12)', async () => {
    expect(await service.make(null)).toMatch(/^![A-Za-z0-9]{40}$/)
  })

  test('takes text, bytes and secrets alike', async () => {
    const made = await Promise.all(
      [PASSWORD, Buffer.from(PASSWORD), new Secret(PASSWORD)].map((password) => service.make(password, { salt: 'seasalt' })),
    )
    expect(new Set(made).size).toBe(1)
  })

  test('takes the empty password (H-c)', async () => {
    expect(await service.check('', await service.make(''))).toBe(true)
  })

  test('6.2.8, NIST 3.1.1.2g, finding 8: neither trims nor normalises (H-g)', async () => {
    const encoded = await service.make('é ')
    const answers = await Promise.all(['é ', 'é', 'e\u0301 '].map((password) => service.check(password, encoded)))
    expect(answers).toEqual([true, false, false])
  })

  test('6.2.9, C11: takes 4,096 bytes unaltered, and refuses one more before hashing', async () => {
    const longest = 'é'.repeat(2048)
    expect(await service.check(longest, await service.make(longest))).toBe(true)
    expect(await service.check('é'.repeat(2047) + 'e', await service.make(longest))).toBe(false)
    const { result, work } = await countWork(() => service.make(`${longest}x`).catch((error: unknown) => error))
    expect(result).toBeInstanceOf(ValidationError)
    expect((result as ValidationError).codes).toEqual(['max_length'])
    expect(work.size).toBe(0)
  })

  test('refuses half a surrogate pair, which no encoding can hold', async () => {
    await expect(service.make('\ud800')).rejects.toThrow(ValidationError)
  })

  test('uses another of its hashers when asked by name, and no other', async () => {
    expect(await service.make(PASSWORD, { hasher: 'md5', salt: 'abc' })).toMatch(/^md5\$abc\$/)
    await expect(service.make(PASSWORD, { hasher: 'argon2' })).rejects.toThrow(/argon2.*accepted/)
  })

  test('refuses a salt with the separator in it, and draws one in place of an empty one (H-d)', async () => {
    await expect(service.make(PASSWORD, { salt: 'a$b' })).rejects.toThrow(ImproperlyConfigured)
    expect(await service.make(PASSWORD, { salt: '' })).toMatch(/\$[A-Za-z0-9]{22}\$/)
  })
})

describe('PasswordService.verifyAndUpgrade', () => {
  const old = new Md5Hasher()
  const service = new PasswordService({ hashers: [pbkdf2(10), old] })
  const stored = (): Promise<string> => old.encode(Buffer.from(PASSWORD), old.makeSalt())

  test('hands the new hash to the caller, together with the one it may replace', async () => {
    const encoded = await stored()
    const saved: string[][] = []
    const verdict = await service.verifyAndUpgrade(PASSWORD, encoded, async (...hashes) => saved.push(hashes) > 0)
    expect(verdict).toEqual({ ok: true, upgrade: 'saved' })
    expect(saved).toEqual([[expect.stringMatching(/^pbkdf2_sha256\$10\$/), encoded]])
    expect(await service.check(PASSWORD, saved[0]?.[0] ?? '')).toBe(true)
  })

  test('says so when the stored hash was another by then', async () => {
    expect(await service.verifyAndUpgrade(PASSWORD, await stored(), async () => false)).toEqual({ ok: true, upgrade: 'overtaken' })
  })

  test.each([
    ['the password is wrong', 'wrong', stored],
    ['the hash is as a new one would be', PASSWORD, () => service.make(PASSWORD)],
    ['there is no user', PASSWORD, async () => null],
  ])('saves nothing when %s', async (_, password, encoded) => {
    const verdict = await service.verifyAndUpgrade(password, await encoded(), () => expect.unreachable())
    expect(verdict.upgrade).toBe('none')
  })

  test('H-1: saves nothing on a site that leaves hashes alone', async () => {
    const shared = new PasswordService({ hashers: [pbkdf2(10), old], upgrades: 'never' })
    expect(await shared.verifyAndUpgrade(PASSWORD, await stored(), () => expect.unreachable())).toEqual({ ok: true, upgrade: 'none' })
  })
})

describe('PasswordService', () => {
  test('reports a value it cannot read, but neither an unusable password nor an unknown user (H-f)', async () => {
    const unreadable: (string | null)[] = []
    const service = new PasswordService({ hashers: [new Md5Hasher()], onUnreadable: (algorithm) => unreadable.push(algorithm) })
    for (const stored of ['md5$x', 'crypt$$abc', 'plain', '!x', null]) await service.check('x', stored)
    expect(unreadable).toEqual(['md5', 'crypt', null])
  })

  test('answers false for whatever is stored, and never throws (H-f)', async () => {
    const service = new PasswordService({
      hashers: [new Md5Hasher(), ...passwordHashers({ accepted: ['bcrypt', 'pbkdf2_sha256', 'scrypt', 'bcrypt_sha256'] })],
    })
    const text = fc.string({ unit: 'binary', maxLength: 30 })
    const stored = fc.oneof(
      text,
      fc
        .tuple(fc.constantFrom('md5', 'pbkdf2_sha256', 'argon2', 'bcrypt', 'bcrypt_sha256', 'scrypt'), fc.array(text, { maxLength: 6 }))
        .map(([name, parts]) => [name, ...parts].join('$')),
    )
    await fc.assert(
      fc.asyncProperty(text, stored, async (password, encoded) => !(await service.check(password, encoded))),
      { numRuns: 500 },
    )
  })

  test.each([
    ['no hasher at all', []],
    ['two of one name', [new Md5Hasher(), new Md5Hasher()]],
    ['one without a name', [Object.assign(new Md5Hasher(), { algorithm: '' })]],
  ])('refuses %s', (_, hashers) => {
    expect(() => new PasswordService({ hashers })).toThrow(ImproperlyConfigured)
  })
})
