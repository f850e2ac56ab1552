import { describe, expect, test } from 'vitest'
import { incomplete, prove, testsOf } from './security/judge.js'
import type { Row } from './security/rows.js'
import { idsOfTitle, titlesIn } from './security/titles.js'

const row = (id: string, reason: string | null = null): Row => ({ id, area: 'an area', says: 'something holds', reason })

describe('idsOfTitle', () => {
  test.each([
    ['D1: a planted key is worth nothing', ['D1']],
    ['A1, A2, 6.3.8: costs the same', ['A1', 'A2', '6.3.8']],
    ['D5, H-14: a request under way', ['D5']],
    ['NIST 3.1.1.2a, finding 8: fifteen', ['NIST 3.1.1.2a', 'finding 8']],
    ['no token works in another’s place (D4)', ['D4']],
    ['refuses marks (PV-14, B5)', ['B5']],
    ['I5', ['I5']],
    ['L9: an id that looks like one', ['L9']],
    ['POST: is no id', []],
    ['U-15: is Django’s', []],
    ['the policy (as of 2026)', []],
    ['on D1 nothing is said', []],
  ])('reads “%s”', (title, ids) => expect(idsOfTitle(title)).toEqual(ids))
})

test('titlesIn finds what is written as a title, also behind a table of cases and with parts that vary', () => {
  const source = [
    "test('D1: one', () => {})",
    'describe.each([1, 2])("D2: %s", (n) => {})',
    'test(\n  `D3: ${"x"}`, () => {})',
    "const other = 'D4: none'",
  ].join('\n')
  expect(titlesIn('x.test.ts', source).map(({ ids, line }) => [ids[0], line])).toEqual([
    ['D1', 1],
    ['D2', 2],
    ['D3', 3],
  ])
})

describe('incomplete', () => {
  const written = titlesIn('x.test.ts', "test('D1: one', () => {})")

  test('has nothing to say where each row has a test or a reason', () => {
    expect(incomplete([row('D1'), row('D2', 'there is no such thing here')], written)).toEqual([])
  })

  test('names a row without either, a row with both, and a title of no row', () => {
    expect(incomplete([row('D1'), row('D2')], written)).toEqual(['D2 has neither a test nor a reason (something holds)'])
    expect(incomplete([row('D1', 'there is no such thing here')], written)).toEqual([
      'D1 has a test, and a reason for having none (there is no such thing here)',
    ])
    expect(incomplete([], written)).toEqual(["x.test.ts:1: there is no row D1 ('D1: one')"])
  })
})

test('prove tells of a row what came of its tests, those in a suite that names it too', () => {
  const result = (title: string, status: string, ...ancestorTitles: string[]) => ({ ancestorTitles, title, status })
  const report = {
    testResults: [
      {
        name: 'x.test.ts',
        assertionResults: [
          result('D1: one', 'passed'),
          result('D1: another', 'failed'),
          result('on SQLite', 'passed', 'D2: the suite'),
          result('D3: skipped', 'skipped'),
          result('of nothing', 'passed'),
        ],
      },
    ],
  }
  const rows = [row('D1'), row('D2'), row('D3'), row('D4'), row('D5', 'there is no such thing here')]
  expect(prove(rows, [], testsOf(report)).map((proof) => proof.result)).toEqual(['failed', 'passed', 'skipped', 'not run', 'untested'])
})
