import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DateTime, toDatabaseText } from './date-time.js'

describe('DateTime', () => {
  test('keeps the microseconds of what a database holds, and writes them back (DM-12)', () => {
    const read = DateTime.from('2026-11-23 08:15:00.123456')
    expect([read.getMilliseconds(), read.microsecond]).toEqual([123, 456])
    expect(read.toDatabaseText()).toBe('2026-11-23 08:15:00.123456')
    expect(read.toMicrosecondString()).toBe('2026-11-23T08:15:00.123456Z')
    expect(read.toISOString()).toBe('2026-11-23T08:15:00.123Z')
  })

  test('writes no fraction for a whole second, and otherwise all six digits (DM-10)', () => {
    expect(DateTime.from('2026-11-23 08:15:00').toDatabaseText()).toBe('2026-11-23 08:15:00')
    expect(new DateTime('2026-11-23T08:15:00.5Z').toDatabaseText()).toBe('2026-11-23 08:15:00.500000')
    expect(DateTime.from('2026-11-23 08:15:00.000001').toDatabaseText()).toBe('2026-11-23 08:15:00.000001')
    expect(toDatabaseText(new Date('2026-11-23T08:15:00.042Z'))).toBe('2026-11-23 08:15:00.042000')
  })

  test('drops the microseconds when it is set to another time', () => {
    const moment = DateTime.from('2026-11-23 08:15:00.123456')
    moment.setUTCHours(9)
    expect(moment.microsecond).toBe(0)
    expect(moment.toDatabaseText()).toBe('2026-11-23 09:15:00.123000')
  })

  test('takes the microseconds of the DateTime it is made of', () => {
    expect(new DateTime(DateTime.from('2026-11-23 08:15:00.123456')).microsecond).toBe(456)
    expect(DateTime.from(new Date(5)).microsecond).toBe(0)
    expect(() => new DateTime(0, 1000)).toThrow(RangeError)
  })

  test.each([
    ['2026-11-23 08:15:00+00', '2026-11-23T08:15:00.000Z'],
    ['2026-11-23 08:15:00.5+05:30', '2026-11-23T02:45:00.500Z'],
    ['2026-11-23 08:15:00-08', '2026-11-23T16:15:00.000Z'],
    ['2026-11-23T08:15:00Z', '2026-11-23T08:15:00.000Z'],
    ['1880-01-01 00:00:00+00:19:32', '1879-12-31T23:40:28.000Z'],
    ['0001-01-01 00:00:00', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31 23:59:59+00', '0099-12-31T23:59:59.000Z'],
    ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
    ['0001-01-01 00:00:00+00 BC', '0000-01-01T00:00:00.000Z'],
    ['12026-01-01 00:00:00+00', '+012026-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['1969-12-31 23:59:59.999999', '1969-12-31T23:59:59.999Z'],
  ])('reads %s', (text, iso) => {
    expect(DateTime.from(text).toISOString()).toBe(iso)
  })

  test.each([
    '',
    '0000-00-00 00:00:00',
    '2026-13-01 00:00:00',
    '2026-02-30 00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 00:60:00',
    '23.11.2026',
    'now',
  ])('refuses “%s”', (text) => {
    expect(DateTime.tryFrom(text)).toBeNull()
    expect(() => DateTime.from(text)).toThrow(RangeError)
  })

  test('reads what lies beyond every Date as its end', () => {
    expect(DateTime.from('infinity').isInfinite).toBe(true)
    expect(DateTime.from('-infinity') < DateTime.from('0044-03-15 12:00:00+00 BC')).toBe(true)
    expect(DateTime.from('294276-12-31 23:59:59+00').isInfinite).toBe(true)
    expect(DateTime.from('2026-11-23 08:15:00').isInfinite).toBe(false)
  })

  test('writes no year that a database has not', () => {
    expect(() => toDatabaseText(new Date(Number.NaN))).toThrow('invalid Date')
    expect(() => toDatabaseText(new Date('+010000-01-01T00:00:00Z'))).toThrow('10000')
    expect(() => toDatabaseText(new Date('0000-12-31T00:00:00Z'))).toThrow(RangeError)
  })

  test('reads every text it writes', () => {
    const moments = fc.tuple(
      fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
      fc.integer({ min: 0, max: 999 }),
    )
    fc.assert(
      fc.property(moments, ([date, microsecond]) => {
        const written = new DateTime(date, microsecond).toDatabaseText()
        const read = DateTime.from(written)
        expect([read.getTime(), read.microsecond]).toEqual([date.getTime(), microsecond])
        expect(read.toDatabaseText()).toBe(written)
        expect(DateTime.from(read.toMicrosecondString()).toDatabaseText()).toBe(written)
      }),
    )
  })

  test('the usual form is read like every other, and refused like every other', () => {
    const written = fc.constantFrom(
      '2026-11-23 08:15:00',
      '2024-02-29 23:59:59.999999',
      '2023-02-29 00:00:00',
      '1000-12-31T00:00:00.000001',
      '2026-04-31 10:00:00',
    )
    const slips = fc.array(fc.tuple(fc.nat(25), fc.constantFrom(...'0123456789 -:.TZ+x٣')), { maxLength: 2 })
    fc.assert(
      fc.property(written, slips, (text, wrong) => {
        const letters = [...text]
        for (const [at, letter] of wrong) if (at < letters.length) letters[at] = letter
        const given = letters.join('')
        // An offset of zero says the same, and takes another way. What has one already cannot get a second.
        fc.pre(!/[Z+]|.{10}.*-/.test(given))
        const slow = DateTime.tryFrom(`${given}Z`)
        for (const one of [given, `${given}+00`]) {
          const fast = DateTime.tryFrom(one)
          expect([fast?.getTime(), fast?.microsecond]).toEqual([slow?.getTime(), slow?.microsecond])
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('texts sort as the moments do', () => {
    const moments = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        expect(toDatabaseText(new Date(a)) < toDatabaseText(new Date(b))).toBe(a < b)
      }),
    )
  })
})
