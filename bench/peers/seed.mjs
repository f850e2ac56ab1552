/**
 * What the peers' servers share: the place, opened as theirs, and hashes checked with the bare library.
 * @module
 */

import { DatabaseSync } from 'node:sqlite'
import { verify } from '@node-rs/argon2'
import pg from 'pg'

/** Opens the database with the settings that every server of this benchmark has. */
export function open(place) {
  if (place.engine === 'postgres') return new pg.Pool({ connectionString: place.url })
  const database = new DatabaseSync(place.url)
  database.exec('pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on')
  return database
}

/** A hash without Django's prefix. */
export const phc = (person) => person.password.slice('argon2'.length)

export const verifyPassword = async ({ hash, password }) => verify(hash, password)

/** Inserts rows, a thousand at a time, whatever the engine. */
export async function insert(database, table, rows) {
  const columns = Object.keys(rows[0])
  const names = columns.map((one) => `"${one}"`).join(', ')
  if (database instanceof DatabaseSync) {
    const statement = database.prepare(`insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`)
    database.exec('begin')
    for (const row of rows) statement.run(...columns.map((one) => row[one]))
    database.exec('commit')
    return
  }
  for (let start = 0; start < rows.length; start += 1000) {
    const part = rows.slice(start, start + 1000)
    const tuples = part.map((_, index) => `(${columns.map((__, at) => `$${index * columns.length + at + 1}`).join(', ')})`)
    await database.query(
      `insert into "${table}" (${names}) values ${tuples.join(', ')}`,
      part.flatMap((row) => columns.map((one) => row[one])),
    )
  }
}
