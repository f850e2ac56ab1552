/**
 * Requests: without a cookie, with a session, with a permission check, and logins, beside hand-written servers, Better Auth, Passport,
 * CASL and Django, each in a process of its own and all in one run. Ratios are against the hand-written server, round by round.
 *
 * `BENCH_SERVERS`, `BENCH_SCENARIOS`, `BENCH_ENGINES` (names with commas), `BENCH_ROUNDS` and `BENCH_SECONDS` make it shorter;
 * `BENCH_PROFILE=folder` writes a CPU profile of each Node server.
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPostgres } from './postgres.js'
import { bareHashes } from './requests/bare-hash.js'
import { prepare, type Samples, type Scenario, type Scenarios } from './requests/check.js'
import { contestants, HAND } from './requests/contestants.js'
import type { Place, RunningServer, Seed } from './requests/contestant.js'
import { startLoad, startServer, type LoadProcess } from './requests/processes.js'
import { entrant, median, medianRatio, runRounds, type Measured } from './requests/rounds.js'
import { makeSeed } from './requests/seed.js'
import { fillTables } from './requests/tables.js'
import { goals } from './requests/goals.js'
import type { Row } from './run.js'

export const name = 'requests'

const listed = (variable: string, otherwise: readonly string[]): readonly string[] => process.env[variable]?.split(',') ?? otherwise
const ENGINES = listed('BENCH_ENGINES', ['sqlite', 'postgres']) as readonly Place['engine'][]
const SCENARIOS = listed('BENCH_SCENARIOS', ['anonymous', 'authenticated', 'permission', 'login']) as readonly Scenario[]
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 1)
const CONNECTIONS = 16
/** Logins that run at once, and how often another route is asked meanwhile, in milliseconds. */
const LOGINS = 32
const PROBE_EVERY = 25

interface Ready {
  readonly server: RunningServer
  readonly scenarios: Scenarios
  readonly samples: Samples
}

export async function run(): Promise<Row[]> {
  const seed = await makeSeed()
  const load = startLoad()
  const rows: Row[] = []
  try {
    for (const engine of ENGINES) rows.push(...(await onEngine(engine, seed, load)))
  } finally {
    await load.stop()
  }
  return rows
}

async function onEngine(engine: Place['engine'], seed: Seed, load: LoadProcess): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_bench_'))
  const leave: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  try {
    const ready: Ready[] = []
    for (const contestant of contestants()) {
      const database = await makePlace(engine, folder, contestant.name.replaceAll(/\W+/g, '_'))
      if (database === null) return []
      leave.unshift(database.drop)
      if (contestant.tables === 'django') await fillTables(database.place, seed)
      const server = await startServer(contestant, { place: database.place, seed }, folder)
      leave.unshift(server.stop)
      ready.push({ server, ...(await prepare(server, seed)) })
    }
    const rows: Row[] = []
    for (const scenario of SCENARIOS) rows.push(...(await runScenario(engine, scenario, ready, { seed, load })))
    return rows
  } finally {
    for (const one of leave) await one()
  }
}

async function makePlace(engine: Place['engine'], folder: string, suffix: string): Promise<{ place: Place; drop: () => Promise<void> } | null> {
  if (engine === 'sqlite') return { place: { engine, url: join(folder, `${suffix}.db`) }, drop: async () => undefined }
  const made = await createPostgres(`_${suffix}`)
  return made === null ? null : { place: { engine, url: made.url }, drop: async () => made.drop() }
}

async function runScenario(
  engine: Place['engine'],
  scenario: Scenario,
  everybody: readonly Ready[],
  { seed, load }: { seed: Seed; load: LoadProcess },
): Promise<Row[]> {
  const taking = everybody.filter(({ scenarios }) => scenarios[scenario].length > 0)
  const isLogin = scenario === 'login'
  const seconds = isLogin ? SECONDS * 2 : SECONDS
  const servers = taking.map(({ server, scenarios }) =>
    entrant(load, server, {
      port: server.port,
      connections: isLogin ? LOGINS : CONNECTIONS,
      seconds,
      requests: scenarios[scenario],
      ...(isLogin && scenarios.anonymous[0] !== undefined ? { probe: { request: scenarios.anonymous[0], every: PROBE_EVERY } } : {}),
    }),
  )
  const measured = await runRounds(isLogin ? [bareHashes(seed, seconds), ...servers] : servers, ROUNDS)
  const what = `${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, ${scenario}`
  const standard = measured.get(HAND)
  const rows: Row[] = []
  for (const [name, figures] of measured) {
    const one = taking.find(({ server }) => server.contestant.name === name)
    const statements = one === undefined ? 0 : await one.server.statements(one.samples[scenario])
    rows.push({
      what: `${what}: ${name} (${describe(figures, statements)})`,
      value: median(figures.map(({ perSecond }) => perSecond)),
      unit: isLogin ? 'logins/s' : 'req/s',
      ...(standard === undefined ? {} : { ratio: medianRatio(figures, standard, ({ perSecond }) => perSecond) }),
    })
  }
  return [...rows, ...goals(what, engine, scenario, measured)]
}

/** `1 statement, CPU 112 µs, p50 1.2 ms, p99 3.4 ms` */
function describe(figures: readonly Measured[], statements: number | null): string {
  const middle = (of: (one: Measured) => number): string => {
    const figure = median(figures.map(of))
    return figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 1 : 0 })
  }
  return [
    statements === null ? 'statements unknown' : `${statements} statement${statements === 1 ? '' : 's'}`,
    `CPU ${middle(({ cpu }) => cpu)} µs`,
    `p50 ${middle(({ p50 }) => p50)} ms`,
    `p99 ${middle(({ p99 }) => p99)} ms`,
    ...(figures[0]?.probe === null
      ? []
      : [`another route meanwhile p99 ${middle(({ probe }) => probe?.p99 ?? 0)} ms, worst ${middle(({ probe }) => probe?.worst ?? 0)} ms`]),
  ].join(', ')
}
