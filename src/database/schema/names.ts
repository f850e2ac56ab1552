/**
 * How Django names indexes and constraints (DM-9): the same on every engine but for the length allowed.
 * @module
 */

import { createHash } from 'node:crypto'

/**
 * The name of an index or constraint on these columns. What is too long is cut as Django cuts it, so that either side finds what the other made.
 *
 * @example
 * constraintName(63, 'auth_user_groups', ['user_id', 'group_id'], '_uniq')   // 'auth_user_groups_user_id_group_id_94350c0c_uniq'
 */
export function constraintName(limit: number, table: string, columns: readonly string[], suffix = ''): string {
  const joined = columns.join('_')
  let tail = `${digest([table, ...columns], 8)}${suffix}`
  const whole = `${table}_${joined}_${tail}`
  if (codePoints(whole).length <= limit) return whole
  tail = codePoints(tail).length > limit / 3 ? cut(tail, Math.floor(limit / 3)) : tail
  const each = Math.floor((limit - codePoints(tail).length) / 2) - 1
  return startingWithLetter(`${cut(table, each)}_${cut(joined, each)}_${tail}`, (name) => cut(name, codePoints(name).length - 1))
}

/** The name of an index that a model lists in `indexes`: short enough for every database there ever was. */
export function listedIndexName(table: string, columns: readonly string[]): string {
  const name = `${cut(table, 11)}_${cut(columns[0] ?? '', 7)}_${digest([table, ...columns, 'idx'], 6)}_idx`
  return startingWithLetter(name, (one) => one.slice(1))
}

/** The tail of a foreign key's name. */
export function foreignKeySuffix(table: string, column: string): string {
  return `_fk_${table}_${column}`
}

function digest(parts: readonly string[], length: number): string {
  const md5 = createHash('md5')
  for (const part of parts) md5.update(part)
  return md5.digest('hex').slice(0, length)
}

/** Oracle wanted a letter first; Django keeps to it everywhere. */
function startingWithLetter(name: string, shorten: (name: string) => string): string {
  return /^[_0-9]/.test(name) ? `D${shorten(name)}` : name
}

/** Python counts characters where JavaScript counts halves of some. */
function codePoints(text: string): string[] {
  return Array.from(text)
}

function cut(text: string, length: number): string {
  return codePoints(text).slice(0, length).join('')
}
