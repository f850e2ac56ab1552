/**
 * What was promised, beside what was measured: requests per second of portcullis against another server.
 * @module
 */

import type { Row } from '../run.js'
import { BARE } from './bare-hash.js'
import type { Scenario } from './check.js'
import type { Place } from './contestant.js'
import { HAND, HAND_REMEMBERED, OURS } from './contestants.js'
import { medianRatio, type Measured } from './rounds.js'

interface Goal {
  readonly than: string
  readonly times: number
}

/** A goal on SQLite counts only there: on a server the server's own time weighs in. */
const GOALS: Readonly<Record<Place['engine'], Partial<Record<Scenario, readonly Goal[]>>>> = {
  sqlite: {
    authenticated: [
      { than: HAND, times: 0.9 },
      { than: HAND_REMEMBERED, times: 0.9 },
      { than: 'better-auth', times: 10 },
      { than: 'django', times: 8 },
    ],
    permission: [
      { than: 'better-auth', times: 12 },
      { than: 'django', times: 20 },
      { than: 'casl', times: 4 },
    ],
    login: [{ than: BARE, times: 0.95 }],
  },
  postgres: {
    authenticated: [
      { than: HAND, times: 0.9 },
      { than: HAND_REMEMBERED, times: 0.9 },
      { than: 'better-auth', times: 2.5 },
      { than: 'django', times: 2.5 },
    ],
    login: [{ than: BARE, times: 0.95 }],
  },
}

/** A row for each goal that can be looked at, by requests per second; by CPU time is said beside it, for servers of more than one process. */
export function goals(what: string, engine: Place['engine'], scenario: Scenario, measured: ReadonlyMap<string, readonly Measured[]>): Row[] {
  const ours = measured.get(OURS)
  if (ours === undefined) return []
  return (GOALS[engine][scenario] ?? []).flatMap(({ than, times }) => {
    const theirs = measured.get(than)
    if (theirs === undefined) return []
    const byCpu = medianRatio(theirs, ours, (one) => one.cpu).toFixed(2)
    const value = medianRatio(ours, theirs, (one) => one.perSecond)
    return [{ what: `${what}: ${OURS} against ${than} (goal ${times}; by CPU ${byCpu})`, value, unit: 'times' }]
  })
}
