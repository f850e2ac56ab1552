import { describe, expect, test } from 'vitest'

import { securityHeaders, settleSecurityHeaders, type SecurityHeaderOptions } from './security-headers.js'

const headersOf = (options?: SecurityHeaderOptions) => securityHeaders(settleSecurityHeaders(options))

describe('securityHeaders', () => {
  test('M-10: are Django’s defaults, and a policy that allows nothing written into a page', () => {
    const { 'content-security-policy': policy, ...others } = Object.fromEntries(headersOf().overHttps)
    expect(others).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|nonce|\*|http/)
  })

  test('M-10: tell of HTTPS only over HTTPS', () => {
    const headers = headersOf({ hstsSeconds: 31_536_000, hstsIncludeSubdomains: true, hstsPreload: true })
    expect(headers.overHttps.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains; preload')
    expect(headers.overHttp.has('strict-transport-security')).toBe(false)
    expect(headersOf({ hstsSeconds: 60 }).overHttps.get('strict-transport-security')).toBe('max-age=60')
    expect(headersOf({ hstsSeconds: 0, hstsIncludeSubdomains: true }).overHttps.has('strict-transport-security')).toBe(false)
  })

  test.each([
    [{ hstsSeconds: -1 }, /whole number/],
    [{ hstsSeconds: 1.5 }, /whole number/],
    [{ hstsSeconds: Number.NaN }, /whole number/],
    [{ hstsSeconds: 60, hstsPreload: true }, /hstsPreload needs/],
    [{ hstsSeconds: 60, hstsIncludeSubdomains: true, hstsPreload: true }, /at least 31536000/],
    [{ contentSecurityPolicy: "default-src 'self'\r\nSet-Cookie: x" }, /one line/],
    [{ contentSecurityPolicyReportOnly: 'x\n' }, /contentSecurityPolicyReportOnly must be one line/],
    [{ referrerPolicy: 'sometimes' }, /referrerPolicy is “sometimes”.*no-referrer/],
    [{ referrerPolicy: ['same-origin', 'never'] }, /referrerPolicy is “never”/],
    [{ crossOriginOpenerPolicy: 'open' }, /crossOriginOpenerPolicy is “open”/],
    [{ xFrameOptions: 'ALLOW' }, /xFrameOptions is “ALLOW”/],
    [{ strictTransport: { seconds: 60 } }, /has no option “strictTransport”/],
  ])('refuse %o at the start, which no browser would accept', (options, message) => {
    expect(() => settleSecurityHeaders(options as SecurityHeaderOptions)).toThrow(message)
  })

  test('let a site have others, or none', () => {
    const others = headersOf({
      contentSecurityPolicy: "default-src 'self'",
      contentSecurityPolicyReportOnly: "default-src 'none'",
      referrerPolicy: ['no-referrer', 'strict-origin'],
      crossOriginOpenerPolicy: 'same-origin-allow-popups',
      xFrameOptions: 'SAMEORIGIN',
    })
    expect(Object.fromEntries(others.overHttp)).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer,strict-origin',
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'content-security-policy': "default-src 'self'",
      'content-security-policy-report-only': "default-src 'none'",
    })
    const none = { contentSecurityPolicy: null, referrerPolicy: null, crossOriginOpenerPolicy: null, xFrameOptions: null, contentTypeNosniff: false }
    expect([...headersOf(none).overHttps]).toEqual([])
  })
})
