/**
 * Long work in parts, with room between them for everybody else.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'

/** Long enough for requests that wait to be answered, in milliseconds. */
const PAUSE = 2

/** Cuts a list into lists of at most `size`. */
export function inParts<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < list.length; start += size) parts.push(list.slice(start, start + size))
  return parts
}

/** Lets others have their turn: SQLite answers on the event loop, and would hold it from the first part to the last. */
export async function pause(): Promise<void> {
  await sleep(PAUSE)
}
