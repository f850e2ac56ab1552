import { statSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { lower, strip } from '../../base/text.js'
import { CommonPasswordValidator } from './common.js'
import { COUNT } from './common-passwords-packed.js'
import { commonPasswords } from './common-passwords.js'

describe('commonPasswords', () => {
  const passwords = commonPasswords()

  test('unpacks to as many as were packed, more than Django has', () => {
    expect(passwords.size).toBe(COUNT)
    expect(passwords.size).toBeGreaterThan(19_640)
  })

  test('holds every one in the form it is looked up in, and sorted', () => {
    const all = [...passwords]
    expect(all.filter((one) => one === '' || strip(lower(one)) !== one)).toEqual([])
    expect(all.filter((one, index) => index > 0 && one <= (all[index - 1] ?? ''))).toEqual([])
  })

  test.each([
    'password',
    '123456',
    'qwerty',
    'letmein',
    'iloveyou',
    'dragon',
    'trustno1',
    'passw0rd',
    'zaq12wsx',
    'пароль',
    'qwertzuiop',
    'azertyuiop',
    '11111111',
    '19841984',
    'football1',
  ])('6.2.4, NIST 3.1.1.2d: has “%s”', (password) => {
    expect(passwords.has(password)).toBe(true)
  })

  test.each(['correct horse battery staple', 'vienna waits for you', 'xkq7 wvz', 'tr0ub4dor&3x'])('NIST 3.1.1.2d: has not “%s”', (password) => {
    expect(passwords.has(password)).toBe(false)
  })

  test('is a small part of the package', () => {
    expect(statSync(new URL('common-passwords-packed.ts', import.meta.url)).size).toBeLessThan(125_000)
  })
})

describe('CommonPasswordValidator', () => {
  test('answers quickly, the first time too', async () => {
    const start = performance.now()
    expect(await new CommonPasswordValidator().validate('Password1')).toMatchObject({ code: 'password_too_common' })
    expect(performance.now() - start).toBeLessThan(500)
  })
})
