/**
 * The command line in tests: with a person at the keyboard whose answers are known, and everything that is printed caught.
 * @module
 */

import { Secret } from '../../src/base/secret.js'
import type { CommandContext, Site } from '../../src/cli/command.js'
import { Cancelled } from '../../src/cli/errors.js'
import type { ExitCode } from '../../src/cli/outcome.js'
import { loadSite } from '../../src/cli/load-site.js'
import { runCommandLine } from '../../src/cli/run.js'
import type { Terminal } from '../../src/cli/terminal.js'

/** The person presses Ctrl-C instead of answering. */
export const CTRL_C = Symbol('Ctrl-C')

/** A terminal that remembers. */
export interface ScriptedTerminal extends Terminal {
  /** Questions and what was told, in order; answers are not in it. */
  readonly transcript: string[]
  /** How many answers nobody asked for. */
  readonly unused: () => number
}

/**
 * A terminal whose person gives these answers, one a question. A question too many is an error.
 *
 * @example
 * const terminal = scripted('ada', 'ada@example.com', 'notes on the engine', 'notes on the engine')
 */
export function scripted(...answers: readonly (string | typeof CTRL_C)[]): ScriptedTerminal {
  const left = [...answers]
  const transcript: string[] = []
  const ask = async (question: string): Promise<string> => {
    transcript.push(question)
    const answer = left.shift()
    if (answer === undefined) throw new Error(`Nobody answers “${question}”. Before it: ${transcript.join(' · ')}`)
    if (typeof answer === 'symbol') throw new Cancelled()
    return answer
  }
  return {
    isInteractive: true,
    transcript,
    unused: () => left.length,
    tell: (text) => void transcript.push(text),
    ask,
    askSecret: async (question) => new Secret(await ask(question)),
  }
}

/** Nobody: a script runs the command. */
export const nobody: Terminal = { ...scripted(), isInteractive: false }

/** What a command is given, for a site that is there already. */
export function contextFor(site: unknown, given: Partial<CommandContext> = {}): CommandContext & { readonly shown: string[] } {
  const shown: string[] = []
  return {
    site: async () => site as Site,
    terminal: nobody,
    show: async (text) => void shown.push(text),
    environment: {},
    workingDirectory: process.cwd(),
    systemUser: null,
    ...given,
    shown,
  }
}

/** How a run ended. */
export interface Ran {
  readonly exitCode: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** What a run in the test's process is given, beside its arguments. */
export interface RunHere {
  readonly terminal?: Terminal
  readonly workingDirectory?: string
  /** What `--site` may name beside files: a name, and what makes the site. It is closed after the run. */
  readonly sites?: Readonly<Record<string, () => unknown>>
  readonly interrupted?: Promise<never>
}

/** Runs a command line inside the test's process. */
export async function runHere(args: readonly string[], given: RunHere = {}): Promise<Ran> {
  const { terminal = nobody, workingDirectory = process.cwd(), sites = {}, interrupted = new Promise<never>(() => {}) } = given
  const written = { stdout: '', stderr: '' }
  const exitCode = await runCommandLine({
    arguments: args,
    version: '0.0.0',
    workingDirectory,
    environment: {},
    systemUser: null,
    terminal,
    loadSite: async (choice) => (sites[choice.file ?? '']?.() as Site | undefined) ?? loadSite(choice),
    write: async (stream, text) => {
      written[stream] += text
    },
    interrupted,
    loadEnvironment: () => {},
  })
  return { exitCode, ...written }
}
