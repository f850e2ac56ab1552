/**
 * Nobody grants what they lack, nor edits somebody stronger: for users (I6). Asked inside the writing transaction.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { problem, type Problem } from '../../base/errors.js'
import type { PendingChange } from '../special.js'
import type { Account } from './accounts.js'
import { listedNames, type Actor, type PowerReader } from './power.js'

/** What would be saved of a user. */
export type UserChange = Pick<PendingChange, 'row' | 'values' | 'relations'>

/** Says what stands against changes of users. */
export class UserGuard {
  readonly #powers: PowerReader

  constructor(powers: PowerReader) {
    this.#powers = powers
  }

  /** What stands against saving; empty where nothing does. `permission` is the one that it takes, unless something else decides that. */
  async problemsOfSave(who: BaseUser, permission: string | null, { row, values, relations }: UserChange): Promise<Problem[]> {
    const standing = await this.#powers.read(who, row === null ? [] : [row.pk])
    const actor = await stillActing(standing.actor, permission)
    if (actor === null) return [problem('no_longer')]
    const before = row === null ? null : standing.of(row.pk)
    // Whoever is not found is no harmless account: nothing is known of what they may.
    if (row !== null && before === null) return [problem('no_longer')]
    if (before !== null) {
      const reach = await this.#problemsOfReach(actor, [before])
      if (reach.length > 0) return reach
    }
    return [
      ...problemsOfFlags(actor, before, values),
      ...(await this.#problemsOfGrants(actor, relations)),
      ...(before === null || !losesPower(values) ? [] : await this.#problemsOfLeaving([before])),
    ]
  }

  /**
   * What stands against touching an account otherwise: its password, its address, its sessions. `locksOut` where nobody could log in by it
   * afterwards.
   */
  async problemsOfReach(who: BaseUser, permission: string | null, target: BaseUser, locksOut = false): Promise<Problem[]> {
    // Where there are other ways in, nobody is locked out by having no password.
    return this.#problemsOfMany(who, permission, [target], locksOut && this.#powers.accounts.needsPasswords)
  }

  /** What stands against deleting several at once. */
  async problemsOfRemoval(who: BaseUser, permission: string | null, targets: readonly BaseUser[]): Promise<Problem[]> {
    return this.#problemsOfMany(who, permission, targets, true)
  }

  /** What stands against switching several accounts on, or off. */
  async problemsOfSwitching(who: BaseUser, permission: string | null, targets: readonly BaseUser[], isActive: boolean): Promise<Problem[]> {
    return this.#problemsOfMany(who, permission, targets, !isActive)
  }

  async #problemsOfMany(who: BaseUser, permission: string | null, targets: readonly BaseUser[], areLeaving: boolean): Promise<Problem[]> {
    const standing = await this.#powers.read(
      who,
      targets.map((one) => one.pk),
    )
    const actor = await stillActing(standing.actor, permission)
    if (actor === null) return [problem('no_longer')]
    const accounts = targets.flatMap((one) => standing.of(one.pk) ?? [])
    if (accounts.length < targets.length) return [problem('no_longer')]
    return [...(await this.#problemsOfReach(actor, accounts)), ...(areLeaving ? await this.#problemsOfLeaving(accounts) : [])]
  }

  /** One’s own account is always within reach. */
  async #problemsOfReach(actor: Actor, accounts: readonly Account[]): Promise<Problem[]> {
    const others = accounts.filter((one) => String(one.user.pk) !== String(actor.user.pk))
    const stronger = await this.#powers.strongerAmong(actor, others)
    if (stronger.length === 0) return []
    const names = stronger.map((one) => one.user.getUsername())
    return [problem(names.length === 1 ? 'stronger' : 'stronger.several', { name: listedNames(names) })]
  }

  async #problemsOfGrants(actor: Actor, relations: PendingChange['relations']): Promise<Problem[]> {
    const problems: Problem[] = []
    const missing = await this.#powers.lacking(actor, (relations.get('userPermissions')?.added ?? []).map(Number))
    if (missing.length > 0) problems.push(problem('lacks.permissions', { names: await this.#powers.listed(missing) }, 'userPermissions'))
    const beyond = await this.#powers.lackingOfGroups(actor, relations.get('groups')?.added ?? [])
    if (beyond.length > 0) problems.push(problem('lacks.group', { names: await this.#powers.listed(beyond) }, 'groups'))
    return problems
  }

  /** The last active superuser stays: nobody else could give the site back. */
  async #problemsOfLeaving(accounts: readonly Account[]): Promise<Problem[]> {
    const superusers = accounts.filter((one) => one.isSuperuser && one.isActive)
    if (superusers.length === 0 || (await this.#powers.accounts.leavesSuperuser(superusers))) return []
    return [problem('last_superuser')]
  }
}

/** Who acts, if they still may come in and still have the permission: what was asked before the transaction may be over. */
export async function stillActing(actor: Actor | null, permission: string | null): Promise<Actor | null> {
  if (actor === null || !actor.isActive || !actor.isStaff) return null
  return permission === null || (await actor.user.hasPerm(permission as never)) ? actor : null
}

function problemsOfFlags(actor: Actor, before: Account | null, values: Readonly<Record<string, unknown>>): Problem[] {
  const given = values['isSuperuser']
  const isGiven = given !== undefined && given !== false && before?.isSuperuser !== true
  return isGiven && !actor.isUnlimited ? [problem('lacks.superuser', {}, 'isSuperuser')] : []
}

/** Whether a superuser would be one no more, or could not enter the admin. */
function losesPower(values: Readonly<Record<string, unknown>>): boolean {
  return ['isSuperuser', 'isActive', 'isStaff'].some((name) => name in values && values[name] !== true)
}
