/**
 * Groups: names under which permissions are granted to many at once.
 * @module
 */

import { sql } from 'kysely'
import { DoesNotExist } from '../base/errors.js'
import { autoField, charField, manyToManyField } from '../database/fields.js'
import { Manager } from '../database/manager.js'
import { model, type Model, type Relation } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import { ContentType } from './content-type.js'
import type { PermissionManager } from './permission.js'
import { Permission } from './permission.js'
import type { permissionNames, PermissionOf } from './permission-names.js'
import { PermissionRelation, type ChangeListener } from './permission-relation.js'

/** What a group is declared with. */
const base = model('auth.Group', {
  fields: {
    id: autoField(),
    name: charField({ maxLength: 150, unique: true }),
    permissions: manyToManyField(() => Permission, { blank: true }),
  },
})

/** A named set of permissions; users in it may what it may. */
export class Group extends base {
  declare readonly [permissionNames]?: string
  /** Takes permissions, their keys, or names: `add('shop.add_product')`. */
  declare readonly permissions: Relation<typeof Permission, Permission | number | PermissionOf<this>>

  /** The name, which is what names a group across databases. */
  naturalKey(): [name: string] {
    return [this.name]
  }

  override toString(): string {
    return this.name
  }
}

/** What creating a group takes; `permissions` are granted in the same transaction. */
export interface NewGroup<P extends string = string> {
  /** Up to 150 characters, unique. */
  readonly name: string
  readonly permissions?: readonly (Permission | number | P)[]
}

/** The groups of a site. */
export class GroupManager<P extends string = string, G extends Group = Group> extends Manager<typeof Group, G> {
  readonly #permissions: PermissionManager
  readonly #changed: (group: Group) => ChangeListener

  constructor(registry: ModelRegistry, permissions: PermissionManager, changed: (group: Group) => ChangeListener) {
    super(registry, Group)
    this.#permissions = permissions
    this.#changed = changed
  }

  /**
   * Makes a group. Throws `UniqueViolation` when the name is taken.
   *
   * @example
   * const editors = await auth.groups.create({ name: 'editors', permissions: ['shop.change_product'] })
   */
  override async create(values: NewGroup<P>): Promise<G> {
    const { permissions, ...columns } = values
    if (permissions === undefined || permissions.length === 0) return this.insertOne(columns)
    return this.registry.database.atomic(async () => {
      const group = await this.insertOne(columns)
      await group.permissions.add(...(permissions as readonly never[]))
      return group
    })
  }

  /** The group of this name. Throws `DoesNotExist`. */
  async getByNaturalKey(name: string): Promise<G> {
    const group = await this.find({ name })
    if (group === null) throw new DoesNotExist(`There is no group “${name}”.`)
    return group
  }

  /** @internal The names of all that these groups grant, in one statement. */
  async namesGrantedBy(keys: readonly number[]): Promise<readonly string[]> {
    const relation = this.meta.relations.find((one) => one.name === 'permissions')
    if (relation === undefined || keys.length === 0) return []
    const { table, sourceColumn, targetColumn } = this.registry.through(this.model, relation)
    const of = (alias: string, column: string) => sql.ref(`${alias}.${column}`)
    const rows = await this.registry.database.execute(
      sql<{
        app: string
        codename: string
      }>`select distinct ${of('ct', 'app_label')} as ${sql.ref('app')}, ${of('p', 'codename')} as ${sql.ref('codename')}
        from ${sql.table(table)} as ${sql.ref('gp')}
        join ${sql.table(Permission.meta.table)} as ${sql.ref('p')} on ${of('p', 'id')} = ${of('gp', targetColumn)}
        join ${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} on ${of('ct', 'id')} = ${of('p', 'content_type_id')}
        where ${of('gp', sourceColumn)} in (${sql.join(keys)})`,
    )
    return rows.map((one) => `${one.app}.${one.codename}`)
  }

  /** @internal */
  override relationOf(object: Model, name: string): unknown {
    if (name !== 'permissions') return super.relationOf(object, name)
    const relation = this.meta.relations.find((one) => one.name === name)
    if (relation === undefined) return super.relationOf(object, name)
    const through = this.registry.through(this.model, relation)
    return new PermissionRelation(
      { registry: this.registry, through, ownerKey: object.pk, target: this.#permissions },
      this.#changed(object as Group),
    )
  }
}
