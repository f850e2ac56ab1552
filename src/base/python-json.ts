/**
 * JSON as Python's `json.dumps` writes it: no spaces, nothing but printable ASCII, numbers in Python's notation. Signed texts
 * are compared as text, so the two sides should spell the same thing alike.
 * @module
 */

const NOT_PRINTABLE_ASCII = /[^ -~]/g
/** An escaped letter, a quotation mark, or what may be a number: short matches, because a long one would exhaust the stack. */
const TOKEN = /\\.|"|[-\d][-+.\de]{0,30}/g
/** JavaScript and Python part below 0.0001: `0.00001` there, `1e-05` here. */
const SMALL_NUMBER = /^-?(?:0\.0000|\d(?:\.\d+)?e-)/
const MAYBE_SMALL_NUMBER = /0\.0000|\de-/

/**
 * Writes a value as Python would. Throws a `TypeError` for what JSON cannot hold (a function, a circle, a bigint).
 *
 * A whole number is written as Python's `int`: JavaScript does not know 1 from 1.0.
 *
 * @example
 * pythonJson({ é: [1, null] })   // '{"\\u00e9":[1,null]}'
 */
export function pythonJson(value: unknown): string {
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw new TypeError(`A ${typeof value} cannot be written as JSON.`)
  // JSON's own syntax is ASCII, so whatever is not stands inside a string, where an escape means the same.
  const ascii = json.replace(NOT_PRINTABLE_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (!MAYBE_SMALL_NUMBER.test(ascii)) return ascii
  let isInString = false
  return ascii.replace(TOKEN, (token) => {
    if (token === '"') isInString = !isInString
    return !isInString && SMALL_NUMBER.test(token) ? pythonNumber(token) : token
  })
}

function pythonNumber(token: string): string {
  const [digits, exponent] = Number(token).toExponential().split('e-') as [string, string]
  return `${digits}e-${exponent.padStart(2, '0')}`
}
