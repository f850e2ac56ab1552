import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ImproperlyConfigured } from '../base/errors.js'
import { Argon2Hasher } from './argon2.js'
import { BcryptHasher, BcryptSha256Hasher } from './bcrypt.js'
import { maskHash, type Hasher } from './hasher.js'
import { algorithmOf, identifyHasher } from './identify.js'
import { Md5Hasher } from './md5.js'
import { passwordHashers } from './password-hashers.js'
import { PasswordService } from './password-service.js'
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher } from './pbkdf2.js'
import { ScryptHasher } from './scrypt.js'

const SALT = 'abcdefghij0123456789AB'
const BCRYPT_SALT = '$2b$12$abcdefghijklmnopqrstuu'
const password = Buffer.from('password')

const pbkdf2 = (iterations: number): Hasher => new Pbkdf2Sha256Hasher({ iterations })

describe('what Django 5.2 makes of known salts', () => {
  test.each<[Hasher, string, string, string]>([
    [pbkdf2(1), 'lètmein', 'seasalt', 'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM='],
    [pbkdf2(1000), 'password', SALT, `pbkdf2_sha256$1000$${SALT}$R+wyKxQI+Y9EzCmQQd3f3cMjRLM5bzg4jFVlMm8VrAE=`],
    [pbkdf2(1_000_000), 'password', SALT, `pbkdf2_sha256$1000000$${SALT}$TWC6mAR+T1ztkbjvC/wAraBj845Q6YilENdKguFjA+Y=`],
    [pbkdf2(1), '', SALT, `pbkdf2_sha256$1$${SALT}$DNNXMWs3IJNkIvyRm+GIUwIYZ15ch9NZAM1wlLrKR8I=`],
    [new Pbkdf2Sha1Hasher({ iterations: 1000 }), 'password', SALT, `pbkdf2_sha1$1000$${SALT}$ttxqQ+qG2hAmnzCk5X2xgZsDl30=`],
    [
      new ScryptHasher({ n: 16384, r: 8, p: 5 }),
      'password',
      SALT,
      `scrypt$16384$${SALT}$8$5$Uyp8vKOJV8sqvEzVN5p1LJBfmAadATMom1edQtISTjV113IJqEGYl2cPE38+AL/C8DI0xiFd+eofYfLC634obw==`,
    ],
    [
      new Argon2Hasher({ memory: 102_400, passes: 2, parallelism: 8, hashBytes: 16 }),
      'password',
      SALT,
      'argon2$argon2id$v=19$m=102400,t=2,p=8$YWJjZGVmZ2hpajAxMjM0NTY3ODlBQg$NPdwyeH8feLipaBqBemNfQ',
    ],
    [new BcryptSha256Hasher({ rounds: 12 }), 'password', BCRYPT_SALT, 'bcrypt_sha256$$2b$12$abcdefghijklmnopqrstuugkQA0GCBGUEqAtJsvVqqVkMMm/ez2qi'],
    [
      new BcryptHasher({ rounds: 4 }),
      'password',
      '$2b$04$abcdefghijklmnopqrstuu',
      'bcrypt$$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm',
    ],
    [new Md5Hasher(), 'password', SALT, `md5$${SALT}$880a1683ee821b9201dbb2720559e4a7`],
  ])('%o', async (hasher, text, salt, encoded) => {
    expect(await hasher.encode(Buffer.from(text), salt)).toBe(encoded)
    expect(hasher.mustUpdate(encoded)).toBe(salt.length < 22)
  })
})

