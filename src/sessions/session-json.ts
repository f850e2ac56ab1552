/**
 * The JSON of sessions, as Python writes and reads it: numbers that are none (`NaN`, `Infinity`) too (SE-12).
 * @module
 */

import { pythonJson } from '../base/python-json.js'
import type { SessionValues } from './session-store.js'

/** A string, or a number that is none. Short matches: a long one would exhaust the stack. */
const STRANGE_NUMBER = /"|\\.|-?Infinity|NaN/g

/** Writes values as JSON. Throws a `TypeError` for what JSON cannot hold. */
export function writeSessionJson(values: SessionValues): string {
  const plain = pythonJson(values)
  // JavaScript writes null for them.
  if (!plain.includes('null') || !hasStrangeNumber(values)) return plain
  // Strings that begin like no other stand for them on the way.
  const mark = unusedMark(plain)
  return pythonJson(marked(values, mark)).replaceAll(new RegExp(`"${mark}(-?Infinity|NaN)"`, 'g'), '$1')
}

/** Reads values; null where the text is no JSON, or no object. Each call makes objects of its own. */
export function readSessionJson(json: string): SessionValues | null {
  const value = parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.assign(Object.create(null) as SessionValues, value)
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return parseStrange(json)
  }
}

/** Python's JSON holds `NaN` and `Infinity` bare. */
function parseStrange(json: string): unknown {
  const mark = unusedMark(json)
  let isInString = false
  const readable = json.replace(STRANGE_NUMBER, (token) => {
    if (token === '"') isInString = !isInString
    return isInString || token === '"' || token.startsWith('\\') ? token : `"${mark}${token}"`
  })
  try {
    return JSON.parse(readable, (_name, value: unknown) =>
      typeof value === 'string' && value.startsWith(mark) ? Number(value.slice(mark.length)) : value,
    )
  } catch {
    return null
  }
}

function hasStrangeNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return false
  for (const name in value) if (hasStrangeNumber((value as Record<string, unknown>)[name])) return true
  return false
}

function marked(value: unknown, mark: string): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : `${mark}${String(value)}`
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  if (Array.isArray(value)) return value.map((one) => marked(one, mark))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one, mark)]))
}

function unusedMark(json: string): string {
  let mark = '#'
  while (json.includes(mark)) mark += '#'
  return mark
}
