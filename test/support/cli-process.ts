/**
 * The command line as a real process: with pipes, or at a pseudo-terminal that somebody types into.
 * @module
 */

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const LOADER = join(ROOT, 'test/support/run-sources.mjs')
const PROGRAM = join(ROOT, 'src/cli/main.ts')
const TYPIST = join(ROOT, 'test/support/terminal.py')

/** What a command costs at most, in milliseconds, on a machine that is busy. */
const PATIENCE = 60_000

/** Where the sources are: `import { portcullis } from '${sources}/index.ts'` in a site file of a test. */
export const sources = join(ROOT, 'src')

/** How a process ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a run is given. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is piped in; nothing, and its end, by default. */
  readonly input?: string
  readonly nodeOptions?: readonly string[]
}

/** Runs the command line with pipes. */
export function runPiped(args: readonly string[], { cwd, env = {}, input = '', nodeOptions = [] }: RunOptions): Promise<Ended> {
  const child = spawn(process.execPath, [...commandLine(nodeOptions), ...args], {
    cwd,
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE,
  })
  const ended = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.stderr += text
  })
  // A command that needs no input may be gone before it is written.
  child.stdin.on('error', () => {}).end(input)
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, ...ended })))
}

/** What was seen at the terminal. */
export interface Seen {
  /** All it showed, echo included; `stdout` is not in it. */
  readonly screen: string
  readonly stdout: string
  readonly exitCode: number
  /** How many of the steps were not reached. */
  readonly untyped: number
}

/** Whether this machine has what plays a terminal: Python 3. */
export const hasTypist = spawnSync('python3', ['-c', 'import pty']).status === 0

/** What is done at a terminal: each step waits for a text on the screen, then types another. */
export type Steps = readonly (readonly [waitFor: string, type: string])[]

/** Runs the command line at a pseudo-terminal. Its standard output is a pipe. */
export function runAtTerminal(args: readonly string[], steps: Steps, { cwd, env = {} }: RunOptions): Promise<Seen> {
  return playTerminal({ argv: [process.execPath, ...commandLine([]), ...args], cwd, env: environment({ TERM: 'xterm', ...env }), steps })
}

/** Runs any program at a pseudo-terminal; `shown`: with its standard output there too, as people run programs. */
export function playTerminal(task: {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly steps: Steps
  readonly shown?: boolean
}): Promise<Seen> {
  const child = spawn('python3', [TYPIST], { stdio: ['pipe', 'pipe', 'inherit'] })
  let answer = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  child.stdin.end(JSON.stringify({ ...task, timeout: PATIENCE / 1000 }))
  return new Promise((resolve, reject) =>
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(answer) as Seen) : reject(new Error(`terminal.py ended with ${code}`)))),
  )
}

/** A folder with these files; `drop` removes it. */
export function folderWith(files: Readonly<Record<string, string>>): { readonly path: string; readonly drop: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'portcullis-cli-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, drop: () => rmSync(path, { recursive: true, force: true }) }
}

function commandLine(nodeOptions: readonly string[]): string[] {
  return ['--disable-warning=ExperimentalWarning', '--import', LOADER, ...nodeOptions, PROGRAM]
}

/** Only what a process needs: a variable of the machine must not answer in a test's place. */
function environment(given: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, LOGNAME: 'ada', ...given }
}
