/**
 * What must be so after every input: the prototypes as they were, no work for more than a second, no error that nobody meant.
 * @module
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { PortcullisError } from '../../src/base/errors.js'
import { processorTime } from '../support/processor-time.js'

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Map.prototype, Promise.prototype]
const NAMES = PROTOTYPES.map((one) => Object.getOwnPropertyNames(one).length)

/** The longest that one input may keep the process busy, in milliseconds. */
const LONGEST = 1000

/** Throws where an input has changed what all objects share. */
export function expectCleanPrototypes(): void {
  for (const [index, one] of PROTOTYPES.entries()) {
    const names = Object.getOwnPropertyNames(one)
    if (names.length !== NAMES[index]) throw new Error(`A prototype was polluted: it has ${names.slice(NAMES[index]).join(', ')}.`)
  }
}

/** Runs a parser. Only errors of ours are an answer; what takes too long twice is too slow. */
export function watched(run: () => unknown): void {
  for (let tries = 1; ; tries += 1) {
    const begun = performance.now()
    try {
      run()
    } catch (error) {
      if (!(error instanceof PortcullisError)) throw error
    }
    const took = performance.now() - begun
    if (took < LONGEST) break
    // Another process may have had the machine.
    if (tries === 2) throw new Error(`One input took ${Math.round(took)} ms.`)
  }
  expectCleanPrototypes()
}

/** Runs work on the event loop; a refusal of ours is an answer. */
export async function watchedAsync(run: () => Promise<unknown>): Promise<void> {
  await withoutDelay(async () => {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof PortcullisError)) throw error
    }
  })
  expectCleanPrototypes()
}

/** Throws where work keeps the processor too long. Its time counts, which others on the machine do not take. */
export async function withoutDelay<T>(run: () => Promise<T>): Promise<T> {
  const { result, milliseconds } = await processorTime(run)
  if (milliseconds > LONGEST * 2) throw new Error(`One input took ${Math.round(milliseconds)} ms of the processor.`)
  return result
}

let collect: (() => void) | null = null

/** How many bytes are in use once everything that nobody holds is gone. */
export function heapInUse(): number {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Hears of rejections that nobody handled while `work` runs, and throws the first. */
export async function withoutRejections(work: () => Promise<void>): Promise<void> {
  const heard: unknown[] = []
  const listen = (error: unknown): void => void heard.push(error)
  process.on('unhandledRejection', listen)
  try {
    await work()
    await new Promise((resolve) => setTimeout(resolve, 20))
  } finally {
    process.removeListener('unhandledRejection', listen)
  }
  if (heard.length > 0) throw new Error('A rejection was handled by nobody.', { cause: heard[0] })
}
