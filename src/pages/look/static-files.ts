/**
 * Stylesheets and scripts as files with their content's hash in their name: a browser may keep them for a year, because a change has
 * another name.
 * @module
 */

import { createHash } from 'node:crypto'

/** 16 hexadecimal digits tell two contents apart by chance once in 10¹⁹. */
const HASH_LENGTH = 16

/** A file that never changes under its name. */
export interface StaticFile {
  /** `portcullis.0123456789abcdef.css` */
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const CONTENT_TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const

/**
 * Makes a file of a text.
 *
 * @example
 * const file = staticFile('shelf.css', '.shelf { display: grid }')
 * console.log(file.name)   // shelf.3f0c….css
 */
export function staticFile(name: `${string}.${keyof typeof CONTENT_TYPES}`, text: string): StaticFile {
  const bytes = new TextEncoder().encode(text)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, HASH_LENGTH)
  const dot = name.lastIndexOf('.')
  const extension = name.slice(dot + 1) as keyof typeof CONTENT_TYPES
  return { name: `${name.slice(0, dot)}.${hash}.${extension}`, contentType: CONTENT_TYPES[extension], bytes }
}

/**
 * Answers with a file: to be kept for a year, and never taken for another type.
 *
 * @example
 * const response = answerWithFile(staticFile('shelf.css', '.shelf { display: grid }'))
 */
export function answerWithFile(file: StaticFile, headOnly = false): Response {
  return new Response(headOnly ? null : file.bytes, {
    headers: {
      'content-type': file.contentType,
      'content-length': String(file.bytes.byteLength),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
  })
}
