/**
 * An event as a line of JSON, for a log that programs read.
 * @module
 */

import type { SecurityEvent } from './event.js'

/** Whatever moves the cursor, hides itself, or turns the writing round: JSON leaves most of it as it is, and a terminal obeys it (K3). */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Writes an event as one line without its end. Whatever stands in it, it holds no control character, and reads back to the same.
 *
 * @example
 * for (const event of await auth.events.list()) console.log(lineOf(event))   // '{"source":"portcullis","time":"2026-11-23T08:00:00.000Z",…}'
 */
export function lineOf({ time, name, outcome, actor, target, address, userAgent, path, data }: SecurityEvent): string {
  const said = { source: 'portcullis', time: time.toISOString(), event: name, outcome, actor, target, address, user_agent: userAgent, path, data }
  return JSON.stringify(said).replaceAll(UNSEEN, escaped)
}

/** Every unit of a character as JSON escapes it. */
function escaped(sign: string): string {
  return Array.from({ length: sign.length }, (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')
}
