/**
 * A server process of this benchmark: it reads its task, listens, and tells the benchmark its port, its CPU time and its statements.
 * @module
 */

import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Task } from './contestant.js'

/** What the benchmark asks, and is answered with under the same name. */
export type Question = 'cpu' | 'count' | 'counted'

/** Reads what this process shall do. */
export function readTask(): Task {
  const file = process.env['BENCH_TASK']
  if (file === undefined) throw new Error('BENCH_TASK names no file: this server is started by `npm run bench -- requests`.')
  return JSON.parse(readFileSync(file, 'utf8')) as Task
}

/** The prototype of `pg`'s client, whichever copy of it the server uses. */
export interface QueriedClient {
  query: unknown
}

/** Listens on a free port of this machine and answers the benchmark's questions. */
export function report(server: Server, clients: readonly QueriedClient[] = []): void {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  let counting: { stop(): number } | null = null
  process.on('message', (question: Question) => {
    if (question === 'count') counting = countStatements(clients)
    const answer = question === 'cpu' ? cpu() : question === 'counted' ? (counting?.stop() ?? 0) : 0
    process.send?.({ [question]: answer })
  })
  process.on('disconnect', () => process.exit())
}

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Counts at the drivers, so that nobody counts themselves; put in place for a moment only, and gone while it is measured. */
function countStatements(clients: readonly QueriedClient[]): { stop(): number } {
  let count = 0
  const undo: (() => void)[] = []
  const watch = (object: object, name: string): void => {
    const methods = object as Record<string, (...args: unknown[]) => unknown>
    const original = methods[name] as (...args: unknown[]) => unknown
    methods[name] = function (this: unknown, ...args: unknown[]) {
      count += 1
      return original.apply(this, args)
    }
    undo.push(() => (methods[name] = original))
  }
  for (const name of ['run', 'get', 'all', 'iterate']) watch(StatementSync.prototype, name)
  watch(DatabaseSync.prototype, 'exec')
  for (const client of clients) watch(client, 'query')
  return {
    stop() {
      for (const restore of undo) restore()
      return count
    },
  }
}
