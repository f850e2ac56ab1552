/**
 * A result in parts, for engines that give it whole.
 * @module
 */

import type { QueryResult } from 'kysely'

/** Cuts a result's rows into parts of `chunkSize`. */
export function* inParts<Row>(result: QueryResult<Row>, chunkSize: number): Generator<QueryResult<Row>> {
  const size = Math.max(1, chunkSize)
  for (let start = 0; start < result.rows.length; start += size) yield { rows: result.rows.slice(start, start + size) }
}
