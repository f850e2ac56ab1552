/**
 * Which addresses were proven: one row for each user who has ever been asked. A row counts only while its address is the user's, so that
 * whoever writes another address into Django's table, Django included, leaves nothing proven behind.
 * @module
 */

import { UniqueViolation } from '../base/errors.js'
import type { Clock } from '../base/clock.js'
import { getRandomString } from '../crypto/random.js'
import type { Manager } from '../database/manager.js'
import { PUBLIC_ID, type EmailRow } from './email-models.js'

/** Nobody's row: looked for where there is nothing to look for, so that both cost one statement. */
const NO_ROW = { pk: 0 }

/** The table of proven addresses. */
export class VerifiedEmails {
  readonly #rows: Manager
  readonly #clock: Clock

  constructor(rows: Manager, clock: Clock) {
    this.#rows = rows
    this.#clock = clock
  }

  /** What is known of somebody's address; for null one statement all the same. */
  async find(userKey: unknown): Promise<EmailRow | null> {
    return (await this.#rows.find((userKey === null ? NO_ROW : { userKey }) as never)) as EmailRow | null
  }

  /** What is known of the addresses of these users. */
  async findAll(userKeys: readonly unknown[]): Promise<readonly EmailRow[]> {
    const where = userKeys.length === 0 ? NO_ROW : { userKey: { in: userKeys } }
    return (await this.#rows.filter(where as never)) as unknown as readonly EmailRow[]
  }

  /** Notes that an address was proven, whatever was known before. */
  async mark(userKey: unknown, address: string): Promise<void> {
    await this.#put(userKey, { address, verifiedAt: this.#clock.now(), nonce: '' })
  }

  /** What a link to confirm this address is tied to. A link that was mailed before and not used yet goes on counting. */
  async begin(userKey: unknown, address: string, known: EmailRow | null): Promise<string> {
    if (known?.address === address && known.nonce !== '') return known.nonce
    const nonce = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    await this.#put(userKey, { address, verifiedAt: null, nonce })
    return nonce
  }

  /** The same for an account that was made a moment ago: one statement. */
  async beginNew(userKey: unknown, address: string): Promise<string> {
    const nonce = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    await this.#rows.create({ userKey, address, verifiedAt: null, nonce } as never)
    return nonce
  }

  /** Uses a link up: of many who do so at once, one. */
  async confirm(userKey: unknown, address: string, nonce: string): Promise<boolean> {
    const found = { userKey, address, nonce, verifiedAt: null }
    return (await this.#rows.update(found as never, { verifiedAt: this.#clock.now(), nonce: '' } as never)) === 1
  }

  /** Forgets what is known of these users. */
  async forget(userKeys: readonly unknown[]): Promise<void> {
    if (userKeys.length > 0) await this.#rows.delete({ userKey: { in: userKeys } } as never)
  }

  /** The rows after this key, in order. */
  async after(key: unknown, limit: number): Promise<readonly EmailRow[]> {
    return (await this.#rows.filter({ pk: { gt: key } } as never, { orderBy: 'id', limit } as never)) as unknown as readonly EmailRow[]
  }

  async #put(userKey: unknown, values: Pick<EmailRow, 'address' | 'verifiedAt' | 'nonce'>): Promise<void> {
    if ((await this.#rows.update({ userKey } as never, values as never)) > 0) return
    try {
      // A statement of its own: one that fails would end the transaction around it on PostgreSQL.
      await this.#rows.registry.database.atomic(async () => this.#rows.create({ userKey, ...values } as never))
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      await this.#rows.update({ userKey } as never, values as never)
    }
  }
}
