/**
 * What a framework's parser made of the body before anybody asked us: an object of names and texts, `FormData`, or JSON. It is copied
 * under the same limits, and comes out as if it had been read here.
 * @module
 */

import type { FormBuilder } from './form-builder.js'
import { isPlainObject } from './json-values.js'
import { BodyProblem } from './request-data.js'

/** A `File` or `Blob`, of whichever realm. */
interface FileLike {
  readonly name?: unknown
  readonly type: string
  readonly size: number
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Tells whether a parser left names and values, as browsers' own classes keep them. */
export function isEntryList(value: unknown): value is Iterable<readonly [name: string, value: unknown]> {
  return isTagged(value, 'FormData') || isTagged(value, 'URLSearchParams')
}

/** Gives the bytes of a body that was kept as it came; null where a parser made more of it. */
export function rawBytes(value: unknown): Buffer | null {
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return value instanceof ArrayBuffer ? Buffer.from(value) : null
}

/** Tells whether a parser left nothing: some put `{}` or null where there was no body, or none of theirs. */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (isPlainObject(value) && Object.keys(value).length === 0)
}

/** Adds the entries of `FormData` or `URLSearchParams`, in order. */
export async function addEntries(form: FormBuilder, entries: Iterable<readonly [name: string, value: unknown]>): Promise<void> {
  for (const [name, value] of entries) await addValue(form, name, value)
}

/**
 * Adds the properties of an object: its own, by name. A parser that nests (`a[b]=1`) has made objects of names, which a form read here
 * never holds: they are refused.
 */
export async function addProperties(form: FormBuilder, object: Record<string, unknown>): Promise<void> {
  for (const name of Object.keys(object)) {
    const value = object[name]
    for (const one of Array.isArray(value) ? value : [value]) await addValue(form, name, one)
  }
}

async function addValue(form: FormBuilder, name: string, value: unknown): Promise<void> {
  if (typeof value === 'string') form.addField(name, value)
  else if (isFileLike(value)) await addFile(form, name, value)
  else throw new BodyProblem(isPlainObject(value) || Array.isArray(value) ? 'nested_too_deeply' : 'malformed_body')
}

async function addFile(form: FormBuilder, name: string, file: FileLike): Promise<void> {
  const fileName = typeof file.name === 'string' ? file.name : ''
  // A form whose file was left out sends a part of nothing without a name.
  if (fileName === '' && file.size === 0) return
  form.announceFile(file.size)
  const bytes = new Uint8Array(await file.arrayBuffer())
  form.addFile(name, { name: fileName, type: file.type, size: bytes.length, bytes })
}

function isFileLike(value: unknown): value is FileLike {
  return isTagged(value, 'File') || isTagged(value, 'Blob')
}

function isTagged(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === `[object ${name}]`
}
