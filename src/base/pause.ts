/**
 * Room between the parts of long work for everybody else.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'

/** Long enough for requests that wait to be answered, in milliseconds. */
const PAUSE = 2

/** Lets others have their turn: SQLite answers on the event loop, and would hold it from the first part to the last. */
export async function pause(): Promise<void> {
  await sleep(PAUSE)
}
