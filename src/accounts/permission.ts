/**
 * Permissions: rows that administrators can grant, each named by its content type's app and a codename.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { DoesNotExist, ImproperlyConfigured, MultipleObjectsReturned, problem, ValidationError } from '../base/errors.js'
import { autoField, charField, foreignKey } from '../database/fields.js'
import { readOrder, type QueryOptions, type Where } from '../database/filters.js'
import { Manager, pageOf } from '../database/manager.js'
import { model, Model, type FieldsOf } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import { ContentType } from './content-type.js'

/** The right to do one thing. */
export class Permission extends model('auth.Permission', {
  fields: {
    id: autoField(),
    name: charField({ maxLength: 255 }),
    contentType: foreignKey(() => ContentType, { label: 'content type' }),
    codename: charField({ maxLength: 100 }),
  },
  uniqueTogether: [['contentType', 'codename']],
}) {
  override toString(): string {
    return this.name
  }
}

/** What creating a permission takes. */
export interface NewPermission {
  /** Up to 100 characters, unique for its content type: `can_export`. */
  readonly codename: string
  /** What people read, up to 255 characters. */
  readonly name: string
  readonly contentType: ContentType | number
}

/** Conditions on permissions; `appLabel` is the content type's. */
export type PermissionWhere = Where<FieldsOf<typeof Permission>> & { readonly appLabel?: string }

/** The permissions of a site, in Django's order: by app, model and codename (DM-1). `P` are their names where they are known. */
export class PermissionManager<P extends string = string> extends Manager<typeof Permission> {
  constructor(registry: ModelRegistry) {
    super(registry, Permission)
  }

  /**
   * The one permission with this name, or that fits. A name may belong to several models of an app (their codenames are only
   * unique for each model): then `MultipleObjectsReturned` asks for the content type.
   *
   * @example
   * await auth.permissions.get('shop.add_product')
   * await auth.permissions.get({ codename: 'add_product' })
   */
  override async get(asked: P | PermissionWhere): Promise<Permission> {
    const found = await this.find(asked)
    if (found === null)
      throw new DoesNotExist(
        `There is no permission ${typeof asked === 'string' ? `“${asked}”` : 'that fits'}. Permissions are made by migrate() from the models, or with permissions.create().`,
      )
    return found
  }

  /** The same, or null. */
  override async find(asked: P | PermissionWhere): Promise<Permission | null> {
    const found = await this.filter(typeof asked === 'string' ? nameToWhere(asked) : asked, { limit: 2 })
    if (found.length > 1)
      throw new MultipleObjectsReturned('More than one permission fits: a codename is unique only for one model. Name the contentType too.')
    return found[0] ?? null
  }

  override async filter(where: PermissionWhere, options: QueryOptions<FieldsOf<typeof Permission>> = {}): Promise<Permission[]> {
    return this.#ordered(where, options)
  }

  override async all(options: QueryOptions<FieldsOf<typeof Permission>> = {}): Promise<Permission[]> {
    return this.#ordered({}, options)
  }

  /** Makes a permission of the application's own. Throws `UniqueViolation` when the model has one of that codename. */
  override async create(values: NewPermission): Promise<Permission> {
    if (values.codename === '') throw new ValidationError(problem('blank', {}, 'codename'))
    return this.insertOne(values)
  }

