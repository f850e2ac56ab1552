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

  /**
   * What a link to confirm this address is tied to; null where it is proven by now. A link that was mailed before and not used yet goes on
   * counting, and a proof that came in after `known` was read is never taken back.
   */
  async begin(userKey: unknown, address: string, known: EmailRow | null): Promise<string | null> {
    if (known?.address === address && known.nonce !== '') return known.nonce
    const nonce = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    const values = { address, verifiedAt: null, nonce }
    if (known === null ? await this.#add(userKey, values) : await this.#replace(known, values)) return nonce
    const now = await this.find(userKey)
    return now?.address === address && now.nonce !== '' ? now.nonce : null
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
    if ((await this.#rows.update({ userKey } as never, values as never)) > 0 || (await this.#add(userKey, values))) return
    await this.#rows.update({ userKey } as never, values as never)
  }

  async #add(userKey: unknown, values: Pick<EmailRow, 'address' | 'verifiedAt' | 'nonce'>): Promise<boolean> {
    try {
      // A statement of its own: one that fails would end the transaction around it on PostgreSQL.
      await this.#rows.registry.database.atomic(async () => this.#rows.create({ userKey, ...values } as never))
      return true
    } catch (error) {
      if (error instanceof UniqueViolation) return false
      throw error
    }
  }

  /** Only where the row is still what it was. */
  async #replace({ pk, address, nonce, verifiedAt }: EmailRow, values: Pick<EmailRow, 'address' | 'verifiedAt' | 'nonce'>): Promise<boolean> {
    const isProven = values.address !== address && verifiedAt !== null
    const where = { pk, address, nonce, verifiedAt: { isNull: !isProven } }
    return (await this.#rows.update(where as never, values as never)) === 1
  }
}
