/**
 * Fifty thousand inputs in the ordinary run, a million in the nightly one: `npm run fuzz`, or `FUZZ_RUNS=300000 npm run fuzz`. The seed is
 * printed; `FUZZ_SEED` gives the same inputs again. What fails is made as small as it goes and belongs into `test/regressions`.
 * @module
 */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parserTargets } from './parsers.js'
import { attempt, Attacker } from './requests.js'
import { fuzzParser } from './run-parsers.js'
import { openFuzzStage, type FuzzStage } from './stage.js'
import { heapInUse, withoutRejections } from './watch.js'

const runs = Number(process.env['FUZZ_RUNS'] ?? 50_000)
/** The same at every ordinary run: a change is judged by what it changes. The nightly run brings its own. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123)
/** A request costs what two hundred parsers do: one input of thirty is one. */
const requests = Math.ceil(runs / 30)
const each = Math.ceil((runs - requests) / parserTargets.length)
/** What caches with an end may hold when they are full. */
const MOST_LEFT = 48 * 1024 * 1024
const SECONDS = Math.max(120, runs / 100)

console.info(`fuzz: ${runs} inputs, ${requests} of them requests, seed ${seed} (FUZZ_SEED=${seed} gives them again)`)

describe('whatever comes in, a reader answers or refuses, quickly, and changes nothing that all share', { timeout: SECONDS * 1000 }, () => {
  test.each(parserTargets)('goal 5: $name', async (target) => {
    await withoutRejections(async () => fuzzParser(target, each, seed))
  })
})

describe('whatever is asked, by whomever', { timeout: SECONDS * 1000 }, () => {
  let stage: FuzzStage
  beforeAll(async () => {
    stage = await openFuzzStage()
  })
  afterAll(async () => stage?.close())

  test('goal 5: no answer is an error of the server, no page holds what was sent as markup, and memory comes back', async () => {
    const attacker = new Attacker(stage)
    const batch = async (numRuns: number, from: number): Promise<void> => {
      const property = fc.asyncProperty(attempt, async (one) => attacker.try(one))
      await withoutRejections(async () => fc.assert(property, { numRuns, seed: from }))
    }
    // Everything is loaded and every cache begun before the first look at the heap.
    const warmUp = Math.ceil(requests / 3)
    await batch(warmUp, seed)
    const before = heapInUse()
    await batch(requests - warmUp, seed + 1)
    const left = heapInUse() - before
    console.info(
      `fuzz: answers by status ${JSON.stringify(Object.fromEntries([...attacker.statuses].toSorted()))}; ${Math.round(left / 1024)} KiB more in use`,
    )
    expect(left).toBeLessThan(MOST_LEFT)
    // The inputs go deep: pages are shown, forms are saved, forms are refused with their reasons.
    for (const status of [200, 303, 400, 403, 404, 405, 422]) expect(attacker.statuses.get(status), String(status)).toBeGreaterThan(requests / 500)
  })
})
