import { describe, expect, test } from 'vitest'
import { countTry, uncount, type CounterState } from './counter-rule.js'
import { ACCOUNT, secondsUntil, settleLockouts } from './rules.js'

describe('countTry', () => {
  test('NIST 3.2.2: lets no more than a hundred through in any 24 hours, however they are spread', () => {
    for (const step of [1, 60, 600, 863, 864, 865, 3600, 43_200, 86_399]) {
      let state: CounterState | null = null
      const admitted: number[] = []
      for (let now = 1_000_000_000; now < 1_000_000_000 + 400 * step + 12 * 86_400; now += step) {
        const { taken, state: next } = countTry(state, ACCOUNT, now * 1000)
        if (taken.admitted) admitted.push(now)
        state = next ?? state
        if (admitted.length > 350) break
      }
      for (let index = 100; index < admitted.length; index++)
        expect((admitted[index] ?? 0) - (admitted[index - 100] ?? 0), `every ${step} s`).toBeGreaterThanOrEqual(86_400)
    }
  })

  test('a try that is given back takes its wait with it, and no other', () => {
    const rule = { limit: 2, waits: [60, 120], memory: 600 }
    const first = countTry(null, rule, 0)
    const second = countTry(first.state, rule, 1000)
    expect(second).toEqual({ taken: { admitted: true, number: 2, freeAt: 61_000 }, state: { tries: 2, freeAt: 61_000, forgetAt: 661_000 } })
    const waiting = second.state as CounterState
    expect(uncount(waiting, second.taken)).toEqual({ tries: 1, freeAt: 0, forgetAt: 661_000 })
    expect(uncount(waiting, first.taken)).toEqual({ tries: 1, freeAt: 61_000, forgetAt: 661_000 })
  })
})

describe('secondsUntil', () => {
  test('is rounded up, so that it tells nobody when a try was', () => {
    expect([1, 9_999, 10_001, 60_000, 60_001, 240_001, 300_000].map((freeAt) => secondsUntil(freeAt, 0))).toEqual([10, 10, 20, 60, 120, 300, 300])
  })
})

describe('settleLockouts', () => {
  test('keeps what is not said, and names what could not work', () => {
    const settled = settleLockouts({ accountAndAddress: { limit: 3 } })
    expect([settled.accountAndAddress.limit, settled.accountAndAddress.waits[0], settled.account]).toEqual([3, 300, ACCOUNT])
    expect(() => settleLockouts({ account: { limit: 0 } })).toThrow(/lockouts\.account: the limit is 0/)
    expect(() => settleLockouts({ address: { waits: [] } })).toThrow(/lockouts\.address\.waits is empty/)
    expect(() => settleLockouts({ knownDevice: { waits: [0.5] } })).toThrow(/lockouts\.knownDevice/)
    expect(() => settleLockouts({ deviceAge: -1 })).toThrow(/lockouts\.deviceAge/)
  })
})
