/**
 * Reads `Content-Type` as RFC 9110 writes it, once, so that nobody behind can read it otherwise (E11).
 * @module
 */

import { lower } from '../../base/text.js'

const TOKEN = String.raw`[!#$%&'*+.^_\x60|~0-9A-Za-z-]+`
const TYPE = new RegExp(`^(${TOKEN})/(${TOKEN})`)
/** A parameter, or none: RFC 9110 lets a semicolon stand alone. No two parts of it can match the same text, so it takes linear time. */
const PARAMETER = new RegExp(
  String.raw`[ \t]*;[ \t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*)"))?`,
  'y',
)

/** A type such as `multipart/form-data`, in lower case, with its parameters. */
export interface MediaType {
  readonly type: string
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads a media type; null for anything that is not exactly one, such as two of them, or a parameter given twice.
 *
 * @example
 * parseMediaType('Text/HTML; Charset="utf-8"')   // { type: 'text/html', parameters: Map { 'charset' => 'utf-8' } }
 */
export function parseMediaType(header: string): MediaType | null {
  const text = header.replace(/^[ \t]+/, '')
  const match = TYPE.exec(text)
  if (match === null) return null
  const parameters = parseParameters(text, match[0].length)
  return parameters === null ? null : { type: lower(match[0]), parameters }
}

/**
 * Reads `; name=value; name="value"` from `start` to the end; null where it is malformed or a name comes twice. In quotes a backslash stands
 * before what is meant as it is.
 */
export function parseParameters(text: string, start: number): Map<string, string> | null {
  const parameters = new Map<string, string>()
  const end = withoutBlanksAtEnd(text)
  let at = start
  while (at < end) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(text)
    if (match === null) return null
    at = PARAMETER.lastIndex
    const [, name, token, quoted] = match
    if (name === undefined) continue
    const key = lower(name)
    if (parameters.has(key)) return null
    parameters.set(key, token ?? (quoted ?? '').replace(/\\(.)/g, '$1'))
  }
  return parameters
}

/** An index and not a regular expression: /[ \t]+$/ takes time with the square of the blanks inside. */
function withoutBlanksAtEnd(text: string): number {
  let end = text.length
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return end
}
