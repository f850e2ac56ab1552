/**
 * `portcullis remove-stale-contenttypes`: deletes content types of models that are no more, with their permissions and every grant of these.
 * @module
 */

import type { ContentType } from '../../accounts/content-type.js'
import type { CommandContext, Site } from '../command.js'
import { done, type Outcome } from '../outcome.js'

/** What the command line says. */
export interface RemoveStaleOptions {
  /** Also those of apps that this site declares no model in: they may belong to whoever else uses the database. */
  readonly includeStaleApps: boolean
  /** Deletes without asking. */
  readonly noInput: boolean
}

/** Lists what would go, asks, and deletes. */
export async function removeStaleContentTypes(context: CommandContext, { includeStaleApps, noInput }: RemoveStaleOptions): Promise<Outcome> {
  const site = await context.site()
  const stale = await site.contentTypes.stale({ includeStaleApps })
  if (stale.length === 0) return done('There are no stale content types.', { contentTypes: [], deleted: null })
  const listed = await withPermissions(site, stale)
  const contentTypes = listed.map(({ one, permissions }) => ({ appLabel: one.appLabel, model: one.model, permissions }))
  const list = contentTypes
    .map((one) => `${one.appLabel} | ${one.model}${one.permissions.length === 0 ? '' : `\n    ${one.permissions.join('\n    ')}`}`)
    .join('\n')
  const explanation = `These models are no longer declared:\n${list}\nTheir content types would be deleted, with the permissions listed and everything these grant to users and groups.`
  if (!noInput) {
    context.terminal.tell(explanation)
    const answer = await context.terminal.ask('Delete them? Type “yes” to go on')
    if (answer !== 'yes') return done('Nothing was deleted.', { contentTypes, deleted: null })
  }
  const deleted = await site.contentTypes.removeStale({ includeStaleApps })
  const counts = Object.entries(deleted.byModel).map(([model, count]) => `    ${model}: ${count}`)
  return done([`Deleted ${deleted.total} rows:`, ...counts].join('\n'), { contentTypes, deleted })
}

async function withPermissions(
  site: Site,
  stale: readonly ContentType[],
): Promise<{ readonly one: ContentType; readonly permissions: readonly string[] }[]> {
  const all = await site.permissions.filter({ contentType: { in: stale.map((one) => one.id) } })
  return stale.map((one) => ({
    one,
    permissions: all.filter((permission) => permission.contentType === one.id).map((permission) => `${one.appLabel}.${permission.codename}`),
  }))
}
