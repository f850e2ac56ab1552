import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseMediaType } from './media-type.js'

describe('parseMediaType', () => {
  test('E11: case and blanks around it are no part of a type', () => {
    for (const header of ['application/json', ' application/json', 'application/json\t', 'Application/JSON', '\tapplication/json ;']) {
      expect(parseMediaType(header)?.type).toBe('application/json')
    }
  })

  test('E11: what is not exactly one type is none', () => {
    const wrong = ['', ' ', 'json', 'application/', '/json', 'application/ json', 'application /json', 'application/json, text/html']
    const more = ['application/json\u00a0', 'application/json;a', 'application/json; a=', 'application/json; =b', 'application/json; a="b']
    const most = ['application/json; a=b; A=c', 'application/json x', 'application/json\r\n', 'application/\u212ason', 'application/json; a="\u0000"']
    for (const header of [...wrong, ...more, ...most]) expect(parseMediaType(header), JSON.stringify(header)).toBe(null)
  })

  test('parameters may be quoted, and their names have no case', () => {
    expect([...(parseMediaType(String.raw`multipart/form-data; Boundary="a \"b\" c";x=y ; `)?.parameters ?? [])]).toEqual([
      ['boundary', 'a "b" c'],
      ['x', 'y'],
    ])
  })

  test('J12, J13: 250 kB of anything is read or refused at once', () => {
    const start = performance.now()
    for (const piece of [' ', '\t', ';', ' ;', '"', '\\', '; a="', ';a=b', '!', '/', ' \t;x']) {
      for (const prefix of ['', 'a/b', 'a/b;c="', 'a/b; ']) {
        parseMediaType(prefix + piece.repeat(250_000 / piece.length))
        parseMediaType(`${prefix}${piece.repeat(250_000 / piece.length)}x y`)
      }
    }
    // Half a second is usual; with the square of the length it would be minutes.
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (header) => void parseMediaType(header)))
  })
})
