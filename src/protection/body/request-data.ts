/**
 * What a request's body holds once it has been read: fields and files by name, in the order they came. Names are data: every name is
 * a key of a map, so that `__proto__` is a name like any other.
 * @module
 */

import { PortcullisError } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'

/** A file as a client sent it. Neither its name nor its type may decide anything: the client wrote both. */
export interface UploadedFile {
  /** The client's own, for a message at most: never a path, never a header. */
  readonly name: string
  /** The client's own, unchecked. */
  readonly type: string
  readonly size: number
  readonly bytes: Uint8Array
}

/** A body, read. */
export interface RequestData {
  /** How it was written; `empty` where there was none. */
  readonly kind: 'form' | 'json' | 'empty'
  /**
   * Values by name, in order. A form's are texts, one for each time the name was sent. Of JSON, each top-level property is one value,
   * but for a list of texts, numbers, booleans and nulls, which is several, as in a form; objects in it have no prototype.
   */
  readonly fields: ReadonlyMap<string, readonly unknown[]>
  readonly files: ReadonlyMap<string, readonly UploadedFile[]>
}

/** How much a body may hold. Sizes are counted while it is read, whatever `Content-Length` says. */
export interface BodyLimits {
  /** Of the whole body. Default 64 KiB. */
  readonly totalBytes?: number
  /** Of a body that is JSON; `totalBytes` counts too. Default 64 KiB. */
  readonly jsonBytes?: number
  /** Fields of a form; members of all objects in JSON. Default 1,000, as in Django. */
  readonly fields?: number
  /** Of one field: name and value. Default 64 KiB. */
  readonly fieldBytes?: number
  /** Default 1. */
  readonly files?: number
  /** Of one file. Default 5 MiB; `totalBytes` counts too. */
  readonly fileBytes?: number
  /** Of the headers of one part of a multipart form. Default 4 KiB. */
  readonly headerBytes?: number
  /** Objects and lists inside each other in JSON, the outermost included. Default 5. */
  readonly jsonDepth?: number
}

/** Limits, each of them settled. */
export type SettledBodyLimits = Required<BodyLimits>

const KIB = 1024

/** What a page without a file accepts. */
export const DEFAULT_BODY_LIMITS: SettledBodyLimits = {
  totalBytes: 64 * KIB,
  jsonBytes: 64 * KIB,
  fields: 1000,
  fieldBytes: 64 * KIB,
  files: 1,
  fileBytes: 5 * KIB * KIB,
  headerBytes: 4 * KIB,
  jsonDepth: 5,
}

/** What a page with a file accepts: the file, and its fields beside it. */
export const UPLOAD_BODY_LIMITS: SettledBodyLimits = { ...DEFAULT_BODY_LIMITS, totalBytes: 6 * KIB * KIB }

/** Each thing that can be wrong with a body, and the status that answers it. */
const STATUS = {
  malformed_body: 400,
  invalid_encoding: 400,
  incomplete_body: 400,
  body_unavailable: 400,
  nested_too_deeply: 400,
  body_too_large: 413,
  field_too_large: 413,
  file_too_large: 413,
  header_too_large: 413,
  too_many_fields: 413,
  too_many_files: 413,
  unsupported_media_type: 415,
} as const satisfies Record<string, 400 | 413 | 415>

/** The code of what is wrong with a body; `body.<code>` is the key of its sentence. */
export type BodyProblemCode = keyof typeof STATUS

/**
 * A body is refused: the client's doing, answered with `status`. After 413 the rest of the body is not read: close the connection.
 *
 * @example
 * throw new BodyProblem('body_too_large')
 */
export class BodyProblem extends PortcullisError {
  readonly status: 400 | 413 | 415
  readonly code: BodyProblemCode
  /** The key of its sentence in the catalogue. */
  readonly key: `body.${BodyProblemCode}`

  constructor(code: BodyProblemCode, details: { cause?: unknown } = {}) {
    super(messageFor(`body.${code}`), details)
    this.status = STATUS[code]
    this.code = code
    this.key = `body.${code}`
  }
}
