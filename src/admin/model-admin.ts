/**
 * One model in the admin, settled once: what its pages are, who may do what with it, and how its values are shown.
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import { DateTime } from '../base/date-time.js'
import type { Manager } from '../database/manager.js'
import type { ColumnMeta, ModelMeta } from '../database/meta.js'
import { metaOf, type AnyModelClass, type Model } from '../database/model.js'
import type { AdminParts, Staff } from './admin-parts.js'
import { quoteKey } from './key-text.js'
import type { AdminOptions, ModelAdminOptions } from './options.js'
import { readKey } from './read-key.js'
import type { Registration } from './registry.js'
import type { SpecialModel } from './special.js'

/** What can be done with a model; each has a permission (P-1). */
export type ModelAction = 'add' | 'change' | 'delete' | 'view'

/** What somebody may do with a field. */
export type FieldAccess = 'edit' | 'view' | 'hidden'

/** Django's page size. */
const LIST_PER_PAGE = 100

/** A registered model. */
export class ModelAdmin {
  readonly model: AnyModelClass
  readonly meta: ModelMeta
  readonly options: ModelAdminOptions<AnyModelClass, never>
  readonly manager: Manager
  readonly special: SpecialModel
  readonly #parts: AdminParts
  readonly #site: AdminOptions
  readonly #readonly: ReadonlySet<string>
  readonly #excluded: ReadonlySet<string>

  constructor(parts: AdminParts, site: AdminOptions, { model, options }: Registration, special: SpecialModel) {
    this.#parts = parts
    this.#site = site
    this.model = model
    this.meta = model.meta
    this.options = options
    this.manager = parts.objects(model)
    this.special = special
    this.#readonly = new Set((options.readonlyFields as readonly unknown[] | undefined)?.filter((one) => typeof one === 'string'))
    this.#excluded = new Set(options.exclude as readonly string[] | undefined)
  }

  get listPerPage(): number {
    return this.options.listPerPage ?? LIST_PER_PAGE
  }

  /** The address of a page of this model: the list, `add`, or one below an object. */
  url(base: string, page = 'list', key?: unknown): string {
    const list = `${base}/${this.meta.appLabel}/${this.meta.modelName}/`
    if (page === 'list') return list
    return key === undefined ? `${list}${page}/` : `${list}${quoteKey(String(key))}/${page}/`
  }

  /** What people call one of them, and several, with a capital. */
  get title(): string {
    return capitalized(this.meta.verboseName)
  }

  get titlePlural(): string {
    return capitalized(this.meta.verboseNamePlural)
  }

  /** How one of them is called. */
  nameOf(row: Model): string {
    const given = (this.options.nameOf as ((row: Model) => string) | undefined)?.(row) ?? ''
    return given === '' ? plainName(row) : given
  }

  /** A value as text for people; the empty text's stand-in where it is missing. */
  display(value: unknown, column?: ColumnMeta): string {
    const choice = column?.field.settings.choices?.find(([one]) => one === value)
    if (choice !== undefined) return String(choice[1])
    if (value === null || value === undefined || value === '') return this.emptyValue
    if (value instanceof DateTime) return value.toISOString().slice(0, 16).replace('T', ' ')
    if (typeof value === 'boolean') return value ? 'Yes' : 'No'
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }

  get emptyValue(): string {
    return this.options.emptyValueDisplay ?? this.#site.emptyValueDisplay ?? '–'
  }

  /** The whole name of a permission on this model. */
  permission(action: ModelAction): string {
    return `${this.meta.appLabel}.${action}_${this.meta.modelName}`
  }

  /**
   * Whether somebody may do what takes this permission: one of the four, or a whole name, to a row or in general. Who is out of reach of them
   * stays so under any name but `view`.
   */
  async may(request: SiteRequest, permission: string, row: Model | null = null): Promise<boolean> {
    switch (permission) {
      case 'add':
        return (await this.canAdd(request)) && this.#reaches(request, row)
      case 'change':
        return this.canChange(request, row)
      case 'delete':
        return this.canDelete(request, row)
      case 'view':
        return this.canView(request, row)
      default:
        return (await (request.user as unknown as Staff).hasPerm(permission as never)) && this.#reaches(request, row)
    }
  }

