/**
 * Rows of another model on the page of one object, as they were declared: which model, by which foreign key, under which names.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { ColumnMeta } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import { ModelAdmin } from '../model-admin.js'
import type { InlineOptions, ModelAdminOptions } from '../options.js'
import type { AdminVisit } from '../visit.js'
import { usualNames } from './layout.js'

/** As many rows as a page bears, unless somebody says otherwise. */
const MOST_ROWS = 100

/** Rows of another model, settled. */
export interface InlineSet {
  /** What the names of its fields begin with: `orderline_set`, or `profile` where there is one. */
  readonly prefix: string
  /** What may be done with its rows. */
  readonly admin: ModelAdmin
  /** The model's own admin; null where it is not registered. */
  readonly registered: ModelAdmin | null
  /** The column that points here. */
  readonly link: ColumnMeta
  /** A one-to-one relation has one row at most. */
  readonly isSingle: boolean
  readonly names: readonly string[]
  readonly extra: number
  readonly max: number
  readonly canDelete: boolean
  readonly title: string
}

/** What may be done with the rows of a set. */
export interface InlineRights {
  readonly mayView: boolean
  readonly mayAdd: boolean
  readonly mayChange: boolean
  readonly mayDelete: boolean
}

const settled = new WeakMap<ModelAdmin, readonly InlineSet[]>()

/** The sets of a model's page. */
export function inlineSetsOf(visit: AdminVisit, admin: ModelAdmin): readonly InlineSet[] {
  const known = settled.get(admin)
  if (known !== undefined) return known
  const taken = new Set<string>()
  const sets = (admin.options.inlines ?? []).map((one) => inlineSet(visit, admin, one, taken))
  settled.set(admin, sets)
  return sets
}

/** What this visitor may do with rows of a set, whichever they are. */
export async function inlineRights(visit: AdminVisit, { admin, canDelete }: InlineSet): Promise<InlineRights> {
  return {
    mayView: await admin.canView(visit.request),
    mayAdd: await admin.canAdd(visit.request),
    mayChange: await admin.canChange(visit.request),
    mayDelete: canDelete && (await admin.canDelete(visit.request)),
  }
}

function inlineSet(visit: AdminVisit, parent: ModelAdmin, options: InlineOptions, taken: Set<string>): InlineSet {
  const { meta } = options.model
  const link = linkOf(visit, parent, options)
  const registered = visit.admin.of(options.model)
  const isSingle = link.field.settings.kind === 'oneToOne' || link.field.settings.unique
  const admin = new ModelAdmin(
    visit.parts,
    visit.admin.options,
    { model: options.model, options: adminOptions(options, registered) },
    registered?.special ?? {},
  )
  const names = (options.fields ?? usualNames(admin)).filter((name) => name !== link.name && !meta.relations.some((one) => one.name === name))
  for (const name of options.fields ?? []) {
    if (meta.column.has(name)) continue
    const why = meta.relations.some((one) => one.name === name) ? 'a relation to many, which has a page of its own' : 'none of its columns'
    throw new ImproperlyConfigured(`The rows of ${meta.label} on the page of ${parent.meta.label} name “${name}”: ${why}.`)
  }
  return {
    prefix: freshPrefix(isSingle ? meta.modelName : `${meta.modelName}_set`, taken),
    admin,
    registered,
    link,
    isSingle,
    names,
    extra: isSingle ? 1 : (options.extra ?? 1),
    max: isSingle ? 1 : (options.max ?? MOST_ROWS),
    canDelete: options.canDelete ?? !isSingle,
    title: options.title ?? (isSingle ? admin.title : admin.titlePlural),
  }
}

/** The foreign key that points to the parent; where there are several, the options name one. */
function linkOf({ parts: { registry } }: AdminVisit, parent: ModelAdmin, { model: { meta }, foreignKey }: InlineOptions): ColumnMeta {
  const links = meta.columns.filter(({ field: { settings } }) => settings.to !== null && registry.targetOf(meta, settings.to) === parent.model)
  const named = foreignKey === undefined ? links : links.filter((one) => one.name === foreignKey)
  const [only] = named
  if (only !== undefined && named.length === 1) return only
  const found = links.map((one) => one.name).join(', ') || 'none'
  throw new ImproperlyConfigured(
    `Rows of ${meta.label} on the page of ${parent.meta.label} need one foreign key that points there; it has: ${found}. Name it as \`foreignKey\`.`,
  )
}

/** Options of a model's own admin that hold for its rows on other pages too. */
const SHARED = [
  'nameOf',
  'emptyValueDisplay',
  'hasAddPermission',
  'hasViewPermission',
  'hasChangePermission',
  'hasDeletePermission',
  'fieldPermission',
  'exclude',
  'beforeSave',
  'afterSave',
] as const

/** Permissions are those of the model's own admin, where it has one. */
function adminOptions({ readonlyFields }: InlineOptions, registered: ModelAdmin | null): ModelAdminOptions<never, never> {
  const own = readonlyFields === undefined ? {} : { readonlyFields }
  if (registered === null) return own as ModelAdminOptions<never, never>
  const shared = SHARED.map((name) => [name, registered.options[name]] as const)
  return { ...Object.fromEntries(shared.filter(([, value]) => value !== undefined)), ...own } as ModelAdminOptions<never, never>
}

function freshPrefix(wanted: string, taken: Set<string>): string {
  let prefix = wanted
  for (let number = 2; taken.has(prefix); number += 1) prefix = `${wanted}_${number}`
  taken.add(prefix)
  return prefix
}

/** The rows of a set that belong to an object, the oldest first, no more than a page bears and one to tell that there are more. */
export async function rowsOf({ admin, link, max }: InlineSet, parent: Model): Promise<Model[]> {
  const order = admin.meta.ordering.length > 0 ? {} : { orderBy: admin.meta.primaryKey?.name ?? 'pk' }
  return admin.manager.filter({ [link.name]: parent.pk } as never, { ...order, limit: max + 1 } as never)
}
