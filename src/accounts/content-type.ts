/**
 * Content types: one row for each model, named by its app and its lower-case name; what permissions hang on.
 * @module
 */

import { sql } from 'kysely'
import { DoesNotExist } from '../base/errors.js'
import { autoField, charField } from '../database/fields.js'
import type { Where } from '../database/filters.js'
import { Manager } from '../database/manager.js'
import type { ModelMeta } from '../database/meta.js'
import { model, type AnyModelClass, type DeletedRows, type FieldsOf, type Model } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import { isGrantAnyType } from './grant-any-type.js'

/** A model as the database knows it. */
export class ContentType extends model('contenttypes.ContentType', {
  table: 'django_content_type',
  verboseName: 'content type',
  fields: {
    id: autoField(),
    appLabel: charField({ maxLength: 100 }),
    model: charField({ maxLength: 100, label: 'python model class name' }),
  },
  uniqueTogether: [['appLabel', 'model']],
}) {
  /** App and model, which name it across databases. */
  naturalKey(): [appLabel: string, model: string] {
    return [this.appLabel, this.model]
  }

  override toString(): string {
    return `${this.appLabel} | ${this.model}`
  }
}

/** The content types of a site. Rows once read are remembered; `clearCache()` forgets them, as `migrate()` does. */
export class ContentTypeManager extends Manager<typeof ContentType> {
  readonly #known = new Map<string, ContentType>()

  constructor(registry: ModelRegistry) {
    super(registry, ContentType)
  }

  /** The content type of a model. Made if it is missing, so that permissions can hang on it. */
  async getForModel(model: AnyModelClass): Promise<ContentType> {
    const [one] = await this.getForModels(model)
    return one as ContentType
  }

  /** The content types of several models, in their order; at most three statements however many. */
  async getForModels(...models: readonly AnyModelClass[]): Promise<ContentType[]> {
    const found = new Map(this.#known)
    const missing = (): ModelMeta[] => models.map((one) => one.meta).filter((meta) => !found.has(nameOf(meta)))
    if (missing().length > 0) await this.#read(missing(), found)
    if (missing().length > 0) {
      await this.#make(missing())
      await this.#read(missing(), found)
    }
    return models.map((one) => found.get(nameOf(one.meta)) as ContentType)
  }

  /** The content type with this key, from memory if it was read before. Throws `DoesNotExist`. */
  async getForId(id: number): Promise<ContentType> {
    for (const one of this.#known.values()) if (one.id === id) return one
    const found = await this.get({ id })
    await this.#remember([found])
    return found
  }

  /** The content type of an app's model, both as the table spells them. Throws `DoesNotExist`. */
  async getByNaturalKey(appLabel: string, modelName: string): Promise<ContentType> {
    const found = this.#known.get(`${appLabel}.${modelName}`) ?? (await this.find({ appLabel, model: modelName }))
    if (found === null) throw new DoesNotExist(`There is no content type ${appLabel} | ${modelName}. Run migrate() if the model is new.`)
    await this.#remember([found])
    return found
  }

  /** @internal Makes the content type of this name where it is missing, also inside a transaction that somebody else does the same beside. */
  async ensure(appLabel: string, modelName: string): Promise<void> {
    await this.#make([{ appLabel, modelName }])
  }

  /** The class behind a content type, or null where this site has none: it is stale. */
  modelClass(contentType: ContentType): AnyModelClass | null {
    return this.registry.find(`${contentType.appLabel}.${contentType.model}`)
  }

  /**
   * Content types of no declared model. Only of the apps this site declares models in, unless `includeStaleApps`: the others belong to
   * whoever else uses the database, and deleting them takes their permissions and grants along (H-8). Nor the one of the admin's own permission,
   * which never had a model.
   */
  async stale(options: { readonly includeStaleApps?: boolean } = {}): Promise<ContentType[]> {
    const ours = new Set(this.registry.models.map((one) => one.meta.appLabel))
    const all = await this.all({ orderBy: ['appLabel', 'model'] })
    return all.filter((one) => this.modelClass(one) === null && !isGrantAnyType(one) && (options.includeStaleApps === true || ours.has(one.appLabel)))
  }

  /** Deletes stale content types with their permissions and every grant of these; tells how many rows went. */
  async removeStale(options: { readonly includeStaleApps?: boolean } = {}): Promise<DeletedRows> {
    const stale = await this.stale(options)
    return this.delete({ id: { in: stale.map((one) => one.id) } })
  }

  /** Forgets what was read. Needed only after rows were changed by another program. */
  clearCache(): void {
    this.#known.clear()
  }

  override async delete(where: Where<FieldsOf<typeof ContentType>>): Promise<DeletedRows> {
    const deleted = await super.delete(where)
    this.clearCache()
    return deleted
  }

  /** @internal */
  override async deleteObject(object: Model): Promise<DeletedRows> {
    const deleted = await super.deleteObject(object)
    this.clearCache()
    return deleted
  }

  async #read(metas: readonly ModelMeta[], found: Map<string, ContentType>): Promise<void> {
    const labels = [...new Set(metas.map((meta) => meta.appLabel))]
    const rows = await this.filter({ appLabel: { in: labels } })
    for (const one of rows) found.set(`${one.appLabel}.${one.model}`, one)
    await this.#remember(rows)
  }

  /** Not before the transaction is committed: rows of one that is undone were never there. */
  async #remember(rows: readonly ContentType[]): Promise<void> {
    await this.registry.database.onCommit(() => {
      for (const one of rows) this.#known.set(`${one.appLabel}.${one.model}`, one)
    })
  }

  /** Others may be making the same rows, a Django among them (H-9): whoever comes second changes nothing. */
  async #make(metas: readonly Pick<ModelMeta, 'appLabel' | 'modelName'>[]): Promise<void> {
    const { database } = this.registry
    const tuples = metas.map((meta) => sql`(${meta.appLabel}, ${meta.modelName})`)
    const insert = sql`insert into ${this.table} (${sql.ref('app_label')}, ${sql.ref('model')}) values ${sql.join(tuples)} ${database.dialect.onConflictDoNothing(['app_label', 'model'])}`
    await database.execute(insert)
  }
}

function nameOf(meta: ModelMeta): string {
  return `${meta.appLabel}.${meta.modelName}`
}