  async canAdd(request: SiteRequest): Promise<boolean> {
    return this.options.hasAddPermission?.(request) ?? this.#holds(request, 'add')
  }

  async canChange(request: SiteRequest, row: Model | null = null): Promise<boolean> {
    return (await this.#mayChange(request, row)) && this.#reaches(request, row)
  }

  /** Who may change may look (AD-8), also at what is out of reach. */
  async canView(request: SiteRequest, row: Model | null = null): Promise<boolean> {
    const may = (this.options.hasViewPermission as Hook)?.(request, row) ?? this.#holds(request, 'view')
    return (await may) || this.#mayChange(request, row)
  }

  async canDelete(request: SiteRequest, row: Model | null = null): Promise<boolean> {
    const may = (this.options.hasDeletePermission as Hook)?.(request, row) ?? this.#holds(request, 'delete')
    return (await may) && this.#reaches(request, row)
  }

  /** Whether somebody may do anything with it: then it is in the index (AD-7). */
  async hasAny(request: SiteRequest): Promise<boolean> {
    return (await this.canView(request)) || (await this.canAdd(request)) || (await this.canDelete(request))
  }

  /** What somebody may do with a field of one of them, or of a new one. A hidden column (a password's hash) is nobody's. */
  async fieldAccess(request: SiteRequest, row: Model | null, name: string): Promise<FieldAccess> {
    const column = this.meta.column.get(name)
    const settings = column?.field.settings
    if (settings?.hidden === true || this.#excluded.has(name)) return 'hidden'
    const isCounted = settings?.kind === 'auto' || settings?.kind === 'bigAuto'
    if (isCounted) return row === null ? 'hidden' : 'view'
    const isFixed = settings !== undefined && (!settings.editable || settings.autoNow || settings.autoNowAdd || (settings.primaryKey && row !== null))
    const usual: FieldAccess = isFixed || this.#readonly.has(name) ? 'view' : 'edit'
    const hook = this.options.fieldPermission as
      | ((request: SiteRequest, row: Model | null, field: string) => FieldAccess | Promise<FieldAccess>)
      | undefined
    const asked = (await hook?.(request, row, name)) ?? usual
    const allowed = usual === 'view' && asked === 'edit' ? 'view' : asked
    if (allowed !== 'edit') return allowed
    const special = (await this.special.fieldAccess?.(request, row, name)) ?? 'edit'
    if (special !== 'edit') return special
    const may = row === null ? await this.canAdd(request) : await this.canChange(request, row)
    return may ? 'edit' : 'view'
  }

  /** The object of a key as an address has it; null where there is none. */
  async find(keyText: string): Promise<Model | null> {
    const pk = readKey(this.#parts.registry, this.meta, keyText)
    return pk === null ? null : this.manager.find({ pk } as never)
  }

  async #mayChange(request: SiteRequest, row: Model | null): Promise<boolean> {
    return (this.options.hasChangePermission as Hook)?.(request, row) ?? this.#holds(request, 'change')
  }

  async #reaches(request: SiteRequest, row: Model | null): Promise<boolean> {
    return row === null || this.special.reaches === undefined || this.special.reaches(request, row)
  }

  async #holds(request: SiteRequest, action: ModelAction): Promise<boolean> {
    return (request.user as unknown as Staff).hasPerm(this.permission(action) as never)
  }
}

type Hook = ((request: SiteRequest, row: Model | null) => boolean | Promise<boolean>) | undefined

/** What an object is called where nothing more is known of it: what its class says, its column `name`, or the model's name and the key. */
export function plainName(row: Model): string {
  const text = String(row)
  if (!/^\[object .*\]$/.test(text) && text !== '') return text
  const { name } = row as unknown as { readonly name?: unknown }
  return typeof name === 'string' && name !== '' ? name : `${capitalized(metaOf(row).verboseName)} ${String(row.pk)}`
}

/** The first letter as a capital; names of models are in lower case. */
export function capitalized(text: string): string {
  const [first = '', ...rest] = text
  return first.toLocaleUpperCase('en') + rest.join('') // rule: case-table: a heading is shown, never compared
}
