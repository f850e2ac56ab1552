/**
 * What anybody may cause as often as they like must not fill the table: of the same within a minute the first is kept, and how many came after.
 * @module
 */

import { addressKey } from '../protection/client-address.js'
import { kindOf } from './event-names.js'
import type { SecurityEvent } from './event.js'

/** How long the same is counted, in milliseconds. */
export const REPEAT_WINDOW = 60_000
/** Somebody with many addresses must not fill the memory: beyond, they are all one. */
const MOST_KEYS = 1000

interface Repeat {
  readonly until: number
  last: SecurityEvent
  count: number
}

/** Counts repetitions. */
export class Repeats {
  readonly #seen = new Map<string, Repeat>()

  /** Whether the event is to be kept by itself; else it was counted. */
  admit(event: SecurityEvent): boolean {
    if (kindOf(event.name).folds !== true) return true
    const now = event.time.getTime()
    const key = this.#keyOf(event)
    const seen = this.#seen.get(key)
    if (seen !== undefined && now < seen.until) {
      seen.last = event
      seen.count += 1
      return false
    }
    // Whoever asks for what is due comes first, so nothing counted is overwritten.
    this.#seen.set(key, { until: now + REPEAT_WINDOW, last: event, count: 0 })
    return true
  }

  /** Whether anything is counted. */
  get isEmpty(): boolean {
    return this.#seen.size === 0
  }

  /** Ends the minutes that are over, or all of them, and gives one event for each with how many there were beyond the first. */
  takeDue(now: number): SecurityEvent[] {
    const due: SecurityEvent[] = []
    for (const [key, { until, last, count }] of this.#seen) {
      if (now < until) continue
      this.#seen.delete(key)
      if (count > 0) due.push({ ...last, data: { ...last.data, repeated: count } })
    }
    return due
  }

  /** Forgets what was counted of somebody. */
  forget(actor: string): void {
    for (const [key, { last }] of this.#seen) if (last.actor === actor || last.target === `user:${actor}`) this.#seen.delete(key)
  }

  #keyOf({ name, actor, address, path }: SecurityEvent): string {
    const whole = [name, actor, address === null ? null : addressKey(address), path].map((part) => part ?? '').join('\n')
    return this.#seen.size < MOST_KEYS || this.#seen.has(whole) ? whole : name
  }
}
