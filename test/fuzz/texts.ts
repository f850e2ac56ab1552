/**
 * Texts that have broken something somewhere: names of prototypes, halves of characters, numbers without end, marks that turn writing round.
 * @module
 */

import fc, { type Arbitrary } from 'fast-check'

/** Must never stand in a page as it is. */
export const MARKUP = `"'><zz onload=1>`

const KNOWN: readonly string[] = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__proto__[isStaff]',
  'constructor.prototype.isStaff',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00x',
  '\u202Eadmin',
  '\u2066x\u2069',
  '\uFEFF',
  '\u200B',
  'ı',
  'İ',
  'ﬃ',
  'ａｄａ',
  'ſ',
  '😀',
  'e\u0301'.repeat(40),
  '\r\nSet-Cookie: a=b',
  '\n',
  '\t',
  '%',
  '%zz',
  '%00',
  '%ff%fe',
  '%E0%80%80',
  '%2e%2e%2f',
  '../../etc/passwd',
  '\\\\host\\share',
  '//evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  MARKUP,
  `' or 1=1 --`,
  '; drop table x',
  '*/ or 1',
  '$1',
  '?',
  '{{7*7}}',
  '${7*7}',
  '0',
  '-0',
  '-1',
  '1e999',
  '1e-999',
  '0x1F',
  '1_000',
  '１２',
  '٣',
  'NaN',
  'Infinity',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '2147483648',
  '9'.repeat(400),
  `0.${'1'.repeat(400)}`,
  '2026-02-30',
  '0000-00-00',
  '0001-01-01',
  '9999-12-31',
  '10000-01-01',
  '-271821-04-20',
  '2026-11-23T25:61:61',
  '9999-12-31T23:59:59.999999+23:59',
  'null',
  'undefined',
  'true',
  'on',
  '[]',
  '{}',
  '{"__proto__":{"isStaff":true}}',
  '[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]',
  '('.repeat(200),
  'a'.repeat(255),
  'a'.repeat(5000),
  'a@b.example',
  '"a b"@[127.0.0.1]',
  `${'a'.repeat(64)}@${'b.'.repeat(120)}example`,
  'a:b:c',
  '.'.repeat(300),
  '=',
  ';',
  ',',
  '-',
]

/** One of the texts that are known to hurt. */
export const knownText: Arbitrary<string> = fc.constantFrom(...KNOWN)

/** Any text, most often one that hurts. */
export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: knownText },
  { weight: 2, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)) },
  { weight: 2, arbitrary: fc.tuple(knownText, knownText).map(([a, b]) => a + b) },
  { weight: 1, arbitrary: fc.tuple(knownText, fc.integer({ min: 2, max: 400 })).map(([text, times]) => text.repeat(times).slice(0, 20_000)) },
)

type Edit = readonly [kind: 'cut' | 'insert' | 'replace' | 'double' | 'truncate' | 'case' | 'swap', at: number, length: number, text: string]

const edit: Arbitrary<Edit> = fc.tuple(
  fc.constantFrom('cut', 'insert', 'replace', 'double', 'truncate', 'case', 'swap'),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 12 }),
  hostileText,
)

/** A text that was good, spoiled in one to three places, or as it was. */
export function spoiled(good: Arbitrary<string>): Arbitrary<string> {
  return fc.tuple(good, fc.array(edit, { maxLength: 3 })).map(([text, edits]) => edits.reduce(applied, text).slice(0, 60_000))
}

/** One of these texts, spoiled or not; now and then something else altogether. */
export function like(...texts: readonly string[]): Arbitrary<string> {
  return fc.oneof({ weight: 5, arbitrary: spoiled(fc.constantFrom(...texts)) }, { weight: 1, arbitrary: hostileText })
}

function applied(text: string, [kind, where, length, other]: Edit): string {
  const at = Math.floor(where * (text.length + 1))
  const [before, after] = [text.slice(0, at), text.slice(at)]
  switch (kind) {
    case 'cut':
      return before + after.slice(length)
    case 'insert':
      return before + other + after
    case 'replace':
      return before + other + after.slice(length)
    case 'double':
      return before + after.slice(0, length).repeat(2 + length * 3) + after
    case 'truncate':
      return before
    case 'case':
      return before + after.toUpperCase()
    case 'swap':
      return after + before
  }
}

/** A header as node:http hands it over: one character for each byte, no ends of lines. */
export function asHeader(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/[\r\n\0]/g, '')
}

/** Any JSON, with names that hurt; also deep. */
export const hostileJson: Arbitrary<unknown> = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(hostileText, fc.constantFrom<unknown>(null, true, false, 0, -0, 1.5, 1e308, 9_007_199_254_740_991, -1), fc.double({ noNaN: true })),
  value: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(hostileText, tie('value')), { maxLength: 4 }).map((entries) => objectOf(entries)),
  ),
})).value

/** An object whose `__proto__` is a member like any other, so that `JSON.stringify` writes it. */
export function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const [name, value] of entries) Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  return object
}

/** The text of JSON: whole, spoiled, or nested deeper than anybody should. */
export const jsonText: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: spoiled(hostileJson.map((value) => JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) },
)
