/**
 * A result in parts, for engines that give it whole.
 * @module
 */

import type { QueryResult } from 'kysely'
import { chunks } from '../../base/chunks.js'

/** Cuts a result's rows into parts of `chunkSize`. */
export function* inParts<Row>(result: QueryResult<Row>, chunkSize: number): Generator<QueryResult<Row>> {
  for (const rows of chunks(result.rows, chunkSize)) yield { rows }
}
