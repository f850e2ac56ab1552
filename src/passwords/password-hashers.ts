/**
 * Which hashers a site has, in order, and what each costs: the first makes new hashes, every one verifies.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { djangoReleases, NEWEST_DJANGO, type DjangoRelease } from '../settings/django-releases.js'
import { Argon2Hasher, type Argon2Cost } from './argon2.js'
import { BcryptHasher, BcryptSha256Hasher, type BcryptCost } from './bcrypt.js'
import type { Hasher } from './hasher.js'
import { Md5Hasher } from './md5.js'
import { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher, type Pbkdf2Cost } from './pbkdf2.js'
import { ScryptHasher, type ScryptCost } from './scrypt.js'

/** The built-in hashers, by the name Django stores. */
export type HasherName = 'pbkdf2_sha256' | 'pbkdf2_sha1' | 'argon2' | 'bcrypt_sha256' | 'bcrypt' | 'scrypt' | 'md5'

/** What each algorithm costs. */
export interface HashCosts {
  readonly argon2: Argon2Cost
  readonly pbkdf2: Pbkdf2Cost
  readonly bcrypt: BcryptCost
  readonly scrypt: ScryptCost
}

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane; some 20 ms of one core. */
const OWASP_ARGON2: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1, hashBytes: 32 }

/** Django's, of every release in the table: 100 MiB at once for one hash. */
const DJANGO_ARGON2: Argon2Cost = { memory: 102_400, passes: 2, parallelism: 8, hashBytes: 32 }

const BCRYPT: BcryptCost = { rounds: 12 }
const SCRYPT: ScryptCost = { n: 16_384, r: 8, p: 5 }

/** What Django lists by default. Plain bcrypt and MD5 are there for whoever asks. */
const DJANGO_LIST: readonly HasherName[] = ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'scrypt']

/** Which hashers, and at what cost. */
export interface PasswordHashersOptions {
  /** The release of the Django that shares the database: its preferred hasher, its costs. Without it, Argon2id at OWASP's cost. */
  readonly django?: DjangoRelease | undefined
  /** Makes new hashes. Default: `argon2`, or `pbkdf2_sha256` beside a Django. */
  readonly preferred?: HasherName | Hasher | undefined
  /** What else verifies, in place of Django's default list. Django's `PASSWORD_HASHERS`, but for its first. */
  readonly accepted?: readonly (HasherName | Hasher)[] | undefined
  /** Costs that differ from the defaults. */
  readonly costs?: Partial<HashCosts> | undefined
}

/**
 * Makes the list of hashers: the preferred one first, then what else verifies.
 *
 * @example
 * passwordHashers()                                            // Argon2id first
 * passwordHashers({ django: '5.2' })                           // PBKDF2 at 1,000,000 iterations first, as that Django has it
 * passwordHashers({ accepted: ['pbkdf2_sha256', 'bcrypt'] })   // and hashes that another system made with bcrypt
 */
export function passwordHashers(options: PasswordHashersOptions = {}): readonly Hasher[] {
  const costs = hashCosts(options)
  const preferred = options.preferred ?? (options.django === undefined ? 'argon2' : 'pbkdf2_sha256')
  const hashers = [preferred, ...(options.accepted ?? DJANGO_LIST)].map((one) => (typeof one === 'string' ? builtIn(one, costs) : one))
  // Naming the preferred one among the accepted as well is natural, and means no second.
  return hashers.filter((hasher, index) => index === 0 || hasher.algorithm !== hashers[0]?.algorithm)
}

/** The costs that `passwordHashers` would use. */
export function hashCosts(options: PasswordHashersOptions = {}): HashCosts {
  const release = djangoReleases[options.django ?? NEWEST_DJANGO]
  if (release === undefined) {
    throw new ImproperlyConfigured(
      `django is “${options.django}”, a release that is not known. Use one of: ${Object.keys(djangoReleases).join(', ')}.`,
    )
  }
  return {
    argon2: options.django === undefined ? OWASP_ARGON2 : DJANGO_ARGON2,
    pbkdf2: { iterations: release.pbkdf2Iterations },
    bcrypt: BCRYPT,
    scrypt: SCRYPT,
    ...options.costs,
  }
}

function builtIn(name: HasherName, costs: HashCosts): Hasher {
  switch (name) {
    case 'pbkdf2_sha256':
      return new Pbkdf2Sha256Hasher(costs.pbkdf2)
    case 'pbkdf2_sha1':
      return new Pbkdf2Sha1Hasher(costs.pbkdf2)
    case 'argon2':
      return new Argon2Hasher(costs.argon2)
    case 'bcrypt_sha256':
      return new BcryptSha256Hasher(costs.bcrypt)
    case 'bcrypt':
      return new BcryptHasher(costs.bcrypt)
    case 'scrypt':
      return new ScryptHasher(costs.scrypt)
    case 'md5':
      return new Md5Hasher()
    default:
      throw new ImproperlyConfigured(
        `“${String(name)}” is not a built-in hasher. Pass an object that implements Hasher, or one of: ${[...DJANGO_LIST, 'bcrypt', 'md5'].join(', ')}.`,
      )
  }
}
