/**
 * Nobody grants what they lack, nor edits what is stronger: for groups, and for permissions themselves (I6).
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { problem, type Problem } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { PendingChange } from '../special.js'
import { lacking, type PowerReader } from './power.js'
import { listedNames } from './user-guard.js'

/** Says what stands against changes of groups. */
export class GroupGuard {
  readonly #powers: PowerReader

  constructor(powers: PowerReader) {
    this.#powers = powers
  }

  /** What stands against saving: a group that grants what the actor lacks is out of reach, its name too; and nothing they lack is added. */
  async problemsOfSave(actor: BaseUser, { row, relations }: Pick<PendingChange, 'row' | 'relations'>): Promise<Problem[]> {
    const power = await this.#powers.of(actor)
    const present = row === null ? [] : lacking(power, await this.#powers.ofGroups([row.pk]))
    if (present.length > 0) return [problem('stronger.group', { names: listedNames(await this.#powers.namesOf(present)) })]
    const missing = lacking(power, (relations.get('permissions')?.added ?? []).map(Number))
    return missing.length === 0 ? [] : [problem('lacks.permissions', { names: listedNames(await this.#powers.namesOf(missing)) }, 'permissions')]
  }

  /** What stands against deleting groups: it would take rights from people that the actor could not have given. */
  async problemsOfRemoval(actor: BaseUser, groups: readonly Model[]): Promise<Problem[]> {
    const power = await this.#powers.of(actor)
    const beyond = lacking(power, await this.#powers.ofGroups(groups.map((one) => one.pk)))
    return beyond.length === 0 ? [] : [problem('stronger.group', { names: listedNames(await this.#powers.namesOf(beyond)) })]
  }

  /**
   * What stands against changing or deleting permissions. Their names are what code asks for: who could rename one that they hold into another
   * would hold the other. So only who may grant everything may touch more than the words people read.
   */
  async problemsOfPermissions(actor: BaseUser, change: Pick<PendingChange, 'row' | 'values'> | null): Promise<Problem[]> {
    const power = await this.#powers.of(actor)
    if (power.isUnlimited) return []
    if (change === null) return [problem('lacks.everything')]
    const isRenaming = change.row !== null && ('codename' in change.values || 'contentType' in change.values)
    return isRenaming ? [problem('lacks.everything')] : []
  }
}
