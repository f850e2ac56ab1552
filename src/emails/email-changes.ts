/**
 * Changes of addresses: wanted ones, and those that were made and can be taken back for a while.
 * @module
 */

import type { Clock } from '../base/clock.js'
import { pause } from '../base/pause.js'
import { getRandomString } from '../crypto/random.js'
import type { Manager } from '../database/manager.js'
import { PUBLIC_ID, type EmailChangeRow } from './email-models.js'

/** So many rows at once when old ones are cleared away. */
const ROWS_AT_ONCE = 500

/** One change: whose, from what, to what. */
export interface AddressPair {
  readonly from: string
  readonly to: string
}

/** The table of changes. */
export class EmailChanges {
  readonly #rows: Manager
  readonly #clock: Clock

  constructor(rows: Manager, clock: Clock) {
    this.#rows = rows
    this.#clock = clock
  }

  /** The change of this public id, if it is this user's. */
  async find(publicId: string, userKey: unknown): Promise<EmailChangeRow | null> {
    return (await this.#rows.find({ publicId, userKey } as never)) as EmailChangeRow | null
  }

  /** Every change of a user's address, oldest first. */
  async ofUser(userKey: unknown): Promise<readonly EmailChangeRow[]> {
    return (await this.#rows.filter({ userKey } as never, { orderBy: 'id' } as never)) as unknown as readonly EmailChangeRow[]
  }

  /** Forgets every change of a user's address. */
  async forget(userKey: unknown): Promise<void> {
    await this.#rows.delete({ userKey } as never)
  }

  /** Notes a wish; what was wanted before counts no more. */
  async ask(userKey: unknown, pair: AddressPair): Promise<string> {
    await this.#rows.delete({ userKey, changedAt: { isNull: true } } as never)
    return this.#add(userKey, pair, null)
  }

  /** Notes a change that was made already; null where no way leads back from it. Call it in the transaction that writes the address. */
  async note(userKey: unknown, pair: AddressPair, since: Date): Promise<string | null> {
    const now = this.#clock.now()
    const isOffered = await this.#leadsBackTo(userKey, pair.from, since)
    const publicId = await this.#add(userKey, pair, now, isOffered ? null : now)
    return isOffered ? publicId : null
  }

  /**
   * Uses a wish up: of many who do so at once, one; null for the others. Call it in the transaction that writes the address. A way leads back
   * from it only where none that began `since` then leads to another address.
   */
  async confirm(row: EmailChangeRow, since: Date): Promise<{ readonly wayBack: string | null } | null> {
    const now = this.#clock.now()
    const isOffered = await this.#leadsBackTo(row.userKey, row.oldAddress, since)
    const values = { changedAt: now, revertedAt: isOffered ? null : now }
    const used = await this.#rows.update({ pk: row.pk, changedAt: { isNull: true } } as never, values as never)
    return used === 1 ? { wayBack: isOffered ? row.publicId : null } : null
  }

  /** Uses the way back up, with the way back of every later change: of many who do so at once, one. Call it in the transaction that writes. */
  async revert(row: EmailChangeRow): Promise<boolean> {
    const now = this.#clock.now()
    const used = await this.#rows.update({ pk: row.pk, revertedAt: { isNull: true } } as never, { revertedAt: now } as never)
    if (used !== 1) return false
    // Whoever was in the account meanwhile must not undo the undoing.
    await this.#rows.update({ userKey: row.userKey, pk: { gt: row.pk }, revertedAt: { isNull: true } } as never, { revertedAt: now } as never)
    await this.#rows.delete({ userKey: row.userKey, changedAt: { isNull: true } } as never)
    return true
  }

  /** Forgets what is so old that no link to it counts; tells how much. */
  async clearBefore(moment: Date): Promise<number> {
    let cleared = 0
    for (;;) {
      const rows = (await this.#rows.filter(
        { askedAt: { lt: moment } } as never,
        { limit: ROWS_AT_ONCE } as never,
      )) as unknown as readonly EmailChangeRow[]
      if (rows.length === 0) return cleared
      cleared += (await this.#rows.delete({ pk: { in: rows.map((one) => one.pk) } } as never)).total
      await pause()
    }
  }

  /**
   * All ways back of an account that are open lead to one address: the one it had before the first of them. An address that it got since may be
   * a thief's, who would come back by it when the owner has put things right.
   */
  async #leadsBackTo(userKey: unknown, address: string, since: Date): Promise<boolean> {
    const where = { userKey, changedAt: { gt: since }, revertedAt: { isNull: true } }
    const open = (await this.#rows.filter(where as never)) as unknown as readonly EmailChangeRow[]
    return open.every(({ oldAddress }) => oldAddress === '' || oldAddress === address)
  }

  async #add(userKey: unknown, { from, to }: AddressPair, changedAt: Date | null, revertedAt: Date | null = null): Promise<string> {
    const publicId = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    const row = { publicId, userKey, oldAddress: from, newAddress: to, askedAt: this.#clock.now(), changedAt, revertedAt }
    await this.#rows.create(row as never)
    return publicId
  }
}
