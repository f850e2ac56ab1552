/**
 * One run of the command line: reads the arguments, runs the command, prints its outcome, closes the site, gives the exit code.
 * @module
 */

import { CommanderError, type Command } from 'commander'
import type { CommandContext, Site } from './command.js'
import { describeError, isForeseen } from './describe-error.js'
import { Misuse, Refusal } from './errors.js'
import type { SiteChoice } from './load-site.js'
import { printable, toJsonLine, type ExitCode, type Outcome } from './outcome.js'
import { createProgram, type GlobalOptions } from './program.js'
import type { Terminal } from './terminal.js'

/** The process around a run, as far as commands see it. */
export interface Host {
  /** What follows the program's name. */
  readonly arguments: readonly string[]
  readonly version: string
  readonly workingDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly systemUser: string | null
  readonly terminal: Terminal
  /** Loads the site that the options name. */
  loadSite(choice: SiteChoice): Promise<Site>
  /** Resolves once the text is on its way: a process that ends earlier would cut it off. */
  write(stream: 'stdout' | 'stderr', text: string): Promise<void>
  /** Rejects when somebody presses Ctrl-C. */
  readonly interrupted: Promise<never>
  /** Adds the variables of a file to the environment; those already set stay. */
  loadEnvironment(file: string): void
}

/**
 * Runs one command line and gives its exit code. Never throws.
 *
 * @example
 * process.exitCode = await runCommandLine(host)
 */
export async function runCommandLine(host: Host): Promise<ExitCode> {
  const json = wantsJson(host.arguments)
  let help = ''
  let exitCode: ExitCode = 0

  const run = async (command: string, work: (context: CommandContext) => Promise<Outcome>): Promise<void> => {
    const outcome = await withSite(host, program.opts<GlobalOptions>(), json, work)
    exitCode = outcome.exitCode
    if (json) await host.write('stdout', `${toJsonLine(command, outcome.exitCode, outcome.facts)}\n`)
    else if (outcome.text !== '') await host.write('stdout', `${printable(outcome.text)}\n`)
  }
  const program = createProgram(host.version, run, {
    out: (text) => {
      help += text
    },
  })

  try {
    if (host.arguments.length === 0) throw new Misuse(program.helpInformation().trimEnd())
    await Promise.race([program.parseAsync([...host.arguments], { from: 'user' }), host.interrupted])
  } catch (error) {
    // Help and version end by an error too.
    if (error instanceof CommanderError && error.exitCode === 0) {
      await host.write('stdout', help)
      return 0
    }
    const told = describeError(error)
    exitCode = told.exitCode
    if (json) await host.write('stdout', `${toJsonLine(namedCommand(program, host.arguments), exitCode, told.facts)}\n`)
    else await host.write('stderr', `${printable(told.text)}\n`)
  }
  return exitCode
}

async function withSite(host: Host, options: GlobalOptions, json: boolean, work: (context: CommandContext) => Promise<Outcome>): Promise<Outcome> {
  const { terminal, workingDirectory, environment, systemUser } = host
  let loading: Promise<Site> | null = null
  if (options.env !== undefined) readEnvironmentFile(host, options.env)
  try {
    return await work({
      terminal,
      workingDirectory,
      environment,
      systemUser,
      site: () => (loading ??= host.loadSite({ file: options.site, exportName: options.export, workingDirectory })),
      show: async (text) => (json ? undefined : host.write('stdout', `${printable(text)}\n`)),
    })
  } catch (error) {
    throw await withRemedy(error, loading)
  } finally {
    await closeQuietly(loading)
  }
}

/** Asked before commander has read anything, so that its refusals are JSON too. */
function wantsJson(given: readonly string[]): boolean {
  const end = given.indexOf('--')
  return (end < 0 ? given : given.slice(0, end)).includes('--json')
}

/** The command that was meant, also where its options were not understood. */
function namedCommand(program: Command, given: readonly string[]): string | null {
  return program.commands.map((one) => one.name()).find((name) => given.includes(name)) ?? null
}

function readEnvironmentFile(host: Host, file: string): void {
  try {
    host.loadEnvironment(file)
  } catch (error) {
    throw new Misuse(`--env: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** A statement that failed on a database without its tables says so in the engine's words only; this adds the command that makes them. */
async function withRemedy(error: unknown, loading: Promise<Site> | null): Promise<unknown> {
  if (loading === null || isForeseen(error)) return error
  const missing = await loading
    .then((site) => site.migrationPlan())
    .then(
      (plan) => plan.steps.some((one) => one.kind === 'createTable'),
      () => false,
    )
  if (!missing) return error
  return new Refusal(
    `The database lacks tables of this site. Run \`portcullis migrate\` first.\n(${error instanceof Error ? error.message : String(error)})`,
    { cause: error },
  )
}

/** What fails while closing is of no interest to whoever has an answer, or a better error. */
async function closeQuietly(loading: Promise<Site> | null): Promise<void> {
  await loading?.then((site) => site.close()).catch(() => {})
}
