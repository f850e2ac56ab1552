/**
 * The command line in a real process: its streams, its environment, its signals.
 * @module
 */

import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { Cancelled } from './errors.js'
import { runCommandLine } from './run.js'
import { processTerminal } from './terminal.js'

/** Runs the command line of this process and ends it. */
export async function runProcess(): Promise<never> {
  // Whoever reads a pipe may have read enough: `portcullis types | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const interrupted = new Promise<never>((_resolve, reject) => {
    process.once('SIGINT', () => reject(new Cancelled()))
  })
  interrupted.catch(() => {})
  const exitCode = await runCommandLine({
    arguments: process.argv.slice(2),
    version: packageVersion(),
    workingDirectory: process.cwd(),
    environment: process.env,
    systemUser: systemUser(),
    terminal: processTerminal(process),
    loadSite: async (choice) => (await import('./load-site.js')).loadSite(choice),
    write: (stream, text) =>
      new Promise((resolve) => {
        process[stream].write(text, () => resolve())
      }),
    loadEnvironment: (file) => process.loadEnvFile(file),
    interrupted,
  })
  // A pool that the application made stays open, and would keep the process from ending by itself.
  process.exit(exitCode)
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return version
}

/** The variables first, as Python's `getpass.getuser` has them; a container's user often has no entry among the accounts. */
function systemUser(): string | null {
  const { LOGNAME, USER, LNAME, USERNAME } = process.env
  const named = [LOGNAME, USER, LNAME, USERNAME].find((one) => one !== undefined && one !== '')
  if (named !== undefined) return named
  try {
    return userInfo().username
  } catch {
    return null
  }
}
