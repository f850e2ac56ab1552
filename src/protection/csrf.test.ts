import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { csrfProblem, usableSecret, type CsrfRequest } from './csrf.js'
import { doesTokenMatch, maskCsrfSecret, newCsrfSecret, tokenFormatProblem, unmaskCsrfToken } from './csrf-tokens.js'

type CsrfCase = VectorCase &
  (
    | { readonly kind: 'mask'; readonly secret: string; readonly mask: string; readonly token: string }
    | { readonly kind: 'format'; readonly token: string; readonly reason: string | null }
    | { readonly kind: 'match'; readonly token: string; readonly secret: string; readonly match: boolean }
    | RequestCase
  )

interface RequestCase extends VectorCase {
  readonly kind: 'request'
  readonly method: string
  readonly secure: boolean
  readonly host: string
  readonly cookie: string | null
  readonly post: string | null
  readonly header: string | null
  readonly origin: string | null
  readonly referer: string | null
  readonly trusted: readonly string[]
  readonly reason: string | null
  readonly secret: string | null
}

/** What in a recorded sentence tells its code. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/^Origin/, 'origin-not-trusted'],
  [/no Referer/, 'referer-missing'],
  [/is malformed/, 'referer-malformed'],
  [/is insecure/, 'referer-insecure'],
  [/^Referer/, 'referer-not-trusted'],
  [/not set/, 'secret-missing'],
  [/token missing/, 'token-missing'],
]

const cases = readVectors<CsrfCase>('csrf')

test('every recorded case is of a kind that is tested here', () => {
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(['mask', 'format', 'match', 'request']))
})

describe('tokens', () => {
  test('C-1: are masked and unmasked as Django does', () => {
    for (const each of cases) {
      if (each.kind !== 'mask') continue
      expect([each.id, maskCsrfSecret(each.secret, each.mask), unmaskCsrfToken(each.token)]).toEqual([each.id, each.token, each.secret])
    }
  })

  test('M-5: have 32 or 64 letters and digits', () => {
    for (const each of cases) {
      if (each.kind === 'format') expect([each.id, tokenFormatProblem(each.token)]).toEqual([each.id, formatCode(each.reason)])
    }
  })

  test('M-5: match the secret they were made from and no other', () => {
    for (const each of cases) {
      if (each.kind === 'match') expect([each.id, doesTokenMatch(each.token, each.secret)]).toEqual([each.id, each.match])
    }
  })

  test('C-1: carry a fresh mask each time', () => {
    const secret = newCsrfSecret()
    expect(maskCsrfSecret(secret)).not.toBe(maskCsrfSecret(secret))
  })

  test('E4: made before a login do not match the secret made at it', () => {
    expect(doesTokenMatch(maskCsrfSecret(newCsrfSecret()), newCsrfSecret())).toBe(false)
  })
})

describe('csrfProblem', () => {
  test('M-5: lets through and refuses every recorded request as Django does, for the same reason', () => {
    for (const each of cases) {
      if (each.kind !== 'request') continue
      expect([each.id, csrfProblem(recorded(each), { trustedOrigins: each.trusted })]).toEqual([each.id, code(each.reason)])
    }
  })

  test('M-7: keeps the secret that Django keeps', () => {
    for (const each of cases) {
      if (each.kind !== 'request') continue
      const secret = usableSecret(each.cookie)
      if (each.secret === '<new>') expect([each.id, secret]).toEqual([each.id, expect.stringMatching(/^[a-zA-Z0-9]{32}$/)])
      else expect([each.id, secret]).toEqual([each.id, each.secret])
    }
  })

  test('E2: a header of scripts alone exempts nothing', () => {
    expect(csrfProblem(post({ 'x-requested-with': 'XMLHttpRequest', referer: 'https://app.test/' }, { formToken: null }))).toBe('token-missing')
  })

  test.each(['null', ''])('E3: an origin of %j is not an absent one', (origin) => {
    expect(csrfProblem(post({ origin }))).toBe('origin-not-trusted')
    expect(csrfProblem(post({ origin, 'sec-fetch-site': 'same-origin' }))).toBe('origin-not-trusted')
  })

  test('E4: an origin or page of the other scheme is refused', () => {
    expect(csrfProblem(post({ origin: 'http://app.test' }))).toBe('origin-not-trusted')
    expect(csrfProblem(post({ referer: 'http://app.test/' }))).toBe('referer-insecure')
  })

  test.each(['cross-site', 'same-site', 'later-invention'])('3.5.1, 3.5.2, E5: a good token and cookie do not help a request that is %s', (site) => {
    expect(csrfProblem(post({ 'sec-fetch-site': site, referer: 'https://app.test/' }))).toBe('cross-site')
    expect(csrfProblem(post({ 'sec-fetch-site': site, origin: 'https://app.test' }))).toBe('cross-site')
  })

  test('a trusted origin may post from another site', () => {
    const request = post({ 'sec-fetch-site': 'cross-site', origin: 'https://pay.example' })
    expect(csrfProblem(request, { trustedOrigins: ['https://pay.example'] })).toBe(null)
    expect(csrfProblem(request, { trustedOrigins: ['https://*.example'] })).toBe(null)
    expect(csrfProblem(request, { trustedOrigins: ['http://*.example'] })).toBe('origin-not-trusted')
  })

  test('the word of the browser does not replace the token', () => {
    expect(csrfProblem(post({ 'sec-fetch-site': 'same-origin', origin: 'https://app.test' }, { formToken: null }))).toBe('token-missing')
  })

  test('E7: HEAD is as safe as GET', () => {
    expect(csrfProblem(post({}, { method: 'HEAD' }))).toBe(csrfProblem(post({}, { method: 'GET' })))
  })

  test('E10, E11: neither a method in a header nor a content type is asked for', () => {
    const asked = new Set<string>()
    const request = post({ referer: 'https://app.test/' })
    csrfProblem({ ...request, formToken: null, header: (name) => (asked.add(name), request.header(name)) })
    expect([...asked].sort()).toEqual(['origin', 'referer', 'sec-fetch-site', 'x-csrftoken'])
  })
})

const secret = 'abcdefghijklmnopqrstuvwxyzABCDEF'

function post(headers: Record<string, string>, more: Partial<CsrfRequest> = {}): CsrfRequest {
  const formToken = maskCsrfSecret(secret)
  return { method: 'POST', scheme: 'https', host: 'app.test', header: (name) => headers[name], storedSecret: secret, formToken, ...more }
}

function recorded(each: RequestCase): CsrfRequest {
  const headers: Record<string, string | null> = { origin: each.origin, referer: each.referer, 'x-csrftoken': each.header }
  const { method, host, cookie, post: formToken } = each
  return { method, scheme: each.secure ? 'https' : 'http', host, header: (name) => headers[name], storedSecret: cookie, formToken }
}

function code(reason: string | null): string | null {
  if (reason === null) return null
  const known = CODES.find(([pattern]) => pattern.test(reason))
  if (known) return known[1]
  const what = reason.includes('cookie') ? 'secret' : reason.includes('POST') ? 'form-token' : 'header-token'
  return `${what}-${formatCode(reason)}`
}

function formatCode(reason: string | null): string | null {
  if (reason === null) return null
  return reason.includes('length') ? 'incorrect-length' : reason.includes('characters') ? 'invalid-characters' : 'incorrect'
}
