/**
 * Creating users, hash apart: one by one and in bulk, against bare SQL on the same engine.
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { portcullis } from '../src/index.js'
import { sqlite } from '../src/sqlite.js'
import type { Row } from './run.js'

export const name = 'creation'

const SINGLY = 5_000
const IN_BULK = 100_000

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_bench_'))
  const site = portcullis({ secretKey: 'a key for measuring, of no use for anything else: 0123456789', database: sqlite(join(folder, 'ours.db')) })
  const bareSite = portcullis({
    secretKey: 'the same tables for bare SQL, made by the same migration: 0123456789',
    database: sqlite(join(folder, 'bare.db')),
  })
  try {
    await site.migrate()
    await bareSite.migrate()
    await bareSite.close()
    const bare = new DatabaseSync(join(folder, 'bare.db'))
    bare.exec('pragma synchronous = normal')
    const insert = bare.prepare(INSERT)
    const row = (index: number): readonly [string, number, string, string, string, string, number, number, string] => [
      '!',
      0,
      `user${index}`,
      '',
      '',
      `u${index}@example.com`,
      0,
      1,
      '2026-11-23 08:00:00',
    ]
    const bareSingly = await perSecond(SINGLY, () => {
      for (let index = 0; index < SINGLY; index++) insert.run(...row(index))
    })
    const bareBulk = await perSecond(IN_BULK, () => {
      bare.exec('begin immediate')
      for (let index = 0; index < IN_BULK; index++) insert.run(...row(SINGLY + index))
      bare.exec('commit')
    })
    bare.close()
    const singly = await perSecond(SINGLY, async () => {
      for (let index = 0; index < SINGLY; index++) await site.users.createUser({ username: `user${index}`, email: `u${index}@example.com` })
    })
    const people = Array.from({ length: IN_BULK }, (_, index) => ({ username: `user${SINGLY + index}`, email: `u${index}@example.com` }))
    const bulk = await perSecond(IN_BULK, async () => void (await site.users.bulkCreate(people)))
    return [
      { what: 'SQLite, one by one, bare SQL', value: bareSingly, unit: 'users/s' },
      { what: 'SQLite, one by one, createUser', value: singly, unit: 'users/s', ratio: singly / bareSingly },
      { what: 'SQLite, in bulk, bare SQL', value: bareBulk, unit: 'users/s' },
      { what: 'SQLite, in bulk, bulkCreate', value: bulk, unit: 'users/s', ratio: bulk / bareBulk },
    ]
  } finally {
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const INSERT = `insert into auth_user (password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) values (?, null, ?, ?, ?, ?, ?, ?, ?, ?)`

async function perSecond(count: number, work: () => void | Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return count / ((performance.now() - start) / 1000)
}
