/**
 * What matters once a site is on the internet: Django's deployment checks under their ids, and ours.
 * @module
 */

import { settleCsrf } from '../authentication/cookies.js'
import { settleSecurityHeaders } from '../protection/security-headers.js'
import { settleSessions } from '../sessions/settings.js'
import type { SystemCheck } from '../settings/checks.js'
import type { Machine } from '../settings/machine.js'
import { credentialChecks } from './credential-checks.js'
import { thisMachine, type DeploymentFacts } from './facts.js'
import { machineChecks } from './machine-checks.js'
import { transportChecks } from './transport-checks.js'

/** What is known of a site without asking for it again. */
export type SiteFacts = Omit<DeploymentFacts, 'headers' | 'sessions' | 'csrf' | 'machine'>

/** Looks at a site as it would be deployed, on this machine or on another. */
export function checkDeployment(facts: SiteFacts, machine: Partial<Machine> = {}): SystemCheck[] {
  const { options } = facts
  const whole: DeploymentFacts = {
    ...facts,
    headers: settleSecurityHeaders(options.securityHeaders),
    sessions: settleSessions(options.sessions, { isShared: options.django !== undefined }),
    csrf: settleCsrf(options.csrf ?? {}),
    machine: { ...thisMachine(machine.environment), ...machine },
  }
  return [...transportChecks(whole), ...credentialChecks(whole), ...machineChecks(whole)].filter((one) => one !== false)
}
