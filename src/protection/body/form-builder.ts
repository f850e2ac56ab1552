/**
 * Gathers the fields and files of a form and counts them, wherever they come from.
 * @module
 */

import { hasLoneSurrogate } from '../../base/text.js'
import { BodyProblem, type RequestData, type SettledBodyLimits, type UploadedFile } from './request-data.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads UTF-8 and nothing else; every other byte sequence is refused, so that no two are read as the same text. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new BodyProblem('invalid_encoding', { cause })
  }
}

/** A form in the making. */
export class FormBuilder {
  readonly #limits: SettledBodyLimits
  readonly #fields = new Map<string, string[]>()
  readonly #files = new Map<string, UploadedFile[]>()
  #fieldCount = 0
  #fileCount = 0
  #size = 0

  constructor(limits: SettledBodyLimits) {
    this.#limits = limits
  }

  addField(name: string, value: string): void {
    if (++this.#fieldCount > this.#limits.fields) throw new BodyProblem('too_many_fields')
    // What was decoded from bytes has no such half; what another parser made may have, and no database could keep it.
    if (hasLoneSurrogate(name) || hasLoneSurrogate(value)) throw new BodyProblem('invalid_encoding')
    const size = Buffer.byteLength(name) + Buffer.byteLength(value)
    if (size > this.#limits.fieldBytes) throw new BodyProblem('field_too_large')
    this.#count(size)
    append(this.#fields, name, value)
  }

  /** Says that a file of `size` comes; throws before anybody holds its bytes. */
  announceFile(size: number): void {
    if (++this.#fileCount > this.#limits.files) throw new BodyProblem('too_many_files')
    if (size > this.#limits.fileBytes) throw new BodyProblem('file_too_large')
    this.#count(size)
  }

  /** Adds a file that was announced. */
  addFile(field: string, file: UploadedFile): void {
    append(this.#files, field, file)
  }

  finish(): RequestData {
    return { kind: 'form', fields: this.#fields, files: this.#files }
  }

  #count(size: number): void {
    this.#size += size
    if (this.#size > this.#limits.totalBytes) throw new BodyProblem('body_too_large')
  }
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const there = map.get(name)
  if (there === undefined) map.set(name, [value])
  else there.push(value)
}
