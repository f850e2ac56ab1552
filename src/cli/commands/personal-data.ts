/**
 * `portcullis export-user NAME` and `erase-user NAME`: what is held about somebody, and the end of it.
 * @module
 */

import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CommandContext, Site } from '../command.js'
import { Misuse, Refusal } from '../errors.js'
import { done, type Outcome } from '../outcome.js'

type SiteUser = Site['$types']['User']

/** What `export-user` may be told. */
export interface ExportUserOptions {
  /** The file to write; it must not be there yet. */
  readonly out?: string
}

/** Prints everything that is held about a user as JSON, or writes it to a file that only this account may read. */
export async function exportUser(context: CommandContext, username: string, { out }: ExportUserOptions): Promise<Outcome> {
  const site = await context.site()
  const data = await site.personalData.export(await userNamed(site, username))
  const text = JSON.stringify(data, null, 2)
  if (out === undefined) return done(text, { data })
  const path = resolve(context.workingDirectory, out)
  await write(path, `${text}\n`)
  return done(`Wrote what is held about ${username} to ${out}.`, { file: path })
}

/** Asks for the name once more, and erases the user. */
export async function eraseUser(context: CommandContext, username: string, { noInput }: { readonly noInput: boolean }): Promise<Outcome> {
  const site = await context.site()
  const user = await userNamed(site, username)
  if (!noInput) {
    if (!context.terminal.isInteractive) throw new Misuse('Nobody is there to confirm it. Say --noinput to erase without being asked.')
    context.terminal.tell(
      `Everything that belongs to ${username} would be deleted, with sessions and files. What they did in the admin stays, under another name. It cannot be undone.`,
    )
    if ((await context.terminal.ask('Type the name once more to go on')) !== username) return done('Nothing was erased.', { erased: null })
  }
  const erased = await site.personalData.erase(user)
  const text =
    erased.outcome === 'deleted'
      ? `${username} was deleted.`
      : `${username} was erased. The account stays as ${erased.pseudonym}, switched off, because something that must be kept points to it.`
  return done(text, { erased })
}

async function userNamed(site: Site, username: string): Promise<SiteUser> {
  const user = await site.users.find({ [site.internals.user.usernameField]: site.users.normalizeUsername(username) } as never)
  if (user === null) throw new Refusal(`There is no user “${username}”.`)
  return user as SiteUser
}

async function write(path: string, text: string): Promise<void> {
  try {
    // Readable by nobody else from its first moment on, whatever the umask (K7); what is there is not written over.
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Refusal(`${path} is there already. Name another file.`, { cause: error })
  }
}
