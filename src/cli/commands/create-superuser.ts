/**
 * `portcullis createsuperuser`: makes a user who may everything, by asking or, with `--noinput`, from options and the environment.
 * @module
 */

import { messageFor } from '../../base/messages.js'
import { problem, ValidationError } from '../../base/errors.js'
import { Secret } from '../../base/secret.js'
import type { CommandContext, Site } from '../command.js'
import { suggestedUsername } from '../default-username.js'
import { isUniqueViolation, isValidationError } from '../describe-error.js'
import { Refusal } from '../errors.js'
import { readField } from '../field-input.js'
import { askTwice, complaintsAbout } from '../new-password.js'
import { done, type Outcome } from '../outcome.js'
import { fromEnvironment, readFieldOptions, superuserFields, type SuperuserField } from '../superuser-fields.js'

/** What the command line says. */
export interface CreateSuperuserOptions {
  /** Asks nothing: every value comes from options and the environment. */
  readonly noInput: boolean
  /** The options that name fields, as they were given. */
  readonly fields: readonly string[]
}

interface NewSuperuser {
  readonly values: Readonly<Record<string, unknown>>
  readonly password: Secret<string> | null
}

/** Makes a superuser. */
export async function createSuperuser(context: CommandContext, options: CreateSuperuserOptions): Promise<Outcome> {
  const site = await context.site()
  const fields = superuserFields(site)
  const given = readFieldOptions(fields, options.fields)
  if (!options.noInput && !context.terminal.isInteractive) {
    // Set-up scripts run this without a terminal and must not fail: Django's exit code 0.
    return done('No superuser was made: there is no terminal to ask at. Run the command in one, or pass --noinput.', { created: false })
  }
  const { values, password } = options.noInput ? await fromOptions(context, site, fields, given) : await byAsking(context, site, fields, given)
  const user = await save(site, values, password)
  // Whoever may run this command decides who gets in; without it, the first superuser would wait for a mail.
  if (site.emails.isRequired) await site.emails.markVerified(user)
  return done('The superuser has been created.', {
    created: true,
    user: { pk: user.pk, username: user.getUsername() },
    hasPassword: password !== null,
  })
}

/** With `--noinput`. The password is taken as it is, as Django does: whoever writes deployment scripts chooses it deliberately. */
async function fromOptions(
  context: CommandContext,
  site: Site,
  fields: readonly SuperuserField[],
  given: ReadonlyMap<string, string>,
): Promise<NewSuperuser> {
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const { name } = field.column
    const text = given.get(name) ?? fromEnvironment(context.environment, field.variable)
    if (text === undefined) throw new Refusal(`With --noinput, ${field.option} must be given, or PORTCULLIS_SUPERUSER_${field.variable} be set.`)
    values[name] = await readSuperuserField(site, field, text)
  }
  const password = fromEnvironment(context.environment, 'PASSWORD')
  return { values, password: password === undefined ? null : new Secret(password) }
}

/** In a dialogue. The environment is not looked at, as in Django: a variable somebody forgot must not answer in their place. */
async function byAsking(
  context: CommandContext,
  site: Site,
  fields: readonly [SuperuserField, ...SuperuserField[]],
  given: ReadonlyMap<string, string>,
): Promise<NewSuperuser> {
  const { terminal } = context
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const { name } = field.column
    const suggestion = field === fields[0] ? await suggestedUsername(site, context.systemUser) : ''
    const question = suggestion === '' ? field.question : `${field.question} (leave blank to use “${suggestion}”)`
    let text = given.get(name)
    while (!(name in values)) {
      text ??= (await terminal.ask(question)) || suggestion
      try {
        values[name] = await readSuperuserField(site, field, text)
      } catch (error) {
        if (!isValidationError(error)) throw error
        terminal.tell(`Error: ${error.messages.join('; ')}`)
        text = undefined
      }
    }
  }
  return { values, password: await askPassword(context, site, values) }
}

/** Asks until a password is accepted. The validators know what was typed before (CM-1), and one may be overruled. */
async function askPassword({ terminal }: CommandContext, site: Site, values: Readonly<Record<string, unknown>>): Promise<Secret<string>> {
  for (;;) {
    const typed = await askTwice(terminal)
    if ('complaint' in typed) {
      terminal.tell(`Error: ${typed.complaint}`)
      continue
    }
    const complaints = await complaintsAbout(site, typed.password, values)
    if (complaints.length === 0) return typed.password
    terminal.tell(complaints.join('\n'))
    const answer = await terminal.ask('Use this password all the same, and create the superuser? [y/N]')
    if (answer === 'y' || answer === 'Y') return typed.password
  }
}

/** One field's value. Of the username: in its one spelling, and not taken. */
async function readSuperuserField(site: Site, { column }: SuperuserField, text: string): Promise<unknown> {
  const { user } = site.internals
  if (column.name !== user.usernameField) return readField(site, user, column, text)
  const value = await readField(site, user, column, site.users.normalizeUsername(text))
  if (await isTaken(site, value)) throw new ValidationError(problem('unique.username', {}, column.name))
  return value
}

async function save(
  site: Site,
  values: Readonly<Record<string, unknown>>,
  password: Secret<string> | null,
): ReturnType<Site['users']['createSuperuser']> {
  try {
    return await site.users.createSuperuser({ ...values, password: password?.reveal() ?? null } as never)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    // Somebody was quicker between the question and the answer, or a required field is unique too.
    throw new Refusal(messageFor((await isTaken(site, values[site.internals.user.usernameField])) ? 'unique.username' : 'unique'), { cause: error })
  }
}

async function isTaken(site: Site, username: unknown): Promise<boolean> {
  return site.users.exists({ [site.internals.user.usernameField]: username } as never)
}
