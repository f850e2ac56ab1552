/**
 * A clock for tests: pass it as `clock`, and move it past the end of a link, a lock or a session.
 * @module
 */

import { FixedClock } from '../base/clock.js'

/** Any moment will do; this one has no zero that hides a mistake, and no summer time. */
const START = '2026-01-15T12:34:56.789Z'

/**
 * Makes a clock that stands still until it is moved.
 *
 * @example
 * const clock = testClock()
 * const site = portcullis({ secretKey, database, clock })
 * clock.advance(3600)   // an hour later
 */
export function testClock(start: Date | string | number = START): FixedClock {
  return new FixedClock(start)
}
