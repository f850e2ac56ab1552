/**
 * What an application says of its admin, and of each model in it; Django's options under Django's names in camelCase.
 * @module
 */

import type { AnyModelClass, FieldsOf, InstanceOf } from '../database/model.js'
import type { SiteRequest } from '../authentication/site-request.js'

/** What an application may say of the admin as a whole. */
export interface AdminOptions {
  /** The name at the top of every page. Default: the site's name. Django's `site_header`. */
  readonly siteHeader?: string
  /** What the browser's tab says. Default: the header. */
  readonly siteTitle?: string
  /** The heading of the first page. */
  readonly indexTitle?: string
  /** Where “View site” leads; null for none. Default `/`. */
  readonly siteUrl?: string | null
  /** What stands where a value is missing. Default `–`. */
  readonly emptyValueDisplay?: string
  /**
   * Lets staff grant what they lack and edit who is stronger, as Django does: whoever may change users can then make themselves a superuser.
   * Default false. The permission `portcullis.grant_any_permission` does the same for single persons.
   */
  readonly allowEscalation?: boolean
  /** Stylesheets after ours, as paths of this site. */
  readonly stylesheets?: readonly string[]
  /** The language of the pages, for `<html lang>` and dates. Default `en`. */
  readonly language?: string
}

/** A column's property name. */
export type ColumnName<M> = keyof FieldsOf<M> & string
/** A column of this model or, behind a relation's name and a dot, of the one it points to: `owner.username`. */
export type ListPath<M> = ColumnName<M> | `${ColumnName<M>}.${string}`

/** A column of the list that is computed. */
export interface ComputedColumn<Row> {
  /** The heading. */
  readonly label: string
  readonly value: (row: Row) => unknown
  /** The property to order by, `-` before it for the reverse. */
  readonly ordering?: string
  /** Shows a tick or a cross. */
  readonly boolean?: boolean
}

/** A search field with Django's prefixes: `^` begins with, `=` is exactly, none for contains (AD-12). */
export type SearchField<M> = ListPath<M> | `^${ListPath<M>}` | `=${ListPath<M>}`

/** A filter of the application's own. */
export interface CustomFilter {
  readonly label: string
  /** The parameter in the address. */
  readonly parameter: string
  readonly choices: readonly (readonly [value: string, label: string])[]
  /** The condition a chosen value stands for, as managers take it. */
  readonly where: (value: string) => Readonly<Record<string, unknown>>
}

/** What can be done to several at once. */
export interface AdminAction<Row> {
  /** Names it in the form. */
  readonly name: string
  readonly label: string
  /** The permission it takes, in general and on each of the rows: `add`, `change`, `delete`, `view`, or a whole name. Default `change`. */
  readonly permission?: string
  /** Asks before it is done, with this question. */
  readonly confirm?: string
  /** Does it; returns what to say afterwards. Runs in a transaction, with the rows read again and held. */
  readonly run: (rows: readonly Row[], request: SiteRequest) => Promise<string | void>
}

/** Something on the change page that is worked out from the object, and only shown. A new object has none yet. */
export interface ComputedField<Row> {
  readonly label: string
  /** Shown as text; nothing at all as the stand-in for what is empty. */
  readonly value: (row: Row) => unknown
}

/** What may stand on the change page: a field by its name, or what is worked out. */
export type FormField<M, Row> = FormFieldName<M> | ComputedField<Row>

/** A group of fields on the change page. */
export interface Fieldset<M, Row = never> {
  readonly title?: string
  readonly description?: string
  /** Those of an inner list stand side by side. */
  readonly fields: readonly (FormField<M, Row> | readonly FormField<M, Row>[])[]
  /** Folded until it is opened. */
  readonly collapsed?: boolean
}

/** A column or a many-to-many relation. */
export type FormFieldName<M> = keyof FieldsOf<M> & string

