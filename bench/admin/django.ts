/**
 * Django's own admin on the database that is measured, in a process of its own, where there is a Django.
 * @module
 */

import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BenchDatabase } from '../databases.js'

const PYTHON = process.env['TEST_DJANGO_PYTHON'] ?? '/usr/bin/python3'
const PROGRAM = fileURLToPath(new URL('django_admin.py', import.meta.url))

/** What a page took there. */
export interface Measured {
  readonly milliseconds: number
  readonly bytes: number
  readonly statements: number
}

/** A Django that opens pages of its admin as the user `root`. */
export interface DjangoAdmin {
  readonly release: string
  /** Opens a page so many times; gives the time in the middle. */
  open(path: string, times: number): Promise<Measured>
  stop(): Promise<void>
}

/** Starts it; null where there is none, with a line that says so. */
export async function startDjangoAdmin({ place }: BenchDatabase): Promise<DjangoAdmin | null> {
  if (spawnSync(PYTHON, ['-c', 'import django']).status !== 0) {
    console.log(`  left out: Django's admin, because ${PYTHON} has no Django (apt-get install python3-django python3-psycopg2)`)
    return null
  }
  const child = spawn(PYTHON, ['-W', 'ignore', PROGRAM, JSON.stringify(place)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error("Django's admin has ended.")
    return JSON.parse(value)
  }
  const { release } = (await next()) as { release: string }
  return {
    release,
    async open(path, times) {
      child.stdin.write(`${JSON.stringify({ path, times })}\n`)
      return (await next()) as Measured
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.stdin.end()
      await ended
    },
  }
}
