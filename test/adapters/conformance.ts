/**
 * One list of cases for every adapter: what differs between frameworks is the harness, never what a visitor sees.
 * @module
 */

import { describe } from 'vitest'
import { answerCases } from './cases/answers.js'
import { bodyCases } from './cases/bodies.js'
import { forgeryCases } from './cases/forgery.js'
import { guardCases } from './cases/guards.js'
import { hostCases } from './cases/hosts.js'
import { httpsCases } from './cases/https.js'
import { loginCases } from './cases/login.js'
import { pathCases } from './cases/paths.js'
import { stageFor } from './stage.js'
import type { Subject } from './subject.js'

/** Declares every case for an adapter. */
export function conform(subject: Subject): void {
  describe(subject.name, () => {
    const stage = stageFor(subject)
    for (const cases of [loginCases, guardCases, forgeryCases, bodyCases, answerCases, hostCases, httpsCases, pathCases]) cases(stage)
  })
}
