/**
 * JSON from outside: bounded in size, depth and number of members before anything is built, and without prototypes afterwards, so that
 * `__proto__` is a name like any other (J9, J10).
 * @module
 */

import { hasLoneSurrogate } from '../../base/text.js'
import { decodeUtf8 } from './form-builder.js'
import { BodyProblem, type RequestData, type SettledBodyLimits } from './request-data.js'

/** Reads JSON text whose top level is an object. */
export function parseJson(bytes: Buffer, limits: SettledBodyLimits): RequestData {
  const text = decodeUtf8(bytes)
  checkShape(text, limits)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BodyProblem('malformed_body', { cause })
  }
  return jsonData(value, limits)
}

/** Makes the data of a value that JSON was parsed to, here or by somebody else. Everything is copied. */
export function jsonData(value: unknown, limits: SettledBodyLimits): RequestData {
  if (!isPlainObject(value)) throw new BodyProblem('malformed_body')
  const copy = new PlainCopy(limits).object(value, 1)
  const fields = new Map(Object.keys(copy).map((name) => [name, valuesOf(copy[name])]))
  return { kind: 'json', fields, files: new Map() }
}

/** Tells whether a value is an object as parsers make them: no class but `Object`, of whichever realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return true
  return prototype === Object.prototype || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(Object(prototype), 'hasOwnProperty'))
}

/** A list of scalars is several values, as a form would have sent them. */
function valuesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null) ? value : [value]
}

/** Before anything is built: keys may be chosen to collide, and depth costs a reader its stack. */
function checkShape(text: string, { jsonDepth, fields }: SettledBodyLimits): void {
  let depth = 0
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfText(text, at + 1)
    else if (character === '{' || character === '[') {
      if (++depth > jsonDepth) throw new BodyProblem('nested_too_deeply')
    } else if (character === '}' || character === ']') depth--
    else if (character === ':' && ++members > fields) throw new BodyProblem('too_many_fields')
  }
}

function endOfText(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Copies JSON values. Another parser may have had other limits, so ours are counted here as well. */
class PlainCopy {
  readonly #limits: SettledBodyLimits
  #size = 0
  #members = 0

  constructor(limits: SettledBodyLimits) {
    this.#limits = limits
  }

  object(from: Record<string, unknown>, depth: number): Record<string, unknown> {
    this.#enter(depth)
    const copy = Object.create(null) as Record<string, unknown>
    for (const name of Object.keys(from)) {
      if (++this.#members > this.#limits.fields) throw new BodyProblem('too_many_fields')
      copy[this.#text(name)] = this.#value(from[name], depth)
    }
    return copy
  }

  #value(value: unknown, depth: number): unknown {
    // Everything takes at least one byte to send.
    this.#count(1)
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return this.#text(value)
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (Array.isArray(value)) return this.#list(value, depth + 1)
    if (isPlainObject(value)) return this.object(value, depth + 1)
    throw new BodyProblem('malformed_body')
  }

  #list(from: readonly unknown[], depth: number): unknown[] {
    this.#enter(depth)
    const copy: unknown[] = []
    for (const item of from) copy.push(this.#value(item, depth))
    return copy
  }

  #text(text: string): string {
    // JSON can write half a character, as \ud800; UTF-8 cannot, nor can a database.
    if (hasLoneSurrogate(text)) throw new BodyProblem('invalid_encoding')
    this.#count(Buffer.byteLength(text))
    return text
  }

  #enter(depth: number): void {
    if (depth > this.#limits.jsonDepth) throw new BodyProblem('nested_too_deeply')
  }

  #count(size: number): void {
    this.#size += size
    if (this.#size > Math.min(this.#limits.jsonBytes, this.#limits.totalBytes)) throw new BodyProblem('body_too_large')
  }
}
