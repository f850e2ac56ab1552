/**
 * Makes and checks passwords with a site's hashers, in its hashing pool, at the same cost whatever is stored.
 *
 * The rule behind every check (A1, A2): the preferred hasher's full work is spent, whether the user is unknown, the stored value unusable,
 * garbled or cheap. Only a stored hash that is dearer than a new one costs more, until its owner logs in and it is replaced.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { getRandomString } from '../crypto/random.js'
import type { Hasher, SummaryItem } from './hasher.js'
import { algorithmOf, identifyHasher } from './identify.js'
import { passwordHashers } from './password-hashers.js'
import { sharedHashingPool, type HashingOptions, type HashingPool } from './pool.js'
import { passwordBytes, unhashable, type RawPassword } from './raw-password.js'
import { isPasswordUsable, makeUnusablePassword } from './unusable.js'

/** Hashed in place of a password that there is none of. */
const STAND_IN_LENGTH = 40

/** What a check found. */
export interface Verdict {
  /** The password is right. */
  readonly ok: boolean
  /** The stored hash is not as a new one would be, and should be replaced when the password is right. */
  readonly mustUpdate: boolean
}

/**
 * What a check with an upgrade found. `upgrade` is `saved` when the hash was replaced, `overtaken` when the stored value was no longer
 * the one that was checked (another login replaced it, or the password was changed meanwhile: read it again), else `none`.
 */
export interface UpgradeVerdict {
  readonly ok: boolean
  readonly upgrade: 'none' | 'saved' | 'overtaken'
}

/** Writes `encoded` where `replaces` still stands, and tells whether it did: `UPDATE … WHERE password = replaces`, one row. */
export type SaveHash = (encoded: string, replaces: string) => Promise<boolean>

/** What a `PasswordService` is made from. */
export interface PasswordServiceOptions {
  /** In order: the first makes new hashes, all verify. Default: `passwordHashers()`. */
  readonly hashers?: readonly Hasher[] | undefined
  /** Where hashes run. Default: the process's own pool. */
  readonly pool?: HashingPool | undefined
  /** `never` leaves stored hashes as they are, for a database shared with software that wants other costs (H-1). Default `always`. */
  readonly upgrades?: 'always' | 'never' | undefined
  /** Hears of a stored value that no hasher can read, by its algorithm if it names one; Django raises an error there. */
  readonly onUnreadable?: ((algorithm: string | null) => void) | undefined
}

/** Options of `make`. */
export interface MakeOptions extends HashingOptions {
  /** The algorithm, if not the preferred one. */
  readonly hasher?: string | undefined
  /** The salt, if not a random one: for tests, and for nothing else. */
  readonly salt?: string | undefined
}

/**
 * The passwords of a site.
 *
 * @example
 * const passwords = new PasswordService({ hashers: passwordHashers({ django: '5.2' }) })
 * const encoded = await passwords.make('correct horse battery staple')
 * await passwords.check('correct horse battery staple', encoded)   // true
 */
export class PasswordService {
  readonly hashers: readonly Hasher[]
  readonly preferred: Hasher
  readonly pool: HashingPool
  readonly #upgrades: boolean
  readonly #onUnreadable: (algorithm: string | null) => void

  constructor(options: PasswordServiceOptions = {}) {
    this.hashers = options.hashers ?? passwordHashers()
    this.preferred = checkHashers(this.hashers)
    this.pool = options.pool ?? sharedHashingPool()
    this.#upgrades = options.upgrades !== 'never'
    this.#onUnreadable = options.onUnreadable ?? ((): void => undefined)
  }

  /** Makes the value for the password column; null gives one that no password matches. Throws `ValidationError` above 4,096 bytes. */
  async make(password: RawPassword | null, options: MakeOptions = {}): Promise<string> {
    if (password === null) return makeUnusablePassword()
    const bytes = passwordBytes(password)
    const hasher = options.hasher === undefined ? this.preferred : this.#named(options.hasher)
    return this.pool.run(() => hasher.encode(bytes, options.salt || hasher.makeSalt()), options)
  }

  /** Tells whether `password` is the one behind `encoded`. Null for either costs the same and is false. */
  async check(password: RawPassword | null, encoded: string | null, options: HashingOptions = {}): Promise<boolean> {
    return (await this.verify(password, encoded, options)).ok
  }

