/**
 * What a deployment is judged by: the site's settings and the machine it runs on, gathered once.
 * @module
 */

import { createRequire } from 'node:module'
import type { CsrfSettings } from '../authentication/cookies.js'
import type { AnyModelClass } from '../database/model.js'
import type { MailTransport } from '../mail/transport.js'
import type { Passwords } from '../passwords/settings.js'
import type { SecurityHeaderSettings } from '../protection/security-headers.js'
import type { SessionSettings } from '../sessions/settings.js'
import type { CheckLevel, SystemCheck } from '../settings/checks.js'
import type { Machine } from '../settings/machine.js'
import type { RequestSettings } from '../settings/request-settings.js'
import type { RequestSideOptions } from '../site.js'

/** Everything that is looked at. */
export interface DeploymentFacts {
  readonly options: RequestSideOptions
  readonly settings: RequestSettings
  readonly headers: SecurityHeaderSettings
  readonly sessions: SessionSettings
  readonly csrf: CsrfSettings
  readonly passwords: Passwords
  /** How many retired keys still count. */
  readonly fallbackKeys: number
  readonly mail: MailTransport
  readonly models: readonly AnyModelClass[]
  /** Whether `admin()` was called. */
  readonly hasAdmin: boolean
  readonly machine: Machine
}

/** This machine. */
export function thisMachine(environment: Machine['environment'] = process.env): Machine {
  return {
    nodeVersion: process.versions.node,
    environment,
    nodeArguments: [...process.execArgv, ...(environment['NODE_OPTIONS'] ?? '').split(/\s+/)],
    hasPackage(name) {
      try {
        createRequire(import.meta.url).resolve(name)
        return true
      } catch {
        return false
      }
    },
  }
}

/** A finding, or nothing: what a check comes to. */
export type Finding = SystemCheck | false

/** Writes a finding. */
export function finding(id: string, subject: string, message: string, hint: string, level: CheckLevel = 'warning'): SystemCheck {
  return { id, level, subject, message, hint }
}
