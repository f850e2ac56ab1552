/**
 * What users may, remembered from one request to the next where the database says in the same statement that nothing has changed since.
 * A change by anybody is seen at once: what was written here makes another `unwritten`, what others commit another version.
 * @module
 */

import type { PermissionSets } from './permission-sets.js'

/** Far more than are busy at the same moment. */
const MOST_USERS = 500

/** Whoever has more costs memory, and may as well be read again. */
const MOST_NAMES = 200

/** What the database answers: what the user may, or null if nothing has changed since the version asked about. */
export interface GrantAnswer {
  readonly version: number
  readonly sets: PermissionSets | null
}

interface Entry {
  readonly unwritten: object
  readonly version: number
  readonly sets: PermissionSets
}

/** The memory of one site. */
export class RememberedGrants {
  readonly #byUser = new Map<unknown, Entry>()

  /**
   * What this user may. `unwritten` is the database's, taken before it is asked: what is written meanwhile makes what is kept here void.
   * `ask` is given the version to compare with, or null to be told in any case.
   */
  async read(user: unknown, unwritten: object, ask: (version: number | null) => Promise<GrantAnswer>): Promise<PermissionSets> {
    const entry = this.#byUser.get(user)
    const known = entry !== undefined && entry.unwritten === unwritten ? entry : null
    const { version, sets } = await ask(known?.version ?? null)
    if (sets === null) return (known as Entry).sets
    this.#byUser.delete(user)
    if (sets.user.size + sets.group.size > MOST_NAMES) return sets
    if (this.#byUser.size >= MOST_USERS) this.#byUser.delete(this.#byUser.keys().next().value)
    this.#byUser.set(user, { unwritten, version, sets })
    return sets
  }
}
