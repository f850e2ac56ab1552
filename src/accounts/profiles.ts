/**
 * Profiles: one row of the application's own for each user, made in the transaction that makes the user.
 * @module
 */

import { sql } from 'kysely'
import { DoesNotExist, ImproperlyConfigured, IntegrityError } from '../base/errors.js'
import { Manager } from '../database/manager.js'
import type { ColumnMeta } from '../database/meta.js'
import type { AnyModelClass, FieldsOf, Model } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import type { Where } from '../database/filters.js'
import { BaseUser } from './base-user.js'

/** How many missing profiles one round of `backfill()` makes. */
const ROUND = 1000

/** The profiles of a site. */
export class ProfileManager<M extends AnyModelClass = AnyModelClass, I extends Model = InstanceType<M>> extends Manager<M, I> {
  readonly #user: ColumnMeta
  readonly #userTable: string
  readonly #userKey: string

  constructor(registry: ModelRegistry, model: M, user: AnyModelClass) {
    super(registry, model)
    const link = model.meta.columns.find(
      (one) =>
        one.field.settings.kind === 'oneToOne' && one.field.settings.to !== null && registry.targetOf(model.meta, one.field.settings.to) === user,
    )
    if (link === undefined)
      throw new ImproperlyConfigured(
        `The profile ${model.label} has no one-to-one field to ${user.label}. Add \`user: oneToOneField(() => ${user.meta.name})\`.`,
      )
    const demanding = model.meta.columns.filter((one) => one !== link && one.field.isRequired)
    if (demanding.length > 0)
      throw new ImproperlyConfigured(
        `A profile is made together with its user, so ${demanding.map((one) => `${model.label}.${one.name}`).join(', ')} must not be required: give a default, or \`blank\` or \`null\`.`,
      )
    this.#user = link
    this.#userTable = user.meta.table
    this.#userKey = user.meta.primaryKey?.column ?? 'id'
  }

  /** @internal The property that says whose profile it is. */
  get userField(): string {
    return this.#user.name
  }

  /**
   * The profile of a user, or the one that fits. A user who has none yet, because another program made the account, gets one.
   *
   * @example
   * const profile = await auth.profiles.get(ada)
   * await profile.update({ bio: 'Enchantress of numbers' })
   */
  override async get(asked: BaseUser | Where<FieldsOf<M>>): Promise<I> {
    if (!(asked instanceof BaseUser)) return super.get(asked)
    const where = { [this.#user.name]: asked }
    const found = await this.select(where, { limit: 1 })
    if (found[0] !== undefined) return found[0]
    try {
      await this.makeFor([asked.pk])
    } catch (error) {
      // The profile's key points to nobody any more.
      if (error instanceof IntegrityError) throw new DoesNotExist('This user is no longer in the database.', { cause: error })
      throw error
    }
    return super.get(where as Where<FieldsOf<M>>)
  }

  /** Makes a profile for every user who has none; returns how many. Runs after each migration. */
  async backfill(): Promise<number> {
    const missing = sql<{
      key: unknown
    }>`select ${sql.ref('u')}.${sql.ref(this.#userKey)} as ${sql.ref('key')} from ${sql.table(this.#userTable)} as ${sql.ref('u')} left join ${this.table} as ${sql.ref('p')} on ${sql.ref('p')}.${sql.ref(this.#user.column)} = ${sql.ref('u')}.${sql.ref(this.#userKey)} where ${sql.ref('p')}.${sql.ref(this.#user.column)} is null limit ${ROUND}`
    for (let made = 0; ;) {
      const rows = await this.registry.database.execute(missing)
      if (rows.length === 0) return made
      await this.makeFor(rows.map((row) => row.key))
      made += rows.length
    }
  }

  /** @internal Makes profiles for users by key; a user who has one keeps it, whoever was first (one per user is the database's to keep). */
  async makeFor(userKeys: readonly unknown[]): Promise<void> {
    await this.insertMany(
      userKeys.map((key) => ({ [this.#user.name]: key })),
      [this.#user.column],
    )
  }
}
