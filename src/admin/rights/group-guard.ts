/**
 * Nobody grants what they lack, nor edits what is stronger: for groups (I6). Who may everything that a group grants may also take it away,
 * from whomever it is granted to; that is how it could have been given.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { problem, type Problem } from '../../base/errors.js'
import type { PendingChange } from '../special.js'
import type { Actor, PowerReader } from './power.js'
import { stillActing } from './user-guard.js'

/** What would be saved of a group: its key, and the permissions that come and go. */
export interface GroupChange {
  readonly key: unknown
  readonly added: readonly unknown[]
}

/** Says what stands against changes of groups. */
export class GroupGuard {
  readonly #powers: PowerReader

  constructor(powers: PowerReader) {
    this.#powers = powers
  }

  /** What stands against saving: a group that grants what the actor lacks is out of reach, its name too; and nothing they lack is added. */
  async problemsOfSave(who: BaseUser, permission: string | null, { row, relations }: Pick<PendingChange, 'row' | 'relations'>): Promise<Problem[]> {
    const added = relations.get('permissions')?.added ?? []
    return this.problemsOfChanges(who, permission, [{ key: row?.pk ?? null, added }])
  }

  /** The same for several groups at once, in a constant number of statements. A key of null is a new group. */
  async problemsOfChanges(who: BaseUser, permission: string | null, changes: readonly GroupChange[]): Promise<Problem[]> {
    const actor = await stillActing((await this.#powers.read(who)).actor, permission)
    if (actor === null) return [problem('no_longer')]
    const keys = changes.map((one) => one.key).filter((key) => key !== null)
    const reach = await this.#problemsOfReach(actor, keys)
    if (reach.length > 0) return reach
    const missing = await this.#powers.lacking(actor, new Set(changes.flatMap((one) => one.added.map(Number))))
    return missing.length === 0 ? [] : [problem('lacks.permissions', { names: await this.#powers.listed(missing) }, 'permissions')]
  }

  /** What stands against deleting groups: it would take rights from people that the actor could not have given. */
  async problemsOfRemoval(who: BaseUser, permission: string | null, keys: readonly unknown[]): Promise<Problem[]> {
    const actor = await stillActing((await this.#powers.read(who)).actor, permission)
    return actor === null ? [problem('no_longer')] : this.#problemsOfReach(actor, keys)
  }

  async #problemsOfReach(actor: Actor, keys: readonly unknown[]): Promise<Problem[]> {
    const beyond = await this.#powers.lackingOfGroups(actor, keys)
    return beyond.length === 0 ? [] : [problem('stronger.group', { names: await this.#powers.listed(beyond) })]
  }
}
