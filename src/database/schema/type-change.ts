/**
 * Whether everything that fits a column still fits when its type changes.
 * @module
 */

/** `wider`: everything still fits. `narrower`: something may be lost. */
export type TypeChange = 'same' | 'wider' | 'narrower'

/** Whole numbers, from few to many. */
const WHOLE = ['smallint', 'smallint unsigned', 'integer', 'bigint']

/** Text without a limit, as the engines call it. */
const LONG = new Set(['text', 'longtext'])

/** Compares two types in the spelling of `SchemaDialect.normalType`. */
export function typeChange(from: string, to: string): TypeChange {
  if (from === to || (isUuid(from) && isUuid(to))) return 'same'
  const [before, after] = [parse(from), parse(to)]
  if (isText(before.name) && LONG.has(after.name)) return 'wider'
  if (before.name === 'varchar' && after.name === 'varchar') return fits(before.numbers[0], after.numbers[0])
  if (before.name === 'numeric' && after.name === 'numeric') return decimalChange(before.numbers, after.numbers)
  const [low, high] = [WHOLE.indexOf(from), WHOLE.indexOf(to)]
  // The two of 16 bits reach beyond each other.
  if (low >= 0 && high >= 2 && low < high) return 'wider'
  return 'narrower'
}

/** MariaDB's type for UUIDs came late; who has them as text keeps them. */
function isUuid(type: string): boolean {
  return type === 'uuid' || type === 'char(32)'
}

function isText(name: string): boolean {
  return name === 'varchar' || name === 'char' || LONG.has(name)
}

function fits(before: number | undefined, after: number | undefined): TypeChange {
  if (after === undefined) return 'wider'
  return before !== undefined && before <= after ? 'wider' : 'narrower'
}

function decimalChange([digits = 0, places = 0]: readonly number[], [newDigits = 0, newPlaces = 0]: readonly number[]): TypeChange {
  return newPlaces >= places && newDigits - newPlaces >= digits - places ? 'wider' : 'narrower'
}

function parse(type: string): { readonly name: string; readonly numbers: readonly number[] } {
  const open = type.indexOf('(')
  if (open < 0) return { name: type, numbers: [] }
  return {
    name: type.slice(0, open),
    numbers: type
      .slice(open + 1, type.indexOf(')'))
      .split(',')
      .map(Number),
  }
}
