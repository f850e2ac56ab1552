/**
 * Salted MD5, stored as `md5$salt$hash`. Far too fast for people's passwords: for tests that make many users, and to recognise old rows.
 * @module
 */

import { createHash } from 'node:crypto'
import { constantTimeCompare } from '../crypto/hmac.js'
import { reportWork } from './hash-work.js'
import { checkSalt, isSaltShort, makeLetterSalt, maskHash, type DecodedHash, type Hasher, type SummaryItem } from './hasher.js'

/** MD5 of salt and password run together, in hexadecimal. */
export class Md5Hasher implements Hasher {
  readonly algorithm: string = 'md5'

  makeSalt(): string {
    return makeLetterSalt()
  }

  async encode(password: Uint8Array, salt: string): Promise<string> {
    checkSalt(salt)
    return `${this.algorithm}$${salt}$${this.#digest(password, salt)}`
  }

  async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const stored = this.decode(encoded)
    return stored !== null && constantTimeCompare(stored.hash, this.#digest(password, stored.salt))
  }

  decode(encoded: string): DecodedHash | null {
    const [algorithm, salt, hash, ...rest] = encoded.split('$')
    if (algorithm !== this.algorithm || !salt || !hash || rest.length > 0 || !/^[0-9a-f]{32}$/.test(hash)) return null
    return { algorithm, salt, hash }
  }

  mustUpdate(encoded: string): boolean {
    const stored = this.decode(encoded)
    return stored !== null && isSaltShort(stored.salt)
  }

  async hardenRuntime(): Promise<void> {
    // It has no cost that could be lower than another.
  }

  safeSummary(encoded: string): readonly SummaryItem[] | null {
    const stored = this.decode(encoded)
    if (stored === null) return null
    return [
      { label: 'algorithm', value: stored.algorithm },
      { label: 'salt', value: maskHash(stored.salt, 2) },
      { label: 'hash', value: maskHash(stored.hash) },
    ]
  }

  #digest(password: Uint8Array, salt: string): string {
    reportWork(this.algorithm, 1)
    return createHash('md5').update(salt).update(password).digest('hex')
  }
}
