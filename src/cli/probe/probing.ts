/**
 * What probes share: whom they ask, and where they write down what they find.
 * @module
 */

import type { CheckLevel, SystemCheck } from '../../settings/checks.js'
import { Refusal } from '../errors.js'
import type { ProbeAnswer, ProbeClient, ProbeRequest } from './probe-client.js'

/** What probes are told. */
export interface ProbeTargets {
  /** The site. */
  readonly origin: URL
  /** The same over plain HTTP; null where there is none to be known. */
  readonly plain: URL | null
  readonly login: string
  readonly admin: string
  readonly reset: string
}

/** What was found. */
export interface Probed {
  readonly checks: SystemCheck[]
  /** What was in order, in words. */
  readonly passed: string[]
  /** What could not be told, and why. */
  readonly skipped: string[]
}

/** One look at one site. */
export class Probing {
  readonly client: ProbeClient
  readonly targets: ProbeTargets
  readonly found: Probed = { checks: [], passed: [], skipped: [] }
  readonly isSecure: boolean
  /** Whether the login page sends cookies, all of them secure. */
  hasSecureCookies = false

  constructor(client: ProbeClient, targets: ProbeTargets) {
    this.client = client
    this.targets = targets
    this.isSecure = targets.origin.protocol === 'https:'
  }

  /** Asks for a page; throws where the site cannot be asked. */
  async get(target: string): Promise<ProbeAnswer> {
    return this.client.send(this.targets.origin, { target })
  }

  /** Asks for something odd: null where the site hangs up, which is an answer too. */
  async send(request: ProbeRequest): Promise<ProbeAnswer | null> {
    try {
      return await this.client.send(this.targets.origin, request)
    } catch (error) {
      if (error instanceof Refusal) return null
      throw error
    }
  }

  expect(holds: boolean, what: string, id: string, message: string, hint: string, level: CheckLevel = 'warning'): void {
    if (holds) this.found.passed.push(what)
    else this.report(id, what, message, hint, level)
  }

  report(id: string, subject: string, message: string, hint: string, level: CheckLevel = 'warning'): void {
    this.found.checks.push({ id, level, subject, message, hint })
  }
}

export function isOk({ status }: ProbeAnswer): boolean {
  return status >= 200 && status < 300
}

export function cookiesOf({ headers }: ProbeAnswer): readonly string[] {
  return headers['set-cookie'] ?? []
}

/** Whether the text of a `Set-Cookie` keeps the cookie to HTTPS. */
export function isSecureCookie(text: string): boolean {
  return /;\s*secure/i.test(text)
}

/** Whether an answer repeats a text where it counts. */
export function tells(answer: ProbeAnswer, text: string): boolean {
  return [answer.headers.location ?? '', answer.body, ...cookiesOf(answer)].some((one) => one.includes(text))
}
