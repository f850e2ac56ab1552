/**
 * Permissions and content types themselves. Their names are what code asks for: who could rename a permission they hold into another would
 * hold the other, and who deletes one takes it from everybody. So only who may grant everything touches more than the words people read (I6).
 * @module
 */

import { sql } from 'kysely'
import type { BaseUser } from '../../accounts/base-user.js'
import { ContentType } from '../../accounts/content-type.js'
import { Permission } from '../../accounts/permission.js'
import { problem, type Problem } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'
import type { PendingChange } from '../special.js'
import type { PowerReader } from './power.js'
import { stillActing } from './user-guard.js'

/** What somebody may change of a permission that is there, without being allowed to grant everything. */
const WORDS = 'name'

/** Says what stands against changes of permissions and content types. */
export class PermissionGuard {
  readonly #parts: AdminParts
  readonly #powers: PowerReader

  constructor(parts: AdminParts, powers: PowerReader) {
    this.#parts = parts
    this.#powers = powers
  }

  /** What stands against saving a permission: a new one of a new name, or other words for one that is there. */
  async problemsOfSave(who: BaseUser, permission: string | null, { row, values }: Pick<PendingChange, 'row' | 'values'>): Promise<Problem[]> {
    const actor = await stillActing((await this.#powers.read(who)).actor, permission)
    if (actor === null) return [problem('no_longer')]
    if (actor.isUnlimited) return []
    if (row !== null) return Object.keys(values).every((name) => name === WORDS) ? [] : [problem('lacks.everything')]
    return (await this.#isAskedForAlready(values)) ? [problem('lacks.name_in_use', {}, 'codename')] : []
  }

  /** What stands against anything else: deleting, and content types altogether. */
  async problemsOfAnything(who: BaseUser, permission: string | null): Promise<Problem[]> {
    const actor = await stillActing((await this.#powers.read(who)).actor, permission)
    if (actor === null) return [problem('no_longer')]
    return actor.isUnlimited ? [] : [problem('lacks.everything')]
  }

  /** Code asks by app and codename, whatever the model: a second of that name would grant the first, under words of its own. */
  async #isAskedForAlready(values: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { codename, contentType } = values
    const key = typeof contentType === 'object' && contentType !== null ? (contentType as { readonly pk?: unknown }).pk : contentType
    if (typeof codename !== 'string' || key === undefined) return false
    const rows = await this.#parts.registry.database.execute(
      sql`select 1 as ${sql.ref('found')} from ${sql.table(Permission.meta.table)} as ${sql.ref('p')} join ${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} on ${sql.ref('ct.id')} = ${sql.ref('p.content_type_id')} where ${sql.ref('p.codename')} = ${codename} and ${sql.ref('ct.app_label')} in (select ${sql.ref('app_label')} from ${sql.table(ContentType.meta.table)} where ${sql.ref('id')} = ${Number(key)}) limit 1`,
    )
    return rows.length > 0
  }
}
