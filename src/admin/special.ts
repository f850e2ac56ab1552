/**
 * What some models have in the admin beyond what all have: users, groups and permissions bring pages of their own, and a say in what is saved.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { SiteRequest } from '../authentication/site-request.js'
import type { Problem } from '../base/errors.js'
import type { Model } from '../database/model.js'
import type { FieldAccess, ModelAdmin } from './model-admin.js'
import type { AdminHandler, AdminVisit } from './visit.js'

/** A page by method; HEAD is GET without a body. */
export interface AdminPageHandlers {
  readonly GET?: AdminHandler
  readonly POST?: AdminHandler
}

/** A link beside the change page of an object. */
export interface ObjectTab {
  /** Names the page: `change`, `history`, or one of `objectPages`. */
  readonly page: string
  readonly label: string
  readonly href: string
}

/** What a form would do to one relation. Keys, not objects. */
export interface RelationChange {
  readonly added: readonly unknown[]
  readonly removed: readonly unknown[]
}

/** What a form would do to rows of another model on the same page. */
export interface InlineChange {
  readonly admin: ModelAdmin
  readonly added: readonly Readonly<Record<string, unknown>>[]
  readonly changed: readonly { readonly row: Model; readonly values: Readonly<Record<string, unknown>> }[]
  readonly deleted: readonly Model[]
}

/** A change that is about to be saved. */
export interface PendingChange {
  readonly admin: ModelAdmin
  /** Null for a new one. */
  readonly row: Model | null
  /** The columns that change, by property name. */
  readonly values: Readonly<Record<string, unknown>>
  readonly relations: ReadonlyMap<string, RelationChange>
  readonly inlines: readonly InlineChange[]
}

/** What a model brings. Ordinary models bring nothing. */
export interface SpecialModel {
  /** Pages below one object: `<key>/<name>/`. */
  readonly objectPages?: Readonly<Record<string, AdminPageHandlers>>
  /** Pages beside `add/`: `<name>/`. */
  readonly modelPages?: Readonly<Record<string, AdminPageHandlers>>
  readonly tabs?: (visit: AdminVisit, row: Model) => Promise<readonly ObjectTab[]>
  /** In place of the page that adds one. */
  readonly add?: AdminPageHandlers
  /** Links beside the heading of the list. */
  readonly listTools?: (visit: AdminVisit) => Promise<readonly { readonly label: string; readonly href: string }[]>
  /** Actions of the list besides deleting. */
  readonly actions?: readonly {
    readonly name: string
    readonly label: string
    readonly run: (visit: AdminVisit, rows: readonly Model[]) => Promise<string>
  }[]
  /** Its rows go with what they belong to, whoever may delete them otherwise: the history of an account goes with the account (AD-23). */
  readonly goesAlong?: boolean
  /** Whether who is asking may touch this object at all, their permission on its model apart; `canChange` and `canDelete` ask it. */
  readonly reaches?: (request: SiteRequest, row: Model) => Promise<boolean>
  /** Settles for several objects at once what `reaches` would be asked of each. */
  readonly preload?: (request: SiteRequest, rows: readonly Model[]) => Promise<void>
  /** What somebody may do with a field, where it is less than usual; null for as usual. `ModelAdmin.fieldAccess` asks it. */
  readonly fieldAccess?: (request: SiteRequest, row: Model | null, field: string) => Promise<FieldAccess | null>
  /** Above the form of an object: something to know before it is changed. */
  readonly note?: (visit: AdminVisit, row: Model) => Promise<JSX.Element | null>
  /**
   * First thing in the writing transaction, before any row is locked or read for it: waits for the turn of who changes rights, and holds what
   * has to be held, so that two who change each other at once wait and do not stand in each other's way. Called with no rows where others may
   * have to be held later on.
   */
  readonly hold?: (visit: AdminVisit, rows: readonly Model[]) => Promise<void>
  /** Inside the writing transaction, after `hold`: what stands against a change; null or nothing where it may be saved. */
  readonly guardSave?: (visit: AdminVisit, change: PendingChange) => Promise<readonly Problem[] | null>
  /** Inside the writing transaction: what stands against deleting these. */
  readonly guardDelete?: (visit: AdminVisit, rows: readonly Model[]) => Promise<readonly Problem[] | null>
  /** Before anything is saved: what the change would mean, to be confirmed; null where it needs no words. */
  readonly preview?: (visit: AdminVisit, change: PendingChange) => Promise<JSX.Element | null>
  /** What choosers call several of them, in their order and in one statement for all; where one's own name tells too little. */
  readonly labels?: (visit: AdminVisit, rows: readonly Model[]) => Promise<readonly string[]>
  /** What is shown in place of a field of the change page, a hidden one (a password) too; null for the field as usual. */
  readonly fieldContent?: (visit: AdminVisit, row: Model | null, field: string) => Promise<JSX.Element | null>
}