/** Rows of another model on the same page. */
export interface InlineOptions<C extends AnyModelClass = AnyModelClass> {
  readonly model: C
  /** The foreign key that points here, where there are several. */
  readonly foreignKey?: string
  readonly fields?: readonly string[]
  readonly readonlyFields?: readonly string[]
  /** Empty rows to fill in. Default 1; 0 for a one-to-one. */
  readonly extra?: number
  /** The most rows there may be. Default 100. */
  readonly max?: number
  readonly canDelete?: boolean
  readonly title?: string
}

/** What may be asked of one object, or of the model where none is given. */
export type ObjectPermission<Row> = (request: SiteRequest, row: Row | null) => boolean | Promise<boolean>

/** What an application may say of one model. Django's `ModelAdmin`. */
export interface ModelAdminOptions<M extends AnyModelClass = AnyModelClass, Row = InstanceOf<M>> {
  readonly listDisplay?: readonly (ListPath<M> | ComputedColumn<Row>)[]
  /** Columns that lead to the change page. Default: the first. */
  readonly listDisplayLinks?: readonly ListPath<M>[] | null
  /** Columns that can be changed in the list. */
  readonly listEditable?: readonly ColumnName<M>[]
  readonly listFilter?: readonly (ListPath<M> | CustomFilter)[]
  readonly searchFields?: readonly SearchField<M>[]
  /** What the search box says. */
  readonly searchHelpText?: string
  /** A date to go down by: year, month, day. */
  readonly dateHierarchy?: ColumnName<M>
  readonly ordering?: readonly (ColumnName<M> | `-${ColumnName<M>}`)[]
  /** Default 100. */
  readonly listPerPage?: number
  readonly actions?: readonly AdminAction<Row>[]
  /** Fields in their order; those of an inner list stand side by side. */
  readonly fields?: readonly (FormField<M, Row> | readonly FormField<M, Row>[])[]
  readonly fieldsets?: readonly Fieldset<M, Row>[]
  readonly exclude?: readonly FormFieldName<M>[]
  /** Fields that are only shown. What is worked out from the object, `{ label, value: (row) => … }`, stands behind the others here, or where `fields` has it. */
  readonly readonlyFields?: readonly FormField<M, Row>[]
  /** Relations that are looked for as one types, and are never loaded whole. Relations over large tables do that by themselves. */
  readonly autocompleteFields?: readonly FormFieldName<M>[]
  /** Many-to-many relations as two panes. */
  readonly filterHorizontal?: readonly FormFieldName<M>[]
  readonly inlines?: readonly InlineOptions[]
  /** Text fields filled in from others while somebody types: `{ slug: ['name'] }`. */
  readonly prepopulatedFields?: Readonly<Partial<Record<ColumnName<M>, readonly ColumnName<M>[]>>>
  /** Whether the change page offers to save what it holds as a new one; it takes the right to add. Default false. */
  readonly saveAs?: boolean
  /** How one of them is called. Default: its `toString()`, or the model's name and the key. */
  readonly nameOf?: (row: Row) => string
  /** Where one of them is seen on the site. */
  readonly viewOnSite?: (row: Row) => string | null
  readonly emptyValueDisplay?: string
  readonly hasAddPermission?: (request: SiteRequest) => boolean | Promise<boolean>
  readonly hasViewPermission?: ObjectPermission<Row>
  readonly hasChangePermission?: ObjectPermission<Row>
  readonly hasDeletePermission?: ObjectPermission<Row>
  /** What somebody may do with one field of one object. Default: what the fields' options say. */
  readonly fieldPermission?: (
    request: SiteRequest,
    row: Row | null,
    field: FormFieldName<M>,
  ) => 'edit' | 'view' | 'hidden' | Promise<'edit' | 'view' | 'hidden'>
  /**
   * Runs inside the transaction, before anything is written, wherever one of them is saved: by a form, as a row on another page, in the list, by
   * the actions that switch accounts on and off, in the matrix of groups. Throws a `ValidationError` to refuse.
   */
  readonly beforeSave?: (row: Row | null, values: Readonly<Record<string, unknown>>, request: SiteRequest) => void | Promise<void>
  readonly afterSave?: (row: Row, request: SiteRequest) => void | Promise<void>
  /** Not in the index and the side bar. */
  readonly hidden?: boolean
}
