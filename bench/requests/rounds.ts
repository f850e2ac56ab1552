/**
 * Rounds: every server in turn, again and again, so that a busy moment of the machine falls on all; ratios are taken within a round.
 * @module
 */

import type { RunningServer } from './contestant.js'
import type { LoadJob } from './load.js'
import type { LoadProcess } from './processes.js'

/** One server in one round. Times in milliseconds, CPU in microseconds for each request. */
export interface Measured {
  readonly perSecond: number
  readonly cpu: number
  readonly p50: number
  readonly p99: number
  readonly probe: { readonly p99: number; readonly worst: number } | null
}

/** Whoever takes part in a round. */
export interface Entrant {
  readonly name: string
  measure(): Promise<Measured>
}

/** Runs them; what comes back has a list for each, a figure for each round. */
export async function runRounds(entrants: readonly Entrant[], rounds: number): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const measured = new Map<string, Measured[]>(entrants.map(({ name }) => [name, []]))
  // The compiler of a fresh process has not seen the hot path yet.
  for (const entrant of entrants) await entrant.measure()
  for (let round = 0; round < rounds; round++) {
    for (const entrant of entrants) measured.get(entrant.name)?.push(await entrant.measure())
  }
  return measured
}

/** A server that is asked. */
export function entrant(load: LoadProcess, server: RunningServer, job: LoadJob): Entrant {
  const { name } = server.contestant
  return {
    name,
    async measure() {
      const before = await server.cpu()
      const result = await load.run(job)
      const spent = (await server.cpu()) - before
      if (result.failures > 0) throw new Error(`${name}: ${result.failures} of ${result.count} answers were wrong: ${result.failure}`)
      const { count, seconds, p50, p99, probe } = result
      // The probe's few requests cost next to nothing beside the logins they are sent among.
      return { perSecond: count / seconds, cpu: spent / count, p50, p99, probe }
    },
  }
}

/** The figure in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The middle of the ratios of each round. */
export function medianRatio(ours: readonly Measured[], theirs: readonly Measured[], of: (one: Measured) => number): number {
  return median(ours.map((one, round) => of(one) / of(theirs[round] as Measured)))
}
