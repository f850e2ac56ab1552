/**
 * `portcullis routes --app FILE`: the routes of an application, and who may call them.
 * @module
 */

import { describeRoutes, type RouteDescription } from '../../adapters/routes.js'
import type { CommandContext } from '../command.js'
import { loadApp } from '../load-app.js'
import { done, no, type Outcome } from '../outcome.js'

/** What the command line says. */
export interface RoutesCommandOptions {
  readonly app: string
  readonly check?: boolean
  readonly exportName?: string | undefined
}

/** Prints the inventory; with `--check` the answer is no where a route is open without saying so. */
export async function routes({ workingDirectory }: CommandContext, { app: file, exportName, check = false }: RoutesCommandOptions): Promise<Outcome> {
  const { app, close } = await loadApp({ file, exportName, workingDirectory })
  try {
    const found = describeRoutes(app)
    const open = found.filter(({ guards, isPages }) => guards.length === 0 && !isPages)
    const text = found.length === 0 ? 'There are no routes.' : tabulate(found)
    const outcome = check && open.length > 0 ? no : done
    return outcome(check && open.length > 0 ? `${text}\n\n${sayOpen(open.length)}` : text, { routes: found })
  } finally {
    await close()
  }
}

function sayOpen(count: number): string {
  const said = count === 1 ? '1 route is open to everybody and does' : `${count} routes are open to everybody and do`
  return `${said} not say so. Guard them, or use a site with loginRequired and name what is open.`
}

/** In columns: method, path, guards. */
function tabulate(found: readonly RouteDescription[]): string {
  const width = (of: (route: RouteDescription) => string): number => Math.max(...found.map((one) => of(one).length))
  const [method, path] = [width((one) => one.method), width((one) => one.path)]
  return found.map((one) => `${one.method.padEnd(method)}  ${one.path.padEnd(path)}  ${sayGuards(one)}`).join('\n')
}

function sayGuards({ guards, isPages }: RouteDescription): string {
  if (isPages) return 'pages of the site'
  if (guards.length === 0) return 'everybody'
  return guards.map(({ guard, detail }) => (detail === '' ? guard : `${guard}: ${detail}`)).join(', then ')
}