  /** Like `check`, and tells whether the stored hash is out of date. */
  async verify(password: RawPassword | null, encoded: string | null, options: HashingOptions = {}): Promise<Verdict> {
    return this.pool.run(() => this.#judge(hashable(password), encoded), options)
  }

  /** Like `check`, and replaces a hash that is out of date when the password is right. */
  async verifyAndUpgrade(
    password: RawPassword | null,
    encoded: string | null,
    save: SaveHash,
    options: HashingOptions = {},
  ): Promise<UpgradeVerdict> {
    const bytes = hashable(password)
    // Both hashes in one turn: who has been let in is not sent away half-way.
    const { ok, replacement } = await this.pool.run(async () => {
      const verdict = await this.#judge(bytes, encoded)
      const due = verdict.ok && verdict.mustUpdate && bytes !== null
      return { ok: verdict.ok, replacement: due ? await this.#encodePreferred(bytes) : null }
    }, options)
    if (replacement === null || encoded === null) return { ok, upgrade: 'none' }
    return { ok, upgrade: (await save(replacement, encoded)) ? 'saved' : 'overtaken' }
  }

  /** Does the work of one check for nothing: what an unknown user costs. */
  async spend(password: RawPassword | null, options: HashingOptions = {}): Promise<void> {
    await this.verify(password, null, options)
  }

  /** Finds the hasher of a stored value; null when it is none of this site's or cannot be read. */
  identify(encoded: string): Hasher | null {
    return identifyHasher(encoded, this.hashers)
  }

  /** Tells whether a new hash would look different: another algorithm, another cost, a short salt. False for what cannot be read. */
  mustUpdate(encoded: string): boolean {
    const hasher = this.identify(encoded)
    if (hasher === null || !this.#upgrades) return false
    return hasher !== this.preferred || hasher.mustUpdate(encoded)
  }

  /** What an administrator may see of a stored hash, secrets masked; null when it cannot be read. */
  safeSummary(encoded: string): readonly SummaryItem[] | null {
    return this.identify(encoded)?.safeSummary(encoded) ?? null
  }

  async #judge(password: Uint8Array | null, encoded: string | null): Promise<Verdict> {
    const hasher = encoded === null || !isPasswordUsable(encoded) ? null : this.#read(encoded)
    if (password === null || encoded === null || hasher === null) {
      await this.#encodePreferred(password ?? Buffer.from(getRandomString(STAND_IN_LENGTH)))
      return { ok: false, mustUpdate: false }
    }
    const ok = await hasher.verify(password, encoded)
    // Django stops at another algorithm than its preferred one, and then such an account answers sooner than one that does not exist.
    if (!ok && hasher !== this.preferred) await this.#encodePreferred(password)
    else if (!ok) await hasher.hardenRuntime(password, encoded)
    return { ok, mustUpdate: this.mustUpdate(encoded) }
  }

  #read(encoded: string): Hasher | null {
    const hasher = this.identify(encoded)
    if (hasher === null) this.#onUnreadable(algorithmOf(encoded))
    return hasher
  }

  #encodePreferred(password: Uint8Array): Promise<string> {
    return this.preferred.encode(password, this.preferred.makeSalt())
  }

  #named(algorithm: string): Hasher {
    const hasher = this.hashers.find((one) => one.algorithm === algorithm)
    if (hasher !== undefined) return hasher
    const known = this.hashers.map((one) => one.algorithm).join(', ')
    throw new ImproperlyConfigured(`No hasher is called “${algorithm}”. This site has: ${known}. Add it to \`accepted\` of passwordHashers().`)
  }
}

/** The bytes of a password; null for none, and for one that could never have been stored. */
function hashable(password: RawPassword | null): Uint8Array | null {
  return password === null || unhashable(password) !== null ? null : passwordBytes(password)
}

function checkHashers(hashers: readonly Hasher[]): Hasher {
  const [preferred] = hashers
  if (preferred === undefined) throw new ImproperlyConfigured('The list of hashers is empty. Leave `hashers` out, or use passwordHashers().')
  const names = hashers.map((hasher) => hasher.algorithm)
  if (names.includes('')) throw new ImproperlyConfigured('A hasher has no `algorithm`: the text its stored values begin with, before the first “$”.')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new ImproperlyConfigured(`Two hashers are called “${twice}”. Name each algorithm once.`)
  return preferred
}
