/**
 * What a superuser is made of besides the password: the username and the user model's required fields, each with the names under
 * which options and environment variables give it.
 * @module
 */

import { parseArgs } from 'node:util'
import { snakeCase, type ColumnMeta } from '../database/meta.js'
import type { CommandContext, Site } from './command.js'
import { Misuse } from './errors.js'
import { relationHint } from './field-input.js'

/** One field that is asked for. */
export interface SuperuserField {
  readonly column: ColumnMeta
  /** `--first-name`. */
  readonly option: string
  /** `FIRST_NAME`, behind a prefix. */
  readonly variable: string
  /** What stands before the cursor: `First name`, `Company (Company.id)`. */
  readonly question: string
}

/** Our own prefix first: where both are set, it wins. */
const PREFIXES = ['PORTCULLIS_SUPERUSER_', 'DJANGO_SUPERUSER_'] as const

/** The username's field, then the required ones in the model's order. */
export function superuserFields(site: Site): readonly [SuperuserField, ...SuperuserField[]] {
  const { user } = site.internals
  const [username, ...required] = [user.usernameField, ...user.requiredFields].map((name): SuperuserField => {
    const column = user.meta.column.get(name) as ColumnMeta
    const hint = relationHint(site, user, column)
    const label = column.label.charAt(0).toUpperCase() + column.label.slice(1) // rule: case-table: shown only
    return {
      column,
      option: `--${snakeCase(name).replaceAll('_', '-')}`,
      variable: variableName(name),
      question: hint === null ? label : `${label} (${hint})`,
    }
  })
  return [username as SuperuserField, ...required]
}

/**
 * Reads the options that name fields: `--email ada@example.com`, `--first-name=Ada`, and Django's `--first_name`.
 *
 * @throws Misuse for anything else, a password above all: every user of a machine sees the command lines of all processes
 */
export function readFieldOptions(fields: readonly SuperuserField[], given: readonly string[]): ReadonlyMap<string, string> {
  if (given.some((one) => /^--?password(=|$)/.test(one))) {
    throw new Misuse(
      'A password on a command line is seen by everybody on the machine. Leave it out to be asked, or set PORTCULLIS_SUPERUSER_PASSWORD and pass --noinput.',
    )
  }
  const byOption = new Map(
    fields.flatMap(({ column, option }) => [
      [option.slice(2), column.name],
      [snakeCase(column.name), column.name],
    ]),
  )
  const options = Object.fromEntries([...byOption.keys()].map((name) => [name, { type: 'string' as const }]))
  try {
    const { values } = parseArgs({ args: [...given], options, allowPositionals: false })
    return new Map(Object.entries(values).map(([name, value]) => [byOption.get(name) as string, String(value)]))
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) throw error
    throw new Misuse(
      `Not understood: ${given.join(' ')}\nThe fields of a superuser here: ${fields.map(({ option }) => `${option} <text>`).join(' ')}`,
      { cause: error },
    )
  }
}

/** The value that the environment gives under our prefix or Django's: of a field's `variable`, or `PASSWORD`. Undefined where it gives none. */
export function fromEnvironment(environment: CommandContext['environment'], variable: string): string | undefined {
  return PREFIXES.map((prefix) => environment[`${prefix}${variable}`]).find((one) => one !== undefined)
}

function variableName(field: string): string {
  return snakeCase(field).toUpperCase() // rule: case-table: names of fields are ASCII
}
