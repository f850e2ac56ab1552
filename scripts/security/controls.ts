/**
 * Every control with the change that takes it out, and the tests that must fail then. A change is a piece of source as it stands and what
 * stands in its place: a refactoring that moves the piece is told so, and says here where the control is now.
 * @module
 */

import { controlsOfAdmin } from './controls-of-admin.js'
import { controlsOfFilesAndTexts } from './controls-of-files-and-texts.js'
import { controlsOfPasswords } from './controls-of-passwords.js'
import { controlsOfRegistration } from './controls-of-registration.js'
import { controlsOfRequests } from './controls-of-requests.js'
import { controlsOfSessions } from './controls-of-sessions.js'

/** A control, and how it is taken out. */
export interface Control {
  readonly name: string
  /** The module that holds it. */
  readonly file: string
  /** A piece of it that stands there exactly once, */
  readonly piece: string
  /** and what stands in its place when the control is out. */
  readonly instead: string
  /** The test files that must notice, */
  readonly tests: readonly string[]
  /** and which of their titles. */
  readonly titles: string
  /** Whether each run of all tests tries it, not only the nightly one: what takes a second, and what matters most. */
  readonly quick?: true
}

/** Every control there is. */
export const CONTROLS: readonly Control[] = [
  ...controlsOfRequests,
  ...controlsOfFilesAndTexts,
  ...controlsOfSessions,
  ...controlsOfPasswords,
  ...controlsOfRegistration,
  ...controlsOfAdmin,
]
