import { describe, expect, test } from 'vitest'
import { brokenRules } from './check-rules.js'

const nameOf = (file: string, line: string): string | undefined => brokenRules(file, line)[0]?.split(': ')[1]

describe('check-rules', () => {
  test.each([
    ['src/crypto/signer.ts', 'if (expectedMac === mac) return value', 'constant-time'],
    ['src/authentication/reset-tokens.ts', 'return tokenFor(user) !== token', 'constant-time'],
    ['src/passwords/pbkdf2.ts', 'return hash === stored', 'constant-time'],
    ['src/accounts/names.ts', 'return name.toLowerCase()', 'case-table'],
    ['src/base/text.ts', 'export function f(value: any) {', 'no-any'],
    ['test/databases/users.test.ts', 'const user = found as any', 'no-any'],
    ['src/database/model.ts', '  // @ts-expect-error later'.replace('// ', 'x() // '), 'no-suppression'],
    ['src/crypto/random.ts', 'return Math.random()', 'randomness'],
    ['src/base/text.test.ts', "test.only('x', () => {})", 'no-focus'],
    ['test/django/users.test.ts', "describe.skip('x', () => {})", 'no-focus'],
    ['src/base/text.ts', "throw new Error('TODO')", 'no-later'],
    ['README.md', 'see /home/somebody/notes.md', 'no-machine'],
    ['package-lock.json', '  "resolved": "https://registry.example/a.tgz",', 'no-host'],
  ])('%s: %s', (file, line, rule) => {
    expect(nameOf(file, line)).toBe(rule)
  })

  test.each([
    ['src/crypto/signer.ts', "if (typeof token === 'string' && mac !== null) return"],
    ['src/crypto/signer.ts', 'if (signature.length === expected.length) return'],
    ['src/base/text.ts', 'return text.toLowerCase()'],
    ['src/crypto/random.ts', '// Math.random() would be guessed'],
    ['src/accounts/names.ts', 'return hex.toLowerCase() // rule: case-table: only 0 to f'],
    ['src/base/text.ts', 'return "any" + company: anyone'],
  ])('lets be %s: %s', (file, line) => {
    expect(brokenRules(file, line)).toEqual([])
  })

  test('names the file and the line', () => {
    expect(brokenRules('src/crypto/random.ts', '\n\nreturn Math.random()')[0]).toMatch(/^src\/crypto\/random\.ts:3: randomness: /)
  })
})
