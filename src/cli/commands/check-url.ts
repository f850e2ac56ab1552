/**
 * `portcullis check --url https://shop.example`: a running site, seen from outside. Needs no site of its own.
 * @module
 */

import type { SystemCheck } from '../../settings/checks.js'
import { Misuse } from '../errors.js'
import type { Outcome } from '../outcome.js'
import { ProbeClient, probeTarget } from '../probe/probe-client.js'
import { probeSite } from '../probe/probes.js'
import { outcomeOf, type CheckCommandOptions } from './check.js'

/** Looks at a site, and gives what was found, what was in order, and what could not be told. */
export async function checkUrl(url: string, options: CheckCommandOptions, version: string): Promise<Outcome> {
  if (options.deploy === true) throw new Misuse('--deploy looks at the settings, --url at a running site. Ask for one after the other.')
  const origin = probeTarget('--url', url)
  const client = new ProbeClient({ insecure: options.insecure === true, version })
  const login = pathOf('--login', options.login ?? '/accounts/login/')
  const { checks, passed, skipped } = await probeSite(client, {
    origin,
    plain: options.plainUrl === undefined ? plainOf(origin) : probeTarget('--plain-url', options.plainUrl),
    login,
    admin: pathOf('--admin', options.admin ?? '/admin/'),
    // rule: regex: an address that the operator typed
    reset: login.replace(/[^/]+\/?$/, 'password_reset/'),
  })
  // One thing seen at two cookies is one thing to do.
  const found = [...new Map(checks.map((one): [string, SystemCheck] => [`${one.id} ${one.message}`, one])).values()]
  const rest = [...passed.map((what) => `ok: ${what}`), ...skipped.map((what) => `not looked at: ${what}`), `${client.sent} requests were sent.`]
  return outcomeOf(found, options, rest, { url: origin.origin, passed, skipped, requests: client.sent })
}

/** Where plain HTTP is to be expected: beside the usual port of HTTPS. */
function plainOf(origin: URL): URL | null {
  return origin.protocol === 'https:' && origin.port === '' ? new URL(`http://${origin.hostname}`) : null
}

function pathOf(option: string, path: string): string {
  if (!/^\/(?!\/)[\w./~%-]*$/.test(path)) throw new Misuse(`${option} is “${path}”. Pass a path: /accounts/login/.`)
  return path
}
