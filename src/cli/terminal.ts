/**
 * Questions to a person. Everything of the dialogue goes to standard error, so that standard output holds the answer alone.
 * @module
 */

import { createInterface } from 'node:readline'
import { Secret } from '../base/secret.js'
import { Cancelled, Refusal } from './errors.js'
import { printable } from './outcome.js'

/** Whoever answers questions. */
export interface Terminal {
  /** Whether a person is at the keyboard; false for a pipe or a file. */
  readonly isInteractive: boolean
  /** Tells the person something, on a line of its own. */
  tell(text: string): void
  /** Asks for a line. Throws `Cancelled` on Ctrl-C. */
  ask(question: string): Promise<string>
  /** Asks for a line that is not shown, nor how long it is. Throws `Cancelled` on Ctrl-C. */
  askSecret(question: string): Promise<Secret<string>>
}

/** The streams of a process that a dialogue needs. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stderr: NodeJS.WriteStream
}

/** The terminal of a process: a keyboard, or lines from a pipe. */
export function processTerminal(streams: TerminalStreams): Terminal {
  return streams.stdin.isTTY === true ? keyboard(streams) : pipe(streams)
}

function keyboard({ stdin, stderr }: TerminalStreams): Terminal {
  // Loaded at the first question: most commands ask none.
  const prompts = (): Promise<typeof import('@clack/prompts')> => import('@clack/prompts')
  return {
    isInteractive: true,
    tell: (text) => void stderr.write(`${printable(text)}\n`),
    async ask(question) {
      const { isCancel, text } = await prompts()
      const answer = await text({ message: question, input: stdin, output: stderr, withGuide: false })
      if (isCancel(answer)) throw new Cancelled()
      return answer ?? ''
    },
    async askSecret(question) {
      const { isCancel, password } = await prompts()
      // An empty mask: a row of dots would tell whoever looks on how long the password is.
      const answer = await password({ message: question, mask: '', input: stdin, output: stderr, withGuide: false })
      if (isCancel(answer)) throw new Cancelled()
      return new Secret(answer ?? '')
    },
  }
}

function pipe({ stdin, stderr }: TerminalStreams): Terminal {
  let lines: AsyncIterator<string> | null = null
  const next = async (question: string): Promise<string> => {
    stderr.write(`${question}\n`)
    lines ??= createInterface({ input: stdin, crlfDelay: Infinity })[Symbol.asyncIterator]()
    const line = await lines.next()
    if (line.done === true) throw new Refusal(`The input ended before this was answered: ${question}`)
    return line.value
  }
  return {
    isInteractive: false,
    tell: (text) => void stderr.write(`${printable(text)}\n`),
    ask: next,
    askSecret: async (question) => new Secret(await next(question)),
  }
}
