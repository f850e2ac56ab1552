/**
 * What an application does around saving its objects, whoever saves them: a form, rows on a page, cells of a list, an action, a page of its own.
 * @module
 */

import type { Model } from '../database/model.js'
import type { ModelAdmin } from './model-admin.js'
import type { AdminVisit } from './visit.js'

/** An object that is about to be written, with the values that will be. */
export interface Writing {
  /** Null for a new one. */
  readonly row: Model | null
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Writes between the hooks of a model, inside the writing transaction: `beforeSave` for each that is written, then `write`, then `afterSave` for
 * each that it gives back.
 */
export async function withHooks<Row extends Model>(
  { request }: AdminVisit,
  { options }: ModelAdmin,
  writing: readonly Writing[],
  write: () => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  for (const { row, values } of writing) await options.beforeSave?.(row as never, values, request)
  const written = await write()
  for (const row of written) await options.afterSave?.(row as never, request)
  return written
}
