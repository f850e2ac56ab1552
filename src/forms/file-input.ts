/**
 * Fields that take a file: a new one, the present one as it is, or none any more.
 * @module
 */

import { problem, ValidationError } from '../base/errors.js'
import type { UploadedFile } from '../protection/body/request-data.js'
import { refused, type FieldInput, type FormField } from './form-field.js'
import { settled, type FieldNames } from './text-inputs.js'

/** A file that has been looked at and may be kept. */
export interface PreparedFile {
  /** Stores it below a folder under a name of its own; gives the path that the column holds. */
  store(uploadTo: string): Promise<string>
}

/** What the site does with files. */
export interface FileHooks {
  /** Decodes a picture, or looks at another file. Throws a `ValidationError` (`invalid_image`) where it is none that may be kept. */
  prepare(file: UploadedFile, kind: 'image' | 'file'): Promise<PreparedFile>
  /** Removes a stored file; one that is gone already is no error. Never throws. */
  remove(path: string): Promise<void>
  /** Where a stored file can be seen; null where nobody serves it. */
  url(path: string): string | null
  /** Hears of a file that could not be removed. */
  logError?(error: unknown): void
}

/** What becomes of the file of a field. */
export class FileChange {
  /** The path that the column holds now; null for none. */
  readonly present: string | null
  /** The new file. */
  readonly file: UploadedFile | null
  readonly isRemoved: boolean
  /** The new file, looked at. */
  readonly prepared: PreparedFile | null

  constructor(parts: {
    readonly present: string | null
    readonly file?: UploadedFile | null
    readonly isRemoved?: boolean
    readonly prepared?: PreparedFile
  }) {
    this.present = parts.present
    this.file = parts.file ?? null
    this.isRemoved = parts.isRemoved ?? false
    this.prepared = parts.prepared ?? null
  }

  /** Whether the column will hold something else. */
  get isChange(): boolean {
    return this.file !== null || (this.isRemoved && this.present !== null)
  }
}

/** What a browser lets people choose: what is decoded, and nothing that would be refused once it was sent. */
const PICTURES = 'image/jpeg,image/png,image/webp,image/gif'

/** A file or a picture. Its value is a `FileChange`. */
export function fileInput(options: FieldNames & { readonly kind: 'image' | 'file'; readonly hooks: FileHooks }): FormField {
  const { kind, hooks } = options
  const isRequired = options.isRequired ?? true
  return {
    ...settled(options),
    type: 'file',
    attributes: { ...(kind === 'image' ? { accept: PICTURES } : {}), ...options.attributes },
    read: (input) => {
      const present = typeof input.initial === 'string' && input.initial !== '' ? input.initial : null
      const file = onlyFile(input)
      // The box is not there where something must be.
      const isRemoved = input.isCleared && !isRequired
      if (file !== null && isRemoved) throw refused('contradiction')
      if (file === null && present === null && isRequired) throw refused('required')
      if (file?.size === 0) throw refused('empty')
      return new FileChange({ present, file, isRemoved })
    },
    settle: async (value) => {
      const change = value as FileChange
      return change.file === null ? change : new FileChange({ ...change, prepared: await hooks.prepare(change.file, kind) })
    },
    // A file cannot be put back into its control; what is shown is the present one.
    write: () => null,
    urlOf: (path) => (typeof path === 'string' && path !== '' ? hooks.url(path) : null),
    isSame: (_before, after) => !(after instanceof FileChange && after.isChange),
  }
}

/** The one file that arrived; several are refused, whichever of them is harmless (J4). */
function onlyFile(input: FieldInput): UploadedFile | null {
  // A file field left empty is sent as a file without name and content.
  const files = input.files.filter((one) => one.size > 0 || one.name !== '')
  if (files.length > 1) throw refused('invalid.several')
  if (files.length === 0 && input.values.some((one) => one !== '' && one !== null)) throw new ValidationError(problem('invalid.file'))
  return files[0] ?? null
}
