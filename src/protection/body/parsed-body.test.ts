import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { fieldsOf, FORM, JSON_TYPE, MULTIPART, multipart, problemOf, read, readParsed } from '../../../test/support/bodies.js'
import { BodyProblem } from './request-data.js'

describe('readBody after another parser', () => {
  test('takes an object of texts, and lists of them, as a form', async () => {
    const withoutPrototype = Object.assign(Object.create(null), { a: '1', b: ['2', '3'] }) as object
    for (const parsed of [{ a: '1', b: ['2', '3'] }, withoutPrototype]) {
      const data = await readParsed(FORM, parsed)
      expect(data.kind).toBe('form')
      expect([...data.fields]).toEqual([
        ['a', ['1']],
        ['b', ['2', '3']],
      ])
    }
  })

  test('takes an object as JSON where JSON was sent, and copies it', async () => {
    const parsed = { a: { b: 1 }, c: ['x', 'y'] }
    const data = await readParsed(JSON_TYPE, parsed)
    expect(data.kind).toBe('json')
    expect(data.fields.get('c')).toEqual(['x', 'y'])
    parsed.a.b = 2
    expect(data.fields.get('a')).toEqual([{ b: 1 }])
  })

  test('takes URLSearchParams and FormData, files too', async () => {
    expect(await fieldsOf(readParsed(undefined, new URLSearchParams('a=1&b=2&a=3')))).toEqual([
      ['a', ['1', '3']],
      ['b', ['2']],
    ])
    const form = new FormData()
    form.append('a', '1')
    form.append('picture', new File(['abc'], '../../x.png', { type: 'image/png' }))
    form.append('none', new File([], ''))
    const data = await readParsed(MULTIPART, form)
    expect([...data.fields]).toEqual([['a', ['1']]])
    expect([...data.files]).toEqual([['picture', [{ name: '../../x.png', type: 'image/png', size: 3, bytes: new Uint8Array([97, 98, 99]) }]]])
    const parsedByHono = await readParsed(MULTIPART, { a: '1', picture: form.get('picture') })
    expect(parsedByHono.files.get('picture')?.[0]?.size).toBe(3)
  })

  test('reads a body that was kept as it came', async () => {
    for (const parsed of ['a=1&a=2', Buffer.from('a=1&a=2'), new TextEncoder().encode('a=1&a=2'), new TextEncoder().encode('a=1&a=2').buffer]) {
      expect(await fieldsOf(readParsed(FORM, parsed))).toEqual([['a', ['1', '2']]])
    }
    expect(await fieldsOf(readParsed(JSON_TYPE, '{"a":1}'))).toEqual([['a', [1]]])
    expect(await fieldsOf(readParsed(MULTIPART, Buffer.from(multipart(['name="a"', '1']))))).toEqual([['a', ['1']]])
    expect((await readParsed('text/plain', '')).kind).toBe('empty')
  })

  test('what a parser leaves where there was nothing of its own is nothing: the stream is read', async () => {
    for (const parsed of [{}, null, undefined, Object.create(null)]) {
      expect(await fieldsOf(read(MULTIPART, multipart(['name="a"', '1']), {}, { parsed }))).toEqual([['a', ['1']]])
      expect((await read(JSON_TYPE, '', {}, { parsed })).kind).toBe('empty')
      expect(
        (await read(undefined, '', {}, { parsed, stream: null, contentLength: '2' }).catch((error: BodyProblem) => error)) instanceof BodyProblem,
      ).toBe(parsed === undefined)
    }
  })

  test('E11: what was parsed from another type is refused', async () => {
    for (const type of [undefined, 'text/plain', 'application/json, text/plain']) {
      expect(await problemOf(readParsed(type, { a: '1' }))).toBe('415 unsupported_media_type')
      expect(await problemOf(readParsed(type, '{"a":1}'))).toBe('415 unsupported_media_type')
    }
  })

  test('J9: names that a parser nested are refused, and nothing is flattened by guess', async () => {
    for (const value of [{ b: '1' }, [{ b: '1' }], [['1']], { __proto__: null, length: '1' }]) {
      expect(await problemOf(readParsed(FORM, { a: value }))).toBe('400 nested_too_deeply')
    }
    for (const value of [1, true, null, undefined, 1n, Symbol('a'), () => 1, new Date(0), new Map()]) {
      expect(await problemOf(readParsed(FORM, { a: value }))).toBe('400 malformed_body')
    }
  })

  test('J8, J9: the limits are those of a body read here', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`a${index}`, '1']))
    expect(await problemOf(readParsed(FORM, many))).toBe('413 too_many_fields')
    expect(await problemOf(readParsed(JSON_TYPE, many))).toBe('413 too_many_fields')
    expect(await problemOf(readParsed(FORM, { a: Array.from({ length: 1001 }, () => '1') }))).toBe('413 too_many_fields')
    expect(await problemOf(readParsed(FORM, { a: 'x'.repeat(70_000) }))).toBe('413 field_too_large')
    expect(await problemOf(readParsed(FORM, { a: 'x'.repeat(40_000), b: 'x'.repeat(40_000) }))).toBe('413 body_too_large')
    expect(await problemOf(readParsed(JSON_TYPE, { a: 'x'.repeat(70_000) }))).toBe('413 body_too_large')
    expect(await problemOf(readParsed(JSON_TYPE, { a: Array.from({ length: 70_000 }, () => 1) }))).toBe('413 body_too_large')
    expect(await problemOf(readParsed(JSON_TYPE, 'x'.repeat(70_000)))).toBe('413 body_too_large')
    const circle: Record<string, unknown> = {}
    circle['a'] = circle
    expect(await problemOf(readParsed(JSON_TYPE, circle))).toBe('400 nested_too_deeply')
    const form = new FormData()
    form.append('a', new File(['x'.repeat(10)], 'a'))
    expect(await problemOf(readParsed(MULTIPART, form, { fileBytes: 9 }))).toBe('413 file_too_large')
    form.append('b', new File(['x'], 'b'))
    expect(await problemOf(readParsed(MULTIPART, form))).toBe('413 too_many_files')
  })

  test('J10: only what an object has itself and by name is read', async () => {
    const inherited = Object.create({ isAdmin: '1' }) as object
    expect(await problemOf(readParsed(FORM, inherited))).toBe('400 malformed_body')
    const hidden = Object.defineProperty({ a: '1', [Symbol('b')]: '2' }, 'c', { value: '3', enumerable: false })
    expect(await fieldsOf(readParsed(FORM, hidden))).toEqual([['a', ['1']]])
    const own = JSON.parse('{"__proto__":"1","constructor":"2"}') as unknown
    expect(await fieldsOf(readParsed(FORM, own))).toEqual([
      ['__proto__', ['1']],
      ['constructor', ['2']],
    ])
    expect((await readParsed(JSON_TYPE, own)).fields.get('__proto__')).toEqual(['1'])
  })

  test('half a character is refused, as it would be in UTF-8', async () => {
    expect(await problemOf(readParsed(FORM, { a: '\ud800' }))).toBe('400 invalid_encoding')
    expect(await problemOf(readParsed(JSON_TYPE, { '\udc00': 1 }))).toBe('400 invalid_encoding')
  })

  test('J10: nothing that a parser may leave throws anything but a BodyProblem', async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(FORM, JSON_TYPE, MULTIPART, 'text/plain', undefined), anything, async (type, parsed) => {
        const reading = read(type, 'a=1', {}, { parsed })
        await reading.catch((error: unknown) => expect(error).toBeInstanceOf(BodyProblem))
      }),
      { numRuns: 1000 },
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
