import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { safeRedirectTarget, urlHasAllowedHostAndScheme } from './safe-redirects.js'

interface RedirectCase extends VectorCase {
  readonly url: string
  readonly allowed_hosts: readonly string[] | null
  readonly require_https: boolean
  readonly safe: boolean
  readonly lenient?: boolean
}

const HOSTS = ['app.test', 'other.example:8443']
const allowed = { allowedHosts: HOSTS }

/** Pieces that validators and browsers have been known to read differently, in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('/', '//', '\\', ':', '@', '?', '#', '.', '..', '%2f', '%5c', '%5b', '[', ']', '\t', '\n', '\r', ' ', '\0', '\b', '\u0085'),
      fc.constantFrom(
        'http:',
        'https:',
        'HTTP://',
        'javascript:',
        'data:',
        'ftp:',
        '\u00a0',
        '\u200b',
        '\ufeff',
        '\u2100',
        '\uff0f',
        '\uff20',
        '\u3002',
      ),
      fc.constantFrom('app.test', 'other.example:8443', 'evil.example', 'app.test.evil.example', 'user@', ':80', ':443', 'x', '999999999', ';'),
      fc.string({ maxLength: 3, unit: 'binary' }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

describe('urlHasAllowedHostAndScheme', () => {
  test('F1: answers every recorded case as Django does, and false where a browser would leave', () => {
    const wrong = readVectors<RedirectCase>('redirects').filter(
      (each) =>
        urlHasAllowedHostAndScheme(each.url, { allowedHosts: each.allowed_hosts, requireHttps: each.require_https }) !==
        (each.safe && each.lenient !== true),
    )
    expect(wrong.map(({ id, url }) => `${id} ${JSON.stringify(url)}`)).toEqual([])
  })

  test.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    '\njavascript:alert(1)',
    'http:\\\\\\evil.test',
    '\b//evil.test',
    'http://app.test\\@evil.test',
    'http:999999999',
    'http://[evil.test',
    'http:/\\//evil.test',
    '\\\\evil.test',
    '/\\/evil.test',
    '/\t//evil.test',
    '\u200b//evil.test',
    'http://app.test\u2100.evil.test',
  ])('F1: refuses %j', (url) => {
    expect(urlHasAllowedHostAndScheme(url, allowed)).toBe(false)
  })

  test.each([
    '//evil.test',
    '/////evil.test',
    'https://app.test.evil.test',
    'http://evil.test%5b@app.test',
    '//app.test@evil.test',
    'http:/evil.test',
  ])('F3, F4: refuses %j', (url) => {
    expect(urlHasAllowedHostAndScheme(url, allowed)).toBe(false)
  })

  test('F1: what passes stays with the allowed hosts when a browser resolves it', () => {
    let passed = 0
    fc.assert(
      fc.property(hostile, (url) => {
        if (!urlHasAllowedHostAndScheme(url, allowed)) return
        passed += 1
        expect(leavesFor(url)).toBe(null)
      }),
      { numRuns: 20_000 },
    )
    expect(passed).toBeGreaterThan(1000)
  })

  test('takes a time that grows with the length alone', () => {
    const started = performance.now()
    for (const text of [' ', '/', '\\', '\t', ':', '[', 'a', '\u0301', '//\u0301']) urlHasAllowedHostAndScheme(`/${text.repeat(1_000_000)}x`, allowed)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('answers false for what is no text', () => {
    for (const url of [null, undefined, '', ' \n']) expect(urlHasAllowedHostAndScheme(url, allowed)).toBe(false)
  })
})

describe('safeRedirectTarget', () => {
  const here = { host: 'app.test', allowedHosts: ['other.example:8443'] }

  test.each([
    ['/cart?x=1#y', '/cart?x=1#y'],
    ['https://app.test/cart', '/cart'],
    ['http://app.test', '/'],
    ['//app.test?x', '/?x'],
    ['https://other.example:8443/a', 'https://other.example:8443/a'],
    ['//other.example:8443/a', 'http://other.example:8443/a'],
    [' /a b\\c\r\nSet-Cookie: x', '/a%20b%5CcSet-Cookie:%20x'],
    ['/\u00e9', '/%C3%A9'],
  ])('F4: sends %j as %j', (url, target) => {
    expect(safeRedirectTarget(url, here)).toBe(target)
  })

  test.each(['http://app.test//evil.test', 'http://app.test/\t/evil.test', '//', '//#', '//app.test//evil.test', '/\ud800'])(
    'F2: refuses %j',
    (url) => {
      expect(safeRedirectTarget(url, here)).toBe(null)
    },
  )

  test('3.7.2, F2, F4: what is sent is ASCII, never begins with two slashes and stays with the allowed hosts', () => {
    fc.assert(
      fc.property(hostile, (url) => {
        const target = safeRedirectTarget(url, here)
        if (target === null) return
        expect(target).toMatch(/^(?!\/[/\\])[!-~]+$/)
        expect(leavesFor(target)).toBe(null)
        expect(safeRedirectTarget(target, here)).toBe(target)
      }),
      { numRuns: 20_000 },
    )
  })
})

/** The origin to which a browser would go, null when it is an allowed one or when it would go nowhere. */
function leavesFor(url: string): string | null {
  if (!URL.canParse(url, 'https://app.test/page')) return null
  const { protocol, host, href } = new URL(url, 'https://app.test/page')
  return HOSTS.includes(host) && /^https?:$/.test(protocol) ? null : href
}
