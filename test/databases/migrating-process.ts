/**
 * A process that migrates: `migrating-process.ts <engine> <url> [statement to die at]`. It waits for a line on its input, so that
 * several start at once.
 * @module
 */

import { once } from 'node:events'
import { openDatabase } from '../../src/database/database.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import { schemaOn } from '../support/schema.js'

const [, , engine, url = '', dieAt] = process.argv
const database = openDatabase(engine === 'postgres' ? postgres(url) : engine === 'mysql' ? mysql(url) : sqlite(url))
process.stdout.write('ready\n')
await once(process.stdin, 'data')
let changes = 0
database.onStatement((sql) => {
  if (!/^(create|alter|insert|update|drop)/i.test(sql)) return
  changes += 1
  if (changes === Number(dieAt)) process.kill(process.pid, 'SIGKILL')
})
const { applied } = await schemaOn(database).migrate()
process.stdout.write(`${JSON.stringify({ steps: applied.length })}\n`)
await database.close()
process.exit(0)
