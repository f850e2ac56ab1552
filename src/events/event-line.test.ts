import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../base/secret.js'
import { eventOf, MOST_OF_DATA, type EventFacts } from './event.js'
import { lineOf } from './event-line.js'

const TIME = new Date('2026-11-23T08:00:00.123Z')

function requestWith(path: string, agent: string) {
  return { path, address: '203.0.113.9', header: (name: string) => (name === 'user-agent' ? agent : undefined) }
}

describe('lineOf', () => {
  test('14.2.1: a path shows neither what opens something nor an address that it was mailed to', () => {
    const pathOf = (path: string) => eventOf('rate_limited', TIME, { request: requestWith(path, '') }).path
    const address = Buffer.from('ada@example.com').toString('base64url')
    expect(pathOf(`/accounts/register/${address}/${'t'.repeat(40)}/`)).toBe('/accounts/register/***/***/')
    expect(pathOf('/members/ada@example.com/')).toBe('/members/***/')
    expect(pathOf('/admin/shop/product/17/change/')).toBe('/admin/shop/product/17/change/')
  })

  test('16.2.1, 16.2.2, 16.2.4: says who, what, where and when, in UTC', () => {
    const event = eventOf('login', TIME, { actor: 7, request: requestWith('/accounts/login/?next=/secret', 'Firefox'), data: { again: true } })
    expect(JSON.parse(lineOf(event))).toEqual({
      source: 'portcullis',
      time: '2026-11-23T08:00:00.123Z',
      event: 'login',
      outcome: 'success',
      actor: '7',
      target: null,
      address: '203.0.113.9',
      user_agent: 'Firefox',
      path: '/accounts/login/',
      data: { again: true },
    })
  })

  test('K3, 16.4.1: is one line without control characters, whatever a visitor sends, and reads back to the same', () => {
    const hostile = 'a\n{"event":"login"}\r\u001b[2J\u202eevil\u2028\u2029\u0085\u{e0001}\ud800\0'
    const event = eventOf('host_refused', TIME, { request: requestWith(`/${hostile}`, hostile), data: { reason: hostile, list: [hostile] } })
    const line = lineOf(event)
    expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u)
    const read = JSON.parse(line) as { readonly user_agent: string; readonly data: { readonly reason: string } }
    expect(read.user_agent).toBe('a\n{"event":"login"}\r\u001b[2J\u202eevil\u2028\u2029\u0085\u{e0001}\ufffd')
    expect(read.data.reason).toBe(read.user_agent)
  })

  test('K3: so it is for any text at all', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(text, text, text, (path, agent, reason) => {
        const line = lineOf(eventOf('csrf_failed', TIME, { request: requestWith(path, agent), data: { [reason]: reason } }))
        expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u)
        expect(() => JSON.parse(line) as unknown).not.toThrow()
      }),
    )
  })
})

describe('eventOf', () => {
  test('K4, 16.2.5: keeps nothing secret, whatever it is given', () => {
    const canary = 'canary-in-the-mine'
    const data = {
      password: canary,
      newPassword: canary,
      api_token: canary,
      sessionKey: canary,
      cookie: canary,
      secret: canary,
      wrapped: new Secret(canary),
      list: [new Secret(canary)],
      object: { inner: canary },
    }
    const event = eventOf('login', TIME, { data, target: { kind: 'user', key: 1 } } as EventFacts)
    expect(lineOf(event)).not.toContain(canary)
    expect(event.data['wrapped']).toBe('***')
  })

  test('14.2.1: a path tells no token, and keeps what is none', () => {
    const path = (text: string) => eventOf('login', TIME, { request: requestWith(text, '') }).path
    expect(path('/accounts/reset/MQ/cyx4ab-0123456789abcdef0123456789abcdef/')).toBe('/accounts/reset/MQ/***/')
    expect(path('/accounts/reset/MQ/set-password/?token=abc')).toBe('/accounts/reset/MQ/set-password/')
    expect(path('/orders/0b7e1f0c-8a52-4a35-9d7e-2f1f6f1f0a11/')).toBe('/orders/0b7e1f0c-8a52-4a35-9d7e-2f1f6f1f0a11/')
    expect(path('/admin/shop/customer/12/change/')).toBe('/admin/shop/customer/12/change/')
  })

  test('is bounded, whatever it is given', () => {
    const long = '\u{1f600}'.repeat(100_000)
    const data = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}${long}`, [long, long]]))
    const event = eventOf('access_denied', TIME, { actor: long, target: { kind: 'x', key: long }, request: requestWith(`/${long}`, long), data })
    expect(JSON.stringify(event.data).length).toBeLessThanOrEqual(MOST_OF_DATA)
    expect([...(event.path ?? '')].length).toBeLessThanOrEqual(200)
    expect([...(event.userAgent ?? '')]).toHaveLength(300)
    expect([...(event.actor ?? '')]).toHaveLength(160)
  })

  test('J10: a detail named __proto__ is one like any other', () => {
    const event = eventOf('login', TIME, { data: JSON.parse('{"__proto__":{"x":1},"constructor":"y"}') as Record<string, unknown> })
    expect(Object.keys(event.data)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
