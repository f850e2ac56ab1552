/**
 * What deleting objects would mean to who asks: everything that goes with them, named as far as they may see it, and what stands in the way:
 * rows that are protected, and models whose rows they may not delete (AD-10).
 * @module
 */

import { PermissionDenied, problem, ValidationError } from '../../base/errors.js'
import { planDeletion, type DeletionPlan, type DoomedRows, type TouchedRows } from '../../database/deletion-plan.js'
import type { Model } from '../../database/model.js'
import type { AnyModelClass } from '../../database/model.js'
import { targetOf } from '../change/targets.js'
import { capitalized, type ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** So many are named of each kind. */
export const MOST_NAMED = 100

/** An object, as it is named. */
export interface NamedRow {
  readonly label: string
  /** Its page; null for who may not open it. */
  readonly href: string | null
}

/** Objects of one model. */
export interface NamedRows {
  /** What people call them, with a capital. */
  readonly title: string
  readonly count: number
  /** The first of them; empty for who may not see them. */
  readonly rows: readonly NamedRow[]
}

/** What deleting would mean. */
export interface DeletePlan {
  /** What goes, the chosen objects first. */
  readonly goes: readonly NamedRows[]
  /** Connections between objects that stay otherwise. */
  readonly links: readonly { readonly title: string; readonly count: number }[]
  /** What stays, and loses what it pointed to. */
  readonly loses: readonly NamedRows[]
  /** What keeps it from being deleted. */
  readonly protectedBy: readonly NamedRows[]
  /** Models of which rows would go that this visitor may not delete. */
  readonly lacking: readonly string[]
  /** False where there is more than was counted. */
  readonly isComplete: boolean
}

/** A plan with what only the deletion itself needs. */
export interface CheckedPlan extends DeletePlan {
  readonly plan: DeletionPlan
}

/** Plans the deletion of objects, for showing it. */
export async function deletePlan(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<DeletePlan> {
  return deletionOf(visit, admin, rows)
}

/** The same, for carrying it out. */
export async function deletionOf(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<CheckedPlan> {
  const plan = await planDeletion(
    visit.parts.registry,
    admin.model,
    rows.map((row) => row.pk),
    { named: MOST_NAMED },
  )
  const goes: NamedRows[] = []
  for (const one of plan.rows) goes.push(await namedRows(visit, one.model, one.keys.length, one.keys))
  return {
    plan,
    goes,
    links: plan.links.map(({ through, count }) => ({
      title: `${capitalized(through.source.meta.verboseName)} – ${through.target.meta.verboseName}`,
      count,
    })),
    loses: await touched(visit, plan.unset),
    protectedBy: await touched(visit, plan.protectedBy),
    lacking: await lackingOf(visit, admin, plan),
    isComplete: plan.isComplete,
  }
}

/** Throws what stands in the way of a plan. */
export function refusePlan({ lacking, protectedBy }: DeletePlan): void {
  if (lacking.length > 0) throw new PermissionDenied({ reason: `may not delete ${lacking.join(', ')}, which would go with it` })
  if (protectedBy.length > 0) throw new ValidationError(protectedProblem(protectedBy))
}

/** What protects objects, as a problem. */
export function protectedProblem(rows: readonly NamedRows[]) {
  return problem('protected.by', { names: rows.map(({ title, count }) => `${title} (${count})`).join(', ') })
}

async function touched(visit: AdminVisit, rows: readonly TouchedRows[]): Promise<NamedRows[]> {
  const named: NamedRows[] = []
  for (const { model, count, keys } of rows) named.push(await namedRows(visit, model, count, keys))
  return named
}

/** A model's rows by name, for who may see them; otherwise their number alone. */
async function namedRows(visit: AdminVisit, model: AnyModelClass, count: number, keys: readonly unknown[]): Promise<NamedRows> {
  const target = targetOf(visit, model)
  const { meta } = model
  const title = capitalized(count === 1 ? meta.verboseName : meta.verboseNamePlural)
  const mayView = target.admin === null || (await target.admin.canView(visit.request)) || (await target.admin.canDelete(visit.request))
  if (!mayView) return { title, count, rows: [] }
  const found = await target.byKeys(keys.slice(0, MOST_NAMED))
  const rows: NamedRow[] = []
  for (const { label, row } of found.values()) rows.push({ label, href: await target.urlOf(row) })
  return { title, count, rows }
}

/** Registered models of which something would go that this visitor may not delete. Where not everything was counted, all that could go count. */
async function lackingOf(visit: AdminVisit, admin: ModelAdmin, plan: DeletionPlan): Promise<string[]> {
  const lacking: string[] = []
  const doomed = new Map(plan.rows.map((one) => [one.model, one]))
  // Objects of the same model go along too: a shelf within a shelf.
  if (!(await mayDeleteEach(visit, admin, doomed.get(admin.model)))) lacking.push(admin.meta.verboseName)
  for (const model of plan.isComplete ? doomed.keys() : plan.reachable) {
    const registered = visit.admin.of(model)
    if (registered === null || model === admin.model || registered.special.goesAlong === true) continue
    const isAllowed = (await registered.canDelete(visit.request)) && (await mayDeleteEach(visit, registered, doomed.get(model)))
    if (!isAllowed) lacking.push(model.meta.verboseName)
  }
  return lacking
}

/** Whether the right to delete depends on the object. What goes along whoever may delete it depends on nothing. */
export function isByObject({ options, special }: ModelAdmin): boolean {
  return special.goesAlong !== true && (options.hasDeletePermission !== undefined || special.reaches !== undefined)
}

/** Where a right depends on the object, each is asked about. */
async function mayDeleteEach(visit: AdminVisit, admin: ModelAdmin, doomed: DoomedRows | undefined): Promise<boolean> {
  if (!isByObject(admin) || doomed === undefined) return true
  const rows = await rowsOfPlan(visit, doomed)
  await admin.special.preload?.(visit.request, rows)
  for (const row of rows) if (!(await admin.canDelete(visit.request, row))) return false
  return true
}

/** The rows that a plan names by key. */
export async function rowsOfPlan(visit: AdminVisit, { model, keys }: DoomedRows): Promise<Model[]> {
  return [...(await targetOf(visit, model).byKeys(keys)).values()].map((one) => one.row)
}
