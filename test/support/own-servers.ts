/**
 * Servers of a test's own, to be stopped and killed: PostgreSQL, MariaDB and Redis from this machine's programs, each on a port and in a folder
 * of its own. A program that is not there is named in a line and its tests are left out, and is an error when `CI` is set.
 * @module
 */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { accessSync, chownSync, constants, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server that a test may end as it likes. */
export interface OwnServer {
  readonly port: number
  readonly url: string
  /** Starts it, and waits until it takes connections. */
  start(): Promise<void>
  /** Ends it: `stop` as an administrator would, `kill` as the machine does when it has no memory left. */
  end(how: 'stop' | 'kill'): Promise<void>
  /** Ends it for good and removes its folder. */
  remove(): Promise<void>
}

/** How long a busy machine may take to start one, in milliseconds. */
const PATIENCE = 60_000

/** How long one may take to end, in milliseconds. */
const IMPATIENCE = 5000

type Kind = 'PostgreSQL' | 'MariaDB' | 'Redis'

/** Debian keeps what belongs to one version of PostgreSQL apart from the others. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', ...globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed()]

const PROGRAMS: Readonly<Record<Kind, readonly string[]>> = {
  PostgreSQL: ['initdb', 'postgres'],
  MariaDB: ['mariadb-install-db', 'mariadbd'],
  Redis: ['redis-server'],
}

/** Whether this machine has the programs of a server. Says so where it has not. */
export function hasPrograms(kind: Kind): boolean {
  const missing = PROGRAMS[kind].filter((name) => findProgram(name) === null)
  if (missing.length === 0) return true
  const reason = `${kind} cannot be stopped and started: there is no ${missing.join(', ')} on this machine`
  if (process.env['CI']) throw new Error(`${reason}. With CI set no program may be missing.`)
  console.info(`skipped: ${reason}`)
  return false
}

/** Makes an empty PostgreSQL and starts it. */
export async function ownPostgres(): Promise<OwnServer> {
  const account = accountFor('postgres')
  const folder = folderFor(account)
  execFileSync(programOf('initdb'), ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], account)
  const port = await freePort()
  // Few connections: a test uses them up.
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'max_connections=20', 'autovacuum=off']
  const args = ['-D', join(folder, 'data'), '-p', String(port), ...settings.flatMap((one) => ['-c', one])]
  // Its children outlive a postmaster that is killed, and keep the next from starting: SIGQUIT ends them all at once, as a crash does.
  const server = program({
    name: 'postgres',
    args,
    port,
    folder,
    account,
    stop: 'SIGINT',
    kill: 'SIGQUIT',
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
  })
  await server.start()
  return server
}

/** Makes an empty MariaDB and starts it. */
export async function ownMariadb(): Promise<OwnServer> {
  const account = accountFor('mysql')
  const folder = folderFor(account)
  const data = join(folder, 'data')
  execFileSync(
    programOf('mariadb-install-db'),
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-name-resolve'],
    account,
  )
  const port = await freePort()
  const settings = ['--innodb-flush-log-at-trx-commit=2', '--innodb-buffer-pool-size=16M', '--max-connections=20', '--performance-schema=off']
  const places = [`--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 'sock')}`]
  const args = ['--no-defaults', ...places, ...settings]
  const server = program({
    name: 'mariadbd',
    args,
    port,
    folder,
    account,
    stop: 'SIGTERM',
    kill: 'SIGKILL',
    url: `mysql://root@127.0.0.1:${port}/test`,
  })
  await server.start()
  return server
}

/** Makes an empty Redis that keeps what it was told, and starts it. */
export async function ownRedis(): Promise<OwnServer> {
  const folder = folderFor({})
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
  const server = program({
    name: 'redis-server',
    args,
    port,
    folder,
    account: {},
    stop: 'SIGTERM',
    kill: 'SIGKILL',
    url: `redis://127.0.0.1:${port}`,
  })
  await server.start()
  return server
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** No database server runs as root: it is lent the account that its package made. */
function accountFor(name: string): Account {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function folderFor({ uid, gid }: Account): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_server_'))
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

interface ProgramParts {
  readonly name: string
  readonly args: readonly string[]
  readonly port: number
  readonly url: string
  readonly folder: string
  readonly account: Account
  readonly stop: NodeJS.Signals
  readonly kill: NodeJS.Signals
}

/** Programs under way: none outlives the test run, however that ends. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

function program({ name, args, port, url, folder, account, stop, kill }: ProgramParts): OwnServer {
  let child: ChildProcess | null = null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()))
    ending.kill(signal)
    // One that has begun a moment ago may not hear the first word.
    const insistence = setTimeout(() => ending.kill('SIGKILL'), IMPATIENCE)
    await ended
    clearTimeout(insistence)
  }
  return {
    port,
    url,
    async start() {
      const started = spawn(programOf(name), args, { ...account, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      started.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)))
      child = started
      running.add(started)
      started.once('exit', () => running.delete(started))
      const deadline = performance.now() + PATIENCE
      const [hello, expected] = GREETINGS[name] ?? [new Uint8Array(), /^/]
      while (!(await answers(port, hello, expected))) {
        if (started.exitCode !== null || performance.now() > deadline) throw new Error(`${name} does not start: ${said}`)
        await sleep(20)
      }
    },
    end: async (how) => end(how === 'stop' ? stop : kill),
    async remove() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Whether it answers the first words of its protocol: a port that is open belongs to a server that is only just waking up. */
async function answers(port: number, hello: Uint8Array, expected: RegExp): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => void socket.write(hello))
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('data', (bytes) => {
      resolve(expected.test(bytes.toString('latin1')))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

/** What clients say first, and what a server says that is awake. MariaDB speaks first. */
const GREETINGS: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  // The start of a session as `postgres`: length, version 3.0, and a name and a value.
  postgres: [Buffer.from('\0\0\0\x17\0\x03\0\0user\0postgres\0\0', 'latin1'), /^R/],
  mariadbd: [new Uint8Array(), /^.{4}\n/s],
  'redis-server': [Buffer.from('PING\r\n'), /^\+PONG/],
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function programOf(name: string): string {
  const path = findProgram(name)
  if (path === null) throw new Error(`There is no ${name} on this machine.`)
  return path
}

function findProgram(name: string): string | null {
  for (const folder of FOLDERS) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this one.
    }
  }
  return null
}
