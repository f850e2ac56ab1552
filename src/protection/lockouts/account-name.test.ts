import { describe, expect, test } from 'vitest'
import { accountName } from './account-name.js'

describe('accountName', () => {
  test('B8: is one for every spelling that a database may hold for the same', () => {
    for (const spelling of ['victim', 'VICTIM', ' Victim\t', 'ｖｉｃｔｉｍ', 'víctim', 'vi\u0301ctim', 'vic\u200btim', 'vic\u00adtim', 'ⓥictim'])
      expect(accountName(spelling), JSON.stringify(spelling)).toBe('victim')
    expect(accountName('STRASSE')).toBe(accountName('straße'))
    expect(accountName('ΟΔΟΣ')).toBe(accountName('οδος'))
  })

  test('keeps apart who is apart', () => {
    expect(new Set(['ada', 'adda', 'ada1', 'ada@example.com', 'а́да', '𝓪'].map(accountName)).size).toBe(6)
  })

  test('B11: costs nothing for a name of a megabyte', () => {
    const started = performance.now()
    accountName('\ufdfa'.repeat(1 << 20))
    accountName('e\u0301'.repeat(1 << 19))
    expect(performance.now() - started).toBeLessThan(50)
  })
})
