/**
 * Files of a form that is being saved: stored first, and removed again where the rest fails. The old one goes last.
 * @module
 */

import { PortcullisError, ServiceUnavailable } from '../base/errors.js'
import type { Validation } from './definition.js'
import { FileChange } from './file-input.js'
import type { FormField } from './form-field.js'
import type { ModelFieldParts } from './model-field.js'

/** What was stored. */
export interface StoredFiles {
  /** Paths for the columns, by property; null for a file that is removed. */
  readonly values: Readonly<Record<string, string | null>>
  /** Removes what was stored: the row was not written, as this error says. Cannot fail; the site hears of what stays. */
  undo(error: unknown): Promise<void>
  /** Removes what is no longer pointed to: the row was written, and is committed. Cannot fail either. */
  finish(): Promise<void>
}

/**
 * Stores the files of these fields: those of one model, where the form has fields of two. A column that the form does not offer stays as it is,
 * whatever it is called.
 */
export async function storeFiles(
  { meta, files }: ModelFieldParts,
  run: Validation<object>,
  fields: readonly FormField[] = run.fields,
): Promise<StoredFiles> {
  const offered = new Set(fields.map((one) => one.name))
  const values: Record<string, string | null> = {}
  const [made, old]: [string[], string[]] = [[], []]
  const remove = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) {
      try {
        await files?.remove(path)
      } catch (cause) {
        // The row is written, or on its way back: a file too many must change neither.
        files?.logError?.(new PortcullisError(`The file “${path}” belongs to nothing any more and could not be removed.`, { cause }))
      }
    }
  }
  try {
    for (const { name, field } of meta.columns) {
      const change = offered.has(name) ? run.values[name] : null
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
  return {
    values,
    // Where nobody knows whether the row was written, a file that nothing points to does less harm than a row that points to nothing.
    undo: async (error) => (error instanceof ServiceUnavailable && error.isUncertain ? undefined : remove(made)),
    finish: () => remove(old),
  }
}
