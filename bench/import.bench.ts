/**
 * What importing the built package costs a new process: its start with and without, what each further door adds, and how long a server takes
 * from its start to its first answer.
 * @module
 */

import { execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Row } from './run.js'

export const name = 'import'

const PROCESSES = Number(process.env['BENCH_PROCESSES'] ?? 25)
/** A site on plain `node:http` whose tables stand. */
const SERVER = `
import { createServer } from 'node:http'
import { portcullis } from 'portcullis'
import { forNode } from 'portcullis/node'
import { sqlite } from 'portcullis/sqlite'
const secretKey = 'a key for measuring, of no use for anything else: 0123456789'
const auth = portcullis({ secretKey, database: sqlite('site.db'), allowedHosts: ['127.0.0.1'] })
if (process.send === undefined) await auth.migrate().then(() => auth.close())
else {
  const listener = forNode(auth).site({ '/accounts': auth.pages() }, (request, response) => response.end(JSON.stringify({ user: request.user.username })))
  const server = createServer(listener).listen(0, '127.0.0.1', () => process.send(server.address().port))
}
`

const root = fileURLToPath(new URL('..', import.meta.url))

export async function run(): Promise<Row[]> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
  const doors = Object.keys(exports).filter((one) => one !== '.' && one !== './package.json')
  const application = mkdtempSync(join(tmpdir(), 'portcullis_bench_'))
  try {
    mkdirSync(join(application, 'node_modules'))
    symlinkSync(root, join(application, 'node_modules', 'portcullis'))
    const alone = doors.map((door) => `portcullis${door.slice(1)}`)
    const programs = [[], ['kysely'], ['portcullis'], ...alone.map((one) => ['portcullis', one])]
    symlinkSync(join(root, 'node_modules', 'kysely'), join(application, 'node_modules', 'kysely'))
    const taken = programs.map((): { whole: number[]; imports: number[] } => ({ whole: [], imports: [] }))
    // In turns, so that a neighbour's load falls on all of them.
    for (let round = 0; round < PROCESSES; round++)
      for (const [index, imports] of programs.entries()) {
        const { whole, importing } = start(application, imports)
        taken[index]?.whole.push(whole)
        taken[index]?.imports.push(importing)
      }
    const [empty = 0, kysely = 0, ours = 0] = taken.map(({ whole }) => median(whole))
    const [, , itself = 0, ...besides] = taken.map(({ imports }) => median(imports))
    return [
      { what: 'a process that imports nothing', value: empty, unit: 'ms' },
      { what: 'a process that imports portcullis', value: ours, unit: 'ms', ratio: ours / empty },
      { what: 'a process that imports kysely in its own files', value: kysely, unit: 'ms', ratio: kysely / empty },
      { what: 'the import of portcullis by itself', value: itself, unit: 'ms' },
      ...alone.map((one, index): Row => ({ what: `${one}, besides`, value: besides[index] ?? 0, unit: 'ms' })),
      ...(await firstAnswers(application)).map((row): Row => ({ ...row, ratio: row.value / empty })),
    ]
  } finally {
    rmSync(application, { recursive: true, force: true })
  }
}

/** How long a new process lives that imports these one after another, and how long the last of them takes. */
function start(application: string, imports: readonly string[]): { whole: number; importing: number } {
  const program = `let start = 0\n${imports.map((one) => `start = performance.now(); await import('${one}')\n`).join('')}console.log(performance.now() - start)`
  const begun = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: application, encoding: 'utf8' })
  const whole = performance.now() - begun
  if (status !== 0) throw new Error(`Importing ${imports.join(' and ')} failed:\n${stderr}`)
  return { whole, importing: Number(stdout) }
}

/** From the start of a server's process to the whole of its first answer, tables standing. */
async function firstAnswers(application: string): Promise<Row[]> {
  const program = join(application, 'server.mjs')
  writeFileSync(program, SERVER)
  execFileSync(process.execPath, [program], { cwd: application })
  const answers = [
    { what: 'the first answer of a server, JSON', path: '/', taken: [] as number[] },
    { what: 'the first answer of a server, its login page', path: '/accounts/login/', taken: [] as number[] },
  ]
  for (let round = 0; round < PROCESSES; round++)
    for (const { path, taken } of answers) {
      const begun = performance.now()
      const server = fork(program, { cwd: application, execArgv: [] })
      const [port] = (await Promise.race([once(server, 'message'), once(server, 'exit')])) as [number]
      if (!server.connected) throw new Error('The server ended before it answered.')
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      await response.text()
      taken.push(performance.now() - begun)
      server.kill()
      await once(server, 'exit')
      if (!response.ok) throw new Error(`${path} was answered with ${response.status}.`)
    }
  return answers.map(({ what, taken }) => ({ what, value: median(taken), unit: 'ms' }))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
