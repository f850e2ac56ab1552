/**
 * The processes of the benchmark: the servers, and the one that makes the load.
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { send } from './call.js'
import { WHO, type Call, type Contestant, type RunningServer, type Task } from './contestant.js'
import type { LoadJob, LoadResult } from './load.js'
import type { Question } from './reporting.js'

const LOADER = fileURLToPath(new URL('../../test/support/typescript.mjs', import.meta.url))
const DJANGO = fileURLToPath(new URL('django', import.meta.url))
const GUNICORN = process.env['BENCH_GUNICORN'] ?? '/usr/bin/gunicorn'
/** Requests that are averaged when statements are counted. */
const COUNTED = 20
/** What Linux counts CPU time in, in microseconds. */
const TICK = 10_000

/** Starts a server and waits until it answers. */
export async function startServer(contestant: Contestant, task: Task, folder: string): Promise<RunningServer> {
  const { runs } = contestant
  return 'node' in runs ? startNode(contestant, runs, task, folder) : startGunicorn(contestant, task, folder)
}

async function startNode(
  contestant: Contestant,
  { node, flags = [] }: Extract<Contestant['runs'], { node: URL }>,
  task: Task,
  folder: string,
): Promise<RunningServer> {
  const file = join(folder, `${contestant.name}.json`)
  writeFileSync(file, JSON.stringify(task))
  const profiling =
    process.env['BENCH_PROFILE'] === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROFILE']}`, `--cpu-prof-name=${contestant.name}-${task.place.engine}.cpuprofile`]
  const child = spawn(process.execPath, [...profiling, '--disable-warning=ExperimentalWarning', '--import', LOADER, fileURLToPath(node), ...flags], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', BENCH_TASK: file },
  })
  const { port } = await heard<{ port: number }>(child, contestant.name)
  const ask = async (question: Question): Promise<number> => {
    const answer = heard<Record<Question, number>>(child, contestant.name)
    child.send(question)
    return (await answer)[question]
  }
  return {
    contestant,
    port,
    cpu: async () => ask('cpu'),
    async statements(call: Call) {
      await ask('count')
      for (let index = 0; index < COUNTED; index++) await send(port, call)
      return (await ask('counted')) / COUNTED
    },
    stop: async () => ended(child, () => child.disconnect()),
  }
}

/** Django under gunicorn, two workers: one for each core, as its documentation has it. */
async function startGunicorn(contestant: Contestant, task: Task, folder: string): Promise<RunningServer> {
  const file = join(folder, 'django.json')
  writeFileSync(file, JSON.stringify(task))
  const port = await freePort()
  const args = [
    '--bind',
    `127.0.0.1:${port}`,
    '--workers',
    '2',
    ...(process.env['BENCH_GUNICORN_ARGS'] ?? '').split(' ').filter(Boolean),
    '--log-level',
    'warning',
    'bench_site:application',
  ]
  const child = spawn(GUNICORN, args, {
    cwd: DJANGO,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, BENCH_TASK: file, PYTHONDONTWRITEBYTECODE: '1' },
  })
  await untilAnswers(port, child)
  return {
    contestant,
    port,
    cpu: async () => cpuOfFamily(child.pid as number),
    async statements(call: Call) {
      const answer = await send(port, { ...call, headers: { ...call.headers, 'x-count-statements': '1' } })
      return Number(answer.headers['x-statements'])
    },
    stop: async () => ended(child, () => child.kill('SIGTERM')),
  }
}

/** A process that makes load when asked. */
export interface LoadProcess {
  run(job: LoadJob): Promise<LoadResult>
  stop(): Promise<void>
}

/** Starts it. */
export function startLoad(): LoadProcess {
  const child = spawn(process.execPath, ['--import', LOADER, fileURLToPath(new URL('load.ts', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    async run(job) {
      const result = heard<LoadResult>(child, 'the load')
      child.send(job)
      return result
    },
    stop: async () => ended(child, () => child.disconnect()),
  }
}

async function heard<T>(child: ChildProcess, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${name} ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })
}

async function ended(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null) return
  const end = new Promise((resolve) => child.once('exit', resolve))
  ask()
  const hurry = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await end
  clearTimeout(hurry)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilAnswers(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await send(port, { method: 'GET', path: WHO })
      return
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** The CPU time of a process and its children, from Linux's own books. */
function cpuOfFamily(parent: number): number {
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(name)
    if (fields === null || (Number(name) !== parent && Number(fields[1]) !== parent)) continue
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * TICK
}

/** The fields after the name, which may hold anything: state, parent, … */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
