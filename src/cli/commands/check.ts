/**
 * `portcullis check`: what is wrong or unsafe in the set-up.
 * @module
 */

import type { CheckLevel, SystemCheck } from '../../settings/checks.js'
import type { CommandContext } from '../command.js'
import { done, no, type Facts, type Outcome } from '../outcome.js'

/** What the command line says. */
export interface CheckCommandOptions {
  /** Also looks at what matters once the site is on the internet. */
  readonly deploy?: boolean
  /** From which level on the exit code is 1. Default `error`, as in Django. */
  readonly failLevel?: CheckLevel
  /** A running site to look at from outside, in place of the settings. */
  readonly url?: string
  /** Its address over plain HTTP, where it is not the usual one. */
  readonly plainUrl?: string
  /** Where its login page is. */
  readonly login?: string
  /** Where its admin is. */
  readonly admin?: string
  /** Takes a certificate that nobody vouches for. */
  readonly insecure?: boolean
}

/** From harmless to worst. */
export const LEVELS: readonly CheckLevel[] = ['info', 'warning', 'error', 'critical']

/** Prints the findings, worst first; the answer is no when one is bad enough. */
export async function check(context: CommandContext, options: CheckCommandOptions): Promise<Outcome> {
  const site = await context.site()
  // Django asks these only for a deployment: a placeholder key is no fault on the machine it is developed on.
  const always = site.check().filter((one) => options.deploy === true || !one.id.startsWith('security.'))
  return outcomeOf(options.deploy === true ? [...always, ...(await site.checkDeployment({ environment: context.environment }))] : always, options)
}

/** What findings come to, with lines and facts of whoever found them. */
export function outcomeOf(
  found: readonly SystemCheck[],
  { failLevel = 'error' }: CheckCommandOptions,
  lines: readonly string[] = [],
  facts: Facts = {},
): Outcome {
  const sorted = found.toSorted((one, other) => LEVELS.indexOf(other.level) - LEVELS.indexOf(one.level))
  const text = [...(sorted.length === 0 ? ['Nothing found.'] : sorted.map(render)), ...lines].join('\n')
  const outcome = sorted.some((one) => LEVELS.indexOf(one.level) >= LEVELS.indexOf(failLevel)) ? no : done
  return outcome(text, { checks: sorted, ...facts })
}

/** Django's line, with our words: `shop.User: (auth.W004) …`, after how bad it is. */
function render(one: SystemCheck): string {
  return `${one.level}: ${one.subject}: (${one.id}) ${one.message}\n    ${one.hint}`
}
