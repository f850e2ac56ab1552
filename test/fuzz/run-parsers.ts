/**
 * Gives every parser its share of the inputs.
 * @module
 */

import fc from 'fast-check'
import { parserTargets, type ParserTarget } from './parsers.js'
import { watched, watchedAsync } from './watch.js'

/** Checks one target with so many inputs. What fails is made smaller, and told with its seed. */
export async function fuzzParser({ input, run }: ParserTarget, runs: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(input, async (value) => {
    let later: unknown
    watched(() => (later = run(value as never)))
    if (later instanceof Promise) await watchedAsync(async () => later)
  })
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: false, interruptAfterTimeLimit: 3_600_000, markInterruptAsFailure: true })
}

/** Checks them all. */
export async function fuzzParsers(runs: number, seed: number): Promise<void> {
  const each = Math.ceil(runs / parserTargets.length)
  for (const target of parserTargets) await fuzzParser(target, each, seed)
}
