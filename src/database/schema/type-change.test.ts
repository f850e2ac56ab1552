import { describe, expect, test } from 'vitest'
import { typeChange } from './type-change.js'

describe('typeChange', () => {
  test.each([
    ['varchar(30)', 'varchar(150)'],
    ['varchar(30)', 'varchar'],
    ['varchar(30)', 'text'],
    ['char(2)', 'longtext'],
    ['smallint', 'integer'],
    ['smallint unsigned', 'bigint'],
    ['integer', 'bigint'],
    ['numeric(8,2)', 'numeric(9,2)'],
    ['numeric(8,2)', 'numeric(9,3)'],
  ])('%s to %s is wider', (from, to) => expect(typeChange(from, to)).toBe('wider'))

  test.each([
    ['varchar(150)', 'varchar(30)'],
    ['text', 'varchar(30)'],
    ['varchar', 'varchar(9)'],
    ['bigint', 'integer'],
    ['smallint', 'smallint unsigned'],
    ['smallint unsigned', 'smallint'],
    ['numeric(8,2)', 'numeric(8,3)'],
    ['numeric(8,2)', 'numeric(7,2)'],
    ['integer', 'varchar(30)'],
    ['datetime', 'date'],
    ['boolean', 'integer'],
  ])('%s to %s may lose something', (from, to) => expect(typeChange(from, to)).toBe('narrower'))

  test('a UUID as such and one as text are the same', () => {
    expect(typeChange('char(32)', 'uuid')).toBe('same')
    expect(typeChange('uuid', 'char(32)')).toBe('same')
    expect(typeChange('char(32)', 'char(40)')).toBe('narrower')
  })
})
