/**
 * Real processes for tests: what several of them do to one database at once.
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LOADER = fileURLToPath(new URL('./typescript-loader.mjs', import.meta.url))
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running process. */
export interface Child {
  readonly process: ChildProcess
  /** Resolves once it has printed a line that holds `text`. */
  printed(text: string): Promise<void>
  readonly ended: Promise<Ended>
}

/**
 * Starts a Node process that runs `source`, a module whose imports are seen from the repository's root.
 *
 * @example
 * const child = startChild(`import { sqlite } from './src/sqlite.js'; console.log('ready')`, [path])
 * await child.printed('ready')
 */
export function startChild(source: string, args: readonly string[] = [], nodeOptions: readonly string[] = []): Child {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    LOADER,
    ...nodeOptions,
    '--input-type=module-typescript',
    '--eval',
    source,
    '--',
    ...args,
  ]
  const child = spawn(process.execPath, flags, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  const watchers: (() => void)[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const watcher of watchers) watcher()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  const printed = async (text: string): Promise<void> => {
    const seen = new Promise<void>((resolve) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve()
      }
      watchers.push(look)
      look()
    })
    const end = await Promise.race([seen, ended])
    if (end !== undefined) throw new Error(`The process ended with ${end.code} before it printed “${text}”: ${end.stderr}`)
  }
  return { process: child, printed, ended }
}

/** Runs a process to its end and gives what it printed; throws when it failed. */
export async function runChild(source: string, args: readonly string[] = [], nodeOptions: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await startChild(source, args, nodeOptions).ended
  if (code !== 0) throw new Error(`The process ended with ${code}: ${stderr}`)
  return stdout
}
