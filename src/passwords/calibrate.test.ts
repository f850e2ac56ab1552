import { describe, expect, test } from 'vitest'

import { calibrate, chooseArgon2, chooseIterations } from './calibrate.js'
import { passwordHashers } from './password-hashers.js'

describe('chooseArgon2', () => {
  test.each([
    ['recommends no less than OWASP on a slow machine', 0.01, 100, 19_456, 2, true],
    ['spends time on memory first', 0.001, 100, 49_152, 2, false],
    ['then on passes', 0.0001, 100, 131_072, 7, false],
  ])('%s', (_, perUnit, target, memory, passes, isLeast) => {
    const chosen = chooseArgon2(perUnit, target)
    expect(chosen).toEqual({ cost: { memory, passes, parallelism: 1 }, milliseconds: memory * passes * perUnit, isLeast })
    if (!isLeast) expect(chosen.milliseconds).toBeLessThanOrEqual(target)
  })
})

describe('chooseIterations', () => {
  test.each([
    [0.001, 100, 600_000, true],
    [0.0001, 100, 1_000_000, false],
    [0.0001, 100.9, 1_000_000, false],
  ])('%f ms each and %f ms make %i', (perUnit, target, iterations, isLeast) => {
    expect(chooseIterations(perUnit, target)).toEqual({ cost: { iterations }, milliseconds: iterations * perUnit, isLeast })
  })
})

describe('calibrate', () => {
  test('measures this machine, and its costs can be used as they are', async () => {
    const { argon2, pbkdf2 } = await calibrate({ targetMilliseconds: 50 })
    expect(argon2.milliseconds).toBeGreaterThan(1)
    expect(passwordHashers({ costs: { argon2: argon2.cost, pbkdf2: pbkdf2.cost } })[0]).toMatchObject({ cost: argon2.cost })
  })
})
