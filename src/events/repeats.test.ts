import { describe, expect, test } from 'vitest'
import { eventOf } from './event.js'
import type { EventName } from './event-names.js'
import { Repeats } from './repeats.js'

const START = Date.parse('2026-11-23T08:00:00Z')

function event(name: EventName, second: number, address = '203.0.113.9', path = '/x/') {
  return eventOf(name, new Date(START + second * 1000), { request: { path, address, header: () => undefined } })
}

describe('Repeats', () => {
  test('keeps the first of a minute, and counts the others', () => {
    const repeats = new Repeats()
    expect([0, 1, 59].map((second) => repeats.admit(event('csrf_failed', second)))).toEqual([true, false, false])
    expect(repeats.takeDue(START + 59_000)).toEqual([])
    expect(repeats.takeDue(START + 60_000)).toMatchObject([{ name: 'csrf_failed', time: new Date(START + 59_000), data: { repeated: 2 } }])
    expect(repeats.isEmpty).toBe(true)
    expect(repeats.admit(event('csrf_failed', 61))).toBe(true)
    expect(repeats.takeDue(Number.POSITIVE_INFINITY)).toEqual([])
  })

  test('keeps apart what differs by name, path or address, and a network of IPv6 together', () => {
    const repeats = new Repeats()
    const all = [
      event('csrf_failed', 0),
      event('rate_limited', 0),
      event('csrf_failed', 0, '203.0.113.10'),
      event('csrf_failed', 0, '203.0.113.9', '/y/'),
      event('csrf_failed', 0, '2001:db8::1'),
      event('csrf_failed', 0, '2001:db8::2'),
    ]
    expect(all.map((one) => repeats.admit(one))).toEqual([true, true, true, true, true, false])
  })

  test('every failed login counts by itself', () => {
    const repeats = new Repeats()
    expect([0, 0, 0].map((second) => repeats.admit(event('login_failed', second)))).toEqual([true, true, true])
  })

  test('holds a bounded number, however many addresses there are', () => {
    const repeats = new Repeats()
    const admitted = Array.from({ length: 5000 }, (_, index) => repeats.admit(event('csrf_failed', 0, `10.0.${index >> 8}.${index & 255}`)))
    expect(admitted.filter(Boolean)).toHaveLength(1001)
  })
})
