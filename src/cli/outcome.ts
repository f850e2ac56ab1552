/**
 * What a command came to, and how that is printed: text for people, one JSON object for programs.
 * @module
 */

/** 0: done. 1: said no. 2: called wrongly. */
export type ExitCode = 0 | 1 | 2

/** What `--json` prints besides `ok` and `command`. */
export type Facts = Readonly<Record<string, unknown>>

/** The answer of a command that ran. */
export interface Outcome {
  readonly exitCode: 0 | 1
  /** For people, without a line break at the end. Empty where everything has been said already. */
  readonly text: string
  readonly facts: Facts
}

/** The outcome of a command that did what it was asked. */
export function done(text: string, facts: Facts = {}): Outcome {
  return { exitCode: 0, text, facts }
}

/** The outcome of a command whose answer is no. */
export function no(text: string, facts: Facts = {}): Outcome {
  return { exitCode: 1, text, facts }
}

/**
 * One line of JSON. `ok` is true exactly when the exit code is 0. A `bigint` is written as text, because a number would lose digits.
 *
 * @example
 * toJsonLine('migrate', 0, { applied: [] })   // '{"ok":true,"command":"migrate","applied":[]}'
 */
export function toJsonLine(command: string | null, exitCode: ExitCode, facts: Facts): string {
  return JSON.stringify({ ok: exitCode === 0, command, ...facts }, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/**
 * Text as it may go to a terminal: names of groups and codenames are whatever somebody wrote into the database, and must neither move
 * the cursor nor turn a line around.
 *
 * @example
 * printable('in group \u001b[2J')   // 'in group \\u{1b}[2J'
 */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
