import { describe, expect, test } from 'vitest'
import { PermissionDenied, ServiceUnavailable, TooManyRequests } from './errors.js'

describe('errors that a framework answers by their status', () => {
  test.each([
    [new PermissionDenied(), 403],
    [new TooManyRequests('Too often.', { retryAfter: 1 }), 429],
    [new ServiceUnavailable('Too busy.', { retryAfter: 1 }), 503],
  ])('%s has it under both names that frameworks look for', (error, status) => {
    expect([error.status, error.statusCode]).toEqual([status, status])
  })

  test('tell to come back in whole seconds, one at least', () => {
    const told = [0, 0.2, 1.5, 60].map((retryAfter) => new TooManyRequests('Too often.', { retryAfter }).retryAfter)
    expect(told).toEqual([1, 1, 2, 60])
  })
})