  /** The permission across databases (U-17). Throws `DoesNotExist`. */
  async getByNaturalKey(codename: string, appLabel: string, modelName: string): Promise<Permission> {
    const rows = await this.#join(
      sql`${sql.ref('ct.app_label')} = ${appLabel} and ${sql.ref('ct.model')} = ${modelName} and ${sql.ref('p.codename')} = ${codename}`,
    )
    const [row] = rows
    if (row === undefined) throw new DoesNotExist(`There is no permission ${appLabel} | ${modelName} | ${codename}.`)
    return this.load(row)
  }

  /** The name by which a permission is asked for: its content type's app, a dot, its codename (P-4). */
  async nameOf(permission: Permission): Promise<string> {
    const rows = await this.registry.database.execute(
      sql<{
        app: string
      }>`select ${sql.ref('app_label')} as ${sql.ref('app')} from ${sql.table(ContentType.meta.table)} where ${sql.ref('id')} = ${permission.contentType}`,
    )
    return `${rows[0]?.app ?? ''}.${permission.codename}`
  }

  /** @internal The keys that stand for permissions, keys or names: one statement for all the names. Throws `DoesNotExist` for a name nobody has. */
  async keysOf(items: readonly unknown[]): Promise<number[]> {
    const names = items.filter((one): one is string => typeof one === 'string')
    const known = await this.#keysByName(names)
    return items.flatMap((one) => {
      if (typeof one === 'number') return [one]
      if (one instanceof Permission) return [one.id]
      // Keys are numbers everywhere: a group's would name some permission too.
      if (typeof one !== 'string') {
        const given = one instanceof Model ? `a ${one.constructor.name}` : typeof one
        throw new ImproperlyConfigured(`Permissions are granted as Permission objects, their keys or names such as 'shop.add_product'; got ${given}.`)
      }
      const keys = known.get(one)
      if (keys === undefined)
        throw new DoesNotExist(`There is no permission “${one}”. Permissions are made by migrate() from the models, or with permissions.create().`)
      if (keys.length > 1) throw new MultipleObjectsReturned(`More than one model of the app has a permission “${one}”. Pass the Permission itself.`)
      return keys
    })
  }

  async #keysByName(names: readonly string[]): Promise<Map<string, number[]>> {
    const keys = new Map<string, number[]>()
    if (names.length === 0) return keys
    const pairs = names.map(splitName).map(([app, codename]) => sql`(${sql.ref('ct.app_label')} = ${app} and ${sql.ref('p.codename')} = ${codename})`)
    const query = sql<{
      id: number
      app: string
      codename: string
    }>`select ${sql.ref('p.id')} as ${sql.ref('id')}, ${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('p.codename')} as ${sql.ref('codename')} from ${FROM} where ${sql.join(pairs, sql` or `)}`
    for (const { id, app, codename } of await this.registry.database.execute(query))
      keys.set(`${app}.${codename}`, [...(keys.get(`${app}.${codename}`) ?? []), Number(id)])
    return keys
  }

  async #ordered({ appLabel, ...where }: PermissionWhere, options: QueryOptions<FieldsOf<typeof Permission>>): Promise<Permission[]> {
    const terms = this.terms(where, 'p')
    const conditions = terms.map((one) => one.toSql())
    if (appLabel !== undefined) conditions.push(sql`${sql.ref('ct.app_label')} = ${appLabel}`)
    const { orderBy } = options
    const order = orderBy === undefined ? USUAL_ORDER : readOrder(this.meta, typeof orderBy === 'string' ? [orderBy] : orderBy, 'p').toSql()
    const rows = await this.#join(conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `), sql`${order}${pageOf(options).toSql()}`)
    return rows.map((row) => this.load(row))
  }

  async #join(where: RawBuilder<unknown>, tail: RawBuilder<unknown> = USUAL_ORDER): Promise<Record<string, unknown>[]> {
    const query = sql<Record<string, unknown>>`select ${this.selectList('p')} from ${FROM} where ${where}${tail}`
    return this.registry.database.execute(query)
  }
}

const USUAL_ORDER = sql` order by ${sql.ref('ct.app_label')}, ${sql.ref('ct.model')}, ${sql.ref('p.codename')}`

/** Permissions with their content types: what every question about names joins. */
const FROM = sql`${sql.table('auth_permission')} as ${sql.ref('p')} join ${sql.table('django_content_type')} as ${sql.ref('ct')} on ${sql.ref('ct.id')} = ${sql.ref('p.content_type_id')}`

/** An app's label has no dot, a codename may: the first dot divides. */
export function splitName(name: string): [appLabel: string, codename: string] {
  const dot = name.indexOf('.')
  return dot < 0 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

function nameToWhere(name: string): PermissionWhere {
  const [appLabel, codename] = splitName(name)
  return { appLabel, codename }
}
