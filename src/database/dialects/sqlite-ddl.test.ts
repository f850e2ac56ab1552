import { describe, expect, test } from 'vitest'
import { checksIn, parseCreateTable } from './sqlite-ddl.js'

describe('parseCreateTable', () => {
  test('takes columns, constraints and what follows apart, whatever stands in quotes and comments', () => {
    const text = `CREATE TABLE "a ""b"", (c" (
      "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, -- the key, of course
      [odd, name] decimal(8, 2) CHECK ("odd" IN ('a,(', 'it''s')),
      \`tick\` text DEFAULT (upper('x,y')) /* a, b */,
      plain -- without a type
      , CONSTRAINT u UNIQUE ("id", plain), FOREIGN KEY (plain) REFERENCES t (id)
    ) WITHOUT ROWID, STRICT`
    const { columns, constraints, tail } = parseCreateTable(text)
    expect(columns.map((one) => one.name)).toEqual(['id', 'odd, name', 'tick', 'plain'])
    expect(columns.at(-1)?.text).toBe('plain')
    expect(constraints).toEqual(['CONSTRAINT u UNIQUE ("id", plain)', 'FOREIGN KEY (plain) REFERENCES t (id)'])
    expect(tail).toBe('WITHOUT ROWID, STRICT')
  })

  test('a column may be called like a constraint when it is quoted', () => {
    expect(parseCreateTable('CREATE TABLE t ("check" integer, "unique" text)').columns.map((one) => one.name)).toEqual(['check', 'unique'])
  })
})

describe('checksIn', () => {
  test('finds the condition of each, parentheses within included', () => {
    expect(checksIn('CREATE TABLE t (a CHECK ("a" >= 0), b CHECK ((JSON_VALID("b") OR "b" IS NULL)), "check" text)')).toEqual([
      '"a" >= 0',
      '(JSON_VALID("b") OR "b" IS NULL)',
    ])
  })
})
