/**
 * Bulk writes in parts that one statement can hold.
 * @module
 */

import type { Dialect } from './dialects/dialect.js'

/**
 * Cuts rows into parts whose values fit one statement of this engine.
 *
 * @example
 * for (const part of bulkChunks(rows, 3, database.dialect)) await insert(part)
 */
export function bulkChunks<Row>(rows: readonly Row[], columnsPerRow: number, dialect: Dialect): Row[][] {
  const size = Math.max(1, Math.floor(dialect.maxParameters / Math.max(1, columnsPerRow)))
  const parts: Row[][] = []
  for (let start = 0; start < rows.length; start += size) parts.push(rows.slice(start, start + size))
  return parts
}
