/**
 * Nobody grants what they lack, nor edits somebody stronger: for users (I6). Asked inside the writing transaction.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { problem, type Problem } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import type { PendingChange } from '../special.js'
import { isStrongerThan, lacking, type Power, type PowerReader } from './power.js'

/** Says what stands against changes of users. */
export class UserGuard {
  readonly #parts: AdminParts
  readonly #powers: PowerReader

  constructor(parts: AdminParts, powers: PowerReader) {
    this.#parts = parts
    this.#powers = powers
  }

  /** What stands against saving; empty where nothing does. */
  async problemsOfSave(actor: BaseUser, { row, values, relations }: Pick<PendingChange, 'row' | 'values' | 'relations'>): Promise<Problem[]> {
    const power = await this.#powers.of(actor)
    const target = row as BaseUser | null
    if (target !== null && !isSame(actor, target)) {
      const reach = await this.#problemsOfReach(power, target)
      if (reach.length > 0) return reach
    }
    return [
      ...this.#problemsOfFlags(power, target, values),
      ...(await this.#problemsOfGrants(power, relations)),
      ...(target === null ? [] : await this.#problemsOfLeaving([target], losesPower(target, values))),
    ]
  }

  /** What stands against touching an account otherwise: its password, its address, its sessions. */
  async problemsOfReach(actor: BaseUser, target: BaseUser): Promise<Problem[]> {
    if (isSame(actor, target)) return []
    return this.#problemsOfReach(await this.#powers.of(actor), target)
  }

  /** What stands against deleting, or switching off, several at once. */
  async problemsOfRemoval(actor: BaseUser, targets: readonly Model[]): Promise<Problem[]> {
    const power = await this.#powers.of(actor)
    const problems: Problem[] = []
    for (const one of targets as readonly BaseUser[]) if (!isSame(actor, one)) problems.push(...(await this.#problemsOfReach(power, one)))
    return [...problems, ...(await this.#problemsOfLeaving(targets as readonly BaseUser[], true))]
  }

  async #problemsOfReach(power: Power, target: BaseUser): Promise<Problem[]> {
    const other = await this.#powers.of(target)
    return isStrongerThan(other, power) ? [problem('stronger', { name: target.getUsername() })] : []
  }

  #problemsOfFlags(power: Power, target: BaseUser | null, values: Readonly<Record<string, unknown>>): Problem[] {
    const before = (target as unknown as { readonly isSuperuser?: boolean } | null)?.isSuperuser ?? false
    const isGiven = values['isSuperuser'] === true && !before
    return isGiven && !power.isUnlimited ? [problem('lacks.superuser', {}, 'isSuperuser')] : []
  }

  async #problemsOfGrants(power: Power, relations: PendingChange['relations']): Promise<Problem[]> {
    const problems: Problem[] = []
    const missing = lacking(power, (relations.get('userPermissions')?.added ?? []).map(Number))
    if (missing.length > 0) problems.push(problem('lacks.permissions', { names: await this.#listed(missing) }, 'userPermissions'))
    const beyond = lacking(power, await this.#powers.ofGroups(relations.get('groups')?.added ?? []))
    if (beyond.length > 0) problems.push(problem('lacks.group', { names: await this.#listed(beyond) }, 'groups'))
    return problems
  }

  /** The last active superuser stays: nobody else could give the site back. */
  async #problemsOfLeaving(targets: readonly BaseUser[], isLeaving: boolean): Promise<Problem[]> {
    if (!isLeaving) return []
    const superusers = []
    for (const one of targets) {
      const now = (await this.#parts.users.find({ pk: one.pk } as never)) as { readonly isSuperuser?: boolean; readonly isActive: boolean } | null
      if (now?.isSuperuser === true && now.isActive) superusers.push(one.pk)
    }
    if (superusers.length === 0 || (await this.#powers.otherSuperusers(superusers)) > 0) return []
    return [problem('last_superuser')]
  }

  async #listed(keys: readonly number[]): Promise<string> {
    return listedNames(await this.#powers.namesOf(keys))
  }
}

/** At most a few names; a long list helps nobody. */
export function listedNames(names: readonly string[]): string {
  const shown = names.slice(0, 5)
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}

function isSame(actor: BaseUser, target: BaseUser): boolean {
  return String(actor.pk) === String(target.pk)
}

function losesPower(target: BaseUser, values: Readonly<Record<string, unknown>>): boolean {
  const before = target as unknown as { readonly isSuperuser?: boolean; readonly isActive: boolean; readonly isStaff?: boolean }
  return (
    before.isSuperuser === true &&
    before.isActive &&
    (values['isSuperuser'] === false || values['isActive'] === false)
  )
}
