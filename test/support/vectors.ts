/**
 * Reads the vectors: answers that the real Django gave, one file a subject.
 * @module
 */

import { readFileSync } from 'node:fs'

/** What every case has. */
export interface VectorCase {
  readonly id: string
}

/**
 * Reads all cases of `test/vectors/<name>.json`, and prints how many there are, so that a shortened file shows.
 * The caller's type says what the file's notes say; nothing checks it here.
 */
export function readVectors<Case extends VectorCase>(name: string): readonly Case[] {
  const file = new URL(`../vectors/${name}.json`, import.meta.url)
  const { count, cases } = JSON.parse(readFileSync(file, 'utf8')) as { count: number; cases: Case[] }
  if (count !== cases.length) throw new Error(`${name}.json says ${count} cases and holds ${cases.length}.`)
  console.info(`${name}.json: ${cases.length} cases`)
  return cases
}
