/**
 * Files of a form that is being saved: stored first, and removed again where the rest fails. The old one goes last.
 * @module
 */

import type { Validation } from './definition.js'
import { FileChange } from './file-input.js'
import type { ModelFieldParts } from './model-field.js'

/** What was stored. */
export interface StoredFiles {
  /** Paths for the columns, by property; null for a file that is removed. */
  readonly values: Readonly<Record<string, string | null>>
  /** Removes what was stored: the row was not written. */
  undo(): Promise<void>
  /** Removes what is no longer pointed to: the row was written. */
  finish(): Promise<void>
}

/** Stores the files of these fields. */
export async function storeFiles({ meta, files }: ModelFieldParts, run: Validation<object>): Promise<StoredFiles> {
  const values: Record<string, string | null> = {}
  const [made, old]: [string[], string[]] = [[], []]
  const remove = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) await files?.remove(path)
  }
  try {
    for (const { name, field } of meta.columns) {
      const change = run.values[name]
      if (!(change instanceof FileChange) || !change.isChange) continue
      if (change.prepared !== null) {
        const path = await change.prepared.store(field.settings.uploadTo)
        made.push(path)
        values[name] = path
      } else values[name] = field.settings.null ? null : ''
      if (change.present !== null) old.push(change.present)
    }
  } catch (error) {
    await remove(made)
    throw error
  }
  return { values, undo: () => remove(made), finish: () => remove(old) }
}