describe('passwordHashers', () => {
  test('11.4.2: prefers Argon2id at OWASP’s cost, and accepts Django’s list', () => {
    expect(passwordHashers().map((hasher) => hasher.algorithm)).toEqual(['argon2', 'pbkdf2_sha256', 'pbkdf2_sha1', 'bcrypt_sha256', 'scrypt'])
    expect((passwordHashers()[0] as Argon2Hasher).cost).toEqual({
      variety: 'argon2id',
      version: 19,
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      hashBytes: 32,
    })
  })

  test.each([
    ['5.2', 1_000_000],
    ['6.0', 1_200_000],
    ['6.1', 1_500_000],
  ] as const)('beside Django %s prefers PBKDF2 at %i iterations (V-1, H-a)', (django, iterations) => {
    const hashers = passwordHashers({ django })
    expect(hashers.map((hasher) => hasher.algorithm)).toEqual(['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'scrypt'])
    expect((hashers[0] as Pbkdf2Sha256Hasher).iterations).toBe(iterations)
  })

  test('takes other costs, another order and an application’s own hasher', () => {
    const own = Object.assign(new Md5Hasher(), { algorithm: 'own' })
    const hashers = passwordHashers({ preferred: own, accepted: ['pbkdf2_sha256', own], costs: { pbkdf2: { iterations: 7 } } })
    expect(hashers.map((hasher) => hasher.algorithm)).toEqual(['own', 'pbkdf2_sha256'])
    expect((hashers[1] as Pbkdf2Sha256Hasher).iterations).toBe(7)
  })

  test('names what is wrong with a release or a name it does not know', () => {
    expect(() => passwordHashers({ django: '1.0' as '5.2' })).toThrow(/5\.2, 6\.0, 6\.1/)
    expect(() => passwordHashers({ preferred: 'sha1' as 'md5' })).toThrow(/“sha1”/)
  })
})

describe('a cost that cannot be', () => {
  test.each<[string, () => Hasher]>([
    ['no iterations', () => pbkdf2(0)],
    ['half an iteration', () => pbkdf2(1.5)],
    ['too little memory for Argon2', () => new Argon2Hasher({ memory: 15, passes: 1, parallelism: 2 })],
    ['too many passes', () => new Argon2Hasher({ memory: 2 ** 21, passes: 9, parallelism: 1 })],
    ['a work factor that is no power of two', () => new ScryptHasher({ n: 1000, r: 8, p: 5 })],
    ['a scrypt hash that does not fit the column (H-k)', () => new ScryptHasher({ n: 131_072, r: 8, p: 5 })],
    ['a bcrypt cost below four', () => new BcryptHasher({ rounds: 3 })],
  ])('is refused: %s', (_, make) => {
    expect(make).toThrow(ImproperlyConfigured)
  })
})

describe('decode', () => {
  const hashers = passwordHashers({ accepted: ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'scrypt', 'md5'] })

  test('never throws, and what it reads is computable (H-f)', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer().map(String),
      fc.constantFrom('argon2id', 'v=19', 'm=64,t=1,p=1', '2b', '', 'YWJjZGVmZ2hpag'),
      fc.base64String(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...hashers), fc.array(piece, { maxLength: 7 }), (hasher, pieces) => {
        const encoded = [hasher.algorithm, ...pieces].join('$')
        const decoded = hasher.decode(encoded)
        expect(hasher.safeSummary(encoded) === null).toBe(decoded === null)
        if (decoded === null) expect(hasher.mustUpdate(encoded)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  test('reads Argon2 only as it is written: a stray bit at the end of a salt or a hash makes it another text', () => {
    const encoded = 'argon2$argon2id$v=19$m=64,t=1,p=1$YWJjZGVmZ2hpajAxMjM0NTY3ODlBQg$NPdwyeH8feLipaBqBemNfQ'
    const strayed = [encoded.replace('lBQg$', 'lBQh$'), encoded.replace(/Q$/, 'R'), encoded.replace(/Q$/, 'Q==')]
    expect([encoded, ...strayed].map((one) => identifyHasher(one)?.algorithm)).toEqual(['argon2', undefined, undefined, undefined])
  })

  test.each([
    'pbkdf2_sha256$4294967880$xw8Ue6UNZ4imE5W5pitBEB$ewY626KJH1TmlMwHCMXuLaxEawmSaJYuXGaPrQGWcYg=',
    'scrypt$1073741824$abcdefgh$8$1$Uyp8vKOJV8sqvEzVN5p1LJBfmAadATMom1edQtISTjV113IJqEGYl2cPE38+AL/C8DI0xiFd+eofYfLC634obw==',
    'argon2$argon2id$v=19$m=4294967295,t=4294967295,p=1$YWJjZGVmZ2hpajAxMjM0NTY3ODlBQg$NPdwyeH8feLipaBqBemNfQ',
    'bcrypt$$2b$31$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm',
  ])('does not read what would keep a machine busy for hours: %s', (encoded) => {
    expect(hashers.map((hasher) => hasher.decode(encoded))).toEqual(hashers.map(() => null))
  })
})

describe('safeSummary', () => {
  const service = new PasswordService({ hashers: passwordHashers({ accepted: ['pbkdf2_sha256', 'argon2', 'bcrypt', 'scrypt', 'md5'] }) })

  test.each([
    [
      'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=',
      ['algorithm', 'iterations', 'salt', 'hash'],
      ['pbkdf2_sha256', '1', 'seasal*'],
    ],
    [
      'argon2$argon2id$v=19$m=102400,t=2,p=8$YWJjZGVmZ2hpajAxMjM0NTY3ODlBQg$NPdwyeH8feLipaBqBemNfQ',
      ['algorithm', 'variety', 'version', 'memory cost', 'time cost', 'parallelism', 'salt', 'hash'],
      ['argon2', 'argon2id', '19', '102400', '2', '8', 'abcdef****************', 'NPdwye****************'],
    ],
    [
      'bcrypt$$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm',
      ['algorithm', 'work factor', 'salt', 'checksum'],
      ['bcrypt', '4', 'abcdef****************'],
    ],
    [
      'scrypt$16$salt$3$1$Uyp8vKOJV8sqvEzVN5p1LJBfmAadATMom1edQtISTjV113IJqEGYl2cPE38+AL/C8DI0xiFd+eofYfLC634obw==',
      ['algorithm', 'work factor', 'block size', 'parallelism', 'salt', 'hash'],
      ['scrypt', '16', '3', '1', 'salt'],
    ],
    [
      `md5$${SALT}$880a1683ee821b9201dbb2720559e4a7`,
      ['algorithm', 'salt', 'hash'],
      ['md5', 'ab********************', '880a16**************************'],
    ],
  ])('masks what is secret, in Django’s order: %s (H-o)', (encoded, labels, values) => {
    const summary = service.safeSummary(encoded) ?? []
    expect(summary.map((item) => item.label)).toEqual(labels)
    expect(summary.map((item) => item.value).slice(0, values.length)).toEqual(values)
    expect(summary.map((item) => item.value).join()).not.toContain(encoded.slice(-20))
  })

  test('is null for what cannot be read', () => {
    expect(['', '!x', 'garbage', 'crypt$$x', 'md5$x'].map((encoded) => service.safeSummary(encoded))).toEqual([null, null, null, null, null])
  })

  test('maskHash counts characters (H-h)', () => {
    expect([maskHash('abcdefgh'), maskHash('abc'), maskHash('😀😀😀', 1)]).toEqual(['abcdef**', 'abc', '😀**'])
  })
})

describe('identifyHasher', () => {
  test.each([
    ['pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=', 'pbkdf2_sha256'],
    [`md5$${SALT}$880a1683ee821b9201dbb2720559e4a7`, 'md5'],
    ['md5$x', undefined],
    ['__proto__$1$x$y', undefined],
    ['', undefined],
    ['!abc', undefined],
  ])('%s', (encoded, algorithm) => {
    expect(identifyHasher(encoded)?.algorithm).toBe(algorithm)
  })

  test('knows two unsalted forms by their shape, for whoever brings a hasher for them (H-b)', () => {
    const md5 = '880a1683ee821b9201dbb2720559e4a7'
    expect([md5, `md5$$${md5}`, `sha1$$${'a'.repeat(40)}`, 'plain', 'a$b'].map(algorithmOf)).toEqual([
      'unsalted_md5',
      'unsalted_md5',
      'unsalted_sha1',
      null,
      'a',
    ])
  })
})

describe('an application’s own hasher', () => {
  /** The documented example: rows of salted MD5, wrapped without knowing a password. */
  class Pbkdf2OverMd5 extends Pbkdf2Sha256Hasher {
    override readonly algorithm = 'pbkdf2_over_md5'

    async wrap(md5: string, salt: string): Promise<string> {
      return this.format(salt, this.iterations, await super.derive(Buffer.from(md5), salt, this.iterations))
    }

    protected override derive(raw: Uint8Array, salt: string, iterations: number): Promise<string> {
      return super.derive(Buffer.from(createHash('md5').update(salt).update(raw).digest('hex')), salt, iterations)
    }
  }

  test('makes old rows safe before anyone logs in, and they are replaced when somebody does (H-p)', async () => {
    const [, salt = '', md5 = ''] = (await new Md5Hasher().encode(password, SALT)).split('$')
    const wrapper = new Pbkdf2OverMd5({ iterations: 20 })
    const wrapped = await wrapper.wrap(md5, salt)
    const service = new PasswordService({ hashers: passwordHashers({ preferred: pbkdf2(10), accepted: [wrapper] }) })
    expect(wrapped).toMatch(/^pbkdf2_over_md5\$20\$/)
    expect(await service.verify('password', wrapped)).toEqual({ ok: true, mustUpdate: true })
    expect(await service.check('passwore', wrapped)).toBe(false)
  })
})
