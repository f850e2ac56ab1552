import { describe, expect, test } from 'vitest'
import { FixedClock } from '../base/clock.js'
import { DateTime } from '../base/date-time.js'
import { overdue } from './timeouts.js'

describe('overdue', () => {
  const start = '2026-11-23T08:00:00Z'
  const record = { created: new DateTime(start), lastSeen: new DateTime(start) }

  test('7.3.1, finding 9: a login ends after nobody used it for longer than the idle limit, and not before', () => {
    const clock = new FixedClock(start)
    const limits = { idleTimeout: 3600, absoluteTimeout: null }
    clock.advance(3600)
    expect(overdue(limits, record, clock.now())).toBeNull()
    clock.advance(0.001)
    expect(overdue(limits, record, clock.now())).toBe('idle')
    expect(overdue(limits, { ...record, lastSeen: new DateTime(clock.now()) }, clock.now())).toBeNull()
  })

  test('7.3.2, finding 9: a login ends after the absolute limit, however busy it is', () => {
    const clock = new FixedClock(start)
    const limits = { idleTimeout: 3600, absoluteTimeout: 43_200 }
    clock.advance(43_200)
    expect(overdue(limits, { ...record, lastSeen: new DateTime(clock.now()) }, clock.now())).toBeNull()
    clock.advance(1)
    expect(overdue(limits, { ...record, lastSeen: new DateTime(clock.now()) }, clock.now())).toBe('absolute')
  })

  test('nothing ends without limits, and nothing that was never noted', () => {
    const late = new Date('2036-11-23T08:00:00Z')
    expect(overdue({ idleTimeout: null, absoluteTimeout: null }, record, late)).toBeNull()
    expect(overdue({ idleTimeout: 1, absoluteTimeout: 1 }, null, late)).toBeNull()
  })
})
