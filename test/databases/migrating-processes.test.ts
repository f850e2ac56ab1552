import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.js'
import { eachDatabase, type PrivateDatabase, type TestEngine } from '../support/databases.js'
import { dumpSchema, type SchemaDump } from '../support/schema-dump.js'
import { schemaOn } from '../support/schema.js'

const SCRIPT = fileURLToPath(new URL('migrating-process.ts', import.meta.url))
const LOADER = new URL('../support/typescript.mjs', import.meta.url).href

interface Outcome {
  readonly code: number | null
  readonly signal: string | null
  readonly steps: number
  readonly errors: string
}

/** Starts processes, lets them migrate once all are ready, and tells how each ended. */
async function migrateIn(count: number, engine: TestEngine['engine'], url: string, dieAt?: number): Promise<Outcome[]> {
  const children = await Promise.all(
    Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, ['--import', LOADER, SCRIPT, engine, url, ...(dieAt === undefined ? [] : [String(dieAt)])], {
        stdio: 'pipe',
      })
      const printed: string[] = []
      const errors: string[] = []
      child.stderr.on('data', (text) => errors.push(String(text)))
      child.stdout.on('data', (text) => printed.push(String(text)))
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
      return { child, printed, errors }
    }),
  )
  const outcomes = children.map(async ({ child, printed, errors }): Promise<Outcome> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    const [, answer] = printed.join('').split('ready\n')
    return { code, signal, steps: answer ? (JSON.parse(answer) as { steps: number }).steps : 0, errors: errors.join('') }
  })
  for (const { child } of children) child.stdin.end('go\n')
  return Promise.all(outcomes)
}

async function look<T>(one: PrivateDatabase, work: (database: ReturnType<typeof openDatabase>) => Promise<T>): Promise<T> {
  const database = openDatabase(one.source())
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function dumpOf(one: PrivateDatabase): Promise<SchemaDump> {
  return look(one, dumpSchema)
}

describe('processes that migrate', { timeout: 120_000 }, () => {
  eachDatabase((_name, open, engine) => {
    test('three at once: one does it, the others find nothing to do, none fails', async () => {
      const one = await engine.create()
      const planned = await look(one, async (database) => (await schemaOn(database).plan()).steps.length)
      const outcomes = await migrateIn(3, engine.engine, one.url)
      expect(outcomes.map((each) => [each.code, each.errors])).toEqual([
        [0, ''],
        [0, ''],
        [0, ''],
      ])
      expect(outcomes.map((each) => each.steps).toSorted((a, b) => a - b)).toEqual([0, 0, planned])
      const rows = await look(one, (database) => database.execute<{ app: string; name: string }>(sql`select app, name from django_migrations`))
      expect(new Set(rows.map((each) => `${each.app} ${each.name}`)).size).toBe(rows.length)
    })

    test('one that is killed halfway leaves what the next one completes', async () => {
      const whole = await open()
      await schemaOn(whole).migrate()
      const one = await engine.create()
      const [killed] = await migrateIn(1, engine.engine, one.url, 14)
      expect(killed?.signal).toBe('SIGKILL')
      const [next] = await migrateIn(1, engine.engine, one.url)
      expect([next?.code, next?.errors]).toEqual([0, ''])
      expect(await dumpOf(one)).toEqual(await dumpSchema(whole))
    })
  })
})
