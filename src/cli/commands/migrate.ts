/**
 * `portcullis migrate`: shows what it will do, then does it.
 * @module
 */

import type { CommandContext } from '../command.js'
import { done, no, type Outcome } from '../outcome.js'

/** What the command line says. */
export interface MigrateCommandOptions {
  /** Only shows what would be done. */
  readonly plan?: boolean
  /** Only tells, by the exit code, whether there is anything to do. */
  readonly check?: boolean
  /** Shows the statements as well. */
  readonly sql?: boolean
  /** Also does what loses data. */
  readonly destructive?: boolean
}

/** Creates the tables or brings them up to date. */
export async function migrate(context: CommandContext, options: MigrateCommandOptions): Promise<Outcome> {
  const site = await context.site()
  const plan = await site.migrationPlan()
  const text = plan.toText({ sql: options.sql === true })
  const facts = { plan: plan.toJSON(), applied: [] }
  if (options.check === true) return plan.isEmpty ? done(text, facts) : no(text, facts)
  if (options.plan === true)
    return (plan.blocked.length === 0 ? done : no)(
      plan.isDestructive ? `${text}\nWhat loses data is done only by: migrate --destructive` : text,
      facts,
    )
  await context.show(text)
  const result = await site.migrate({ destructive: options.destructive === true })
  const left = result.plan.work({ destructive: true }).length - result.applied.length
  const lines = [
    ...(result.applied.length > 0 ? [`Done: ${countOf(result.applied.length, 'step')}.`] : []),
    ...(left > 0 ? [`Left out, because data would be lost: ${countOf(left, 'step')}. Run it with --destructive to do that too.`] : []),
  ]
  return done(lines.join('\n'), { plan: result.plan.toJSON(), applied: result.applied })
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
