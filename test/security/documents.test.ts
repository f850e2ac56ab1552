/**
 * Pages of the documentation that standards ask for tell the numbers that the code has.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PICTURE_LIMITS } from '../../src/media/decode-picture.js'
import { MAX_PASSWORD_BYTES } from '../../src/passwords/raw-password.js'
import { UPLOAD_BODY_LIMITS } from '../../src/protection/body/request-data.js'
import { settleSessions } from '../../src/sessions/settings.js'

const MIB = 1024 * 1024
const DAY = 86_400

/** A page as running text. */
function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
}

test('5.1.1: the page on pictures tells which are taken, how large, and what becomes of others', () => {
  const { maxBytes, maxPixels, maxSide, seconds, size } = PICTURE_LIMITS
  expect(page('pages')).toContain(
    `JPEG, PNG, GIF and WebP are taken, of up to ${maxBytes / MIB} MiB, ${maxPixels / 1_000_000} million pixels and ${maxSide.toLocaleString('en')} a side`,
  )
  expect(page('pages')).toContain(`${seconds} seconds to be decoded`)
  expect(page('pages')).toContain(`at most ${size} pixels a side`)
  expect(UPLOAD_BODY_LIMITS.fileBytes).toBe(maxBytes)
})

test('7.1.1, 7.1.2: the page on sessions tells how long they last, and that any number may', () => {
  const { cookieAge, idleTimeout, absoluteTimeout } = settleSessions()
  expect([cookieAge, idleTimeout, absoluteTimeout]).toEqual([14 * DAY, null, null])
  expect(page('sessions')).toContain('`cookieAge` (two weeks after the last change)')
  expect(page('sessions')).toContain('`idleTimeout` and `absoluteTimeout` end logins, and are off unless they are set')
  expect(page('sessions')).toContain('As many devices as somebody likes may be logged in at once')
})

test('13.1.4: the page on protection tells what the secret key signs, and how it is changed', () => {
  expect(page('protection')).toContain('`secretKeyFallbacks`')
  expect(page('protection')).toContain('`npx portcullis generate-secret`')
})

test('6.2.9, C11: the page on passwords tells the longest', () => {
  expect(page('passwords')).toContain(`above ${MAX_PASSWORD_BYTES.toLocaleString('en')} bytes they are refused`)
})
