/**
 * What is looked at from outside, one probe after another: some twenty requests at most, none of them twice.
 * @module
 */

import { errors, foreignHost, forgedLogin, forwardedAddress, forwardedHost, forwardedScheme, trace } from './forgery-probes.js'
import type { ProbeClient } from './probe-client.js'
import { Probing, type Probed, type ProbeTargets } from './probing.js'
import { adminPage, headers, loginPage, redirect } from './surface-probes.js'

/** Looks at a site. Throws a `Refusal` where it cannot be asked at all. */
export async function probeSite(client: ProbeClient, targets: ProbeTargets): Promise<Probed> {
  const probing = new Probing(client, targets)
  headers(probing, await probing.get('/'))
  for (const probe of [redirect, loginPage, adminPage, foreignHost, forwardedHost, forwardedScheme, forwardedAddress, trace, errors, forgedLogin])
    await probe(probing)
  return probing.found
}
