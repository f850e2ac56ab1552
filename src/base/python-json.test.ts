import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { pythonJson } from './python-json.js'

describe('pythonJson', () => {
  test.each([
    [{ a: [1, 'two', null, true] }, '{"a":[1,"two",null,true]}'],
    ['é\u2028\u007f</script>', '"\\u00e9\\u2028\\u007f</script>"'],
    ['👍\ud800', '"\\ud83d\\udc4d\\ud800"'],
    ['\b\f\n\r\t\u0000\u001f"\\/', '"\\b\\f\\n\\r\\t\\u0000\\u001f\\"\\\\/"'],
    [{ é: 1 }, '{"\\u00e9":1}'],
    [[0.00001, 1e-7, -1.5e-10, 0.0001, 0.000012345, 5e-324], '[1e-05,1e-07,-1.5e-10,0.0001,1.2345e-05,5e-324]'],
    [[1e21, 1.5e300, 0.1, -2.5, 9007199254740991], '[1e+21,1.5e+300,0.1,-2.5,9007199254740991]'],
    ['0.00001 and 1e-7 in a text', '"0.00001 and 1e-7 in a text"'],
    [['\\"0.00001', 0.00001], '["\\\\\\"0.00001",1e-05]'],
  ])('writes %j as Python does', (value, json) => {
    expect(pythonJson(value)).toBe(json)
  })

  test('is printable ASCII, and means what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = pythonJson(value)
        expect(json).toMatch(/^[ -~]*$/)
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('writes a key `__proto__` like any other', () => {
    expect(pythonJson(JSON.parse('{"__proto__":{"isStaff":true}}'))).toBe('{"__proto__":{"isStaff":true}}')
  })

  test('refuses what JSON cannot hold', () => {
    const circle: unknown[] = []
    circle.push(circle)
    for (const value of [undefined, () => 1, Symbol('s'), 1n, circle]) expect(() => pythonJson(value)).toThrow(TypeError)
  })

  test('finds small numbers behind a text of megabytes', () => {
    expect(pythonJson(['x'.repeat(8 << 20), 1e-7]).slice(-8)).toBe('",1e-07]')
  })
})
