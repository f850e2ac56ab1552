import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { fieldsOf, FORM, JSON_TYPE, MULTIPART, multipart, problemOf, read, streamOf } from '../../../test/support/bodies.js'
import { readBody } from './read-body.js'
import { BodyProblem, UPLOAD_BODY_LIMITS } from './request-data.js'

describe('readBody', () => {
  test('reads a form: names and texts, in order, each as often as it came', async () => {
    const data = await read(FORM, 'a=1&b=%C3%A9+x&a=2&&empty&%26%3d=%+%4')
    expect(data.kind).toBe('form')
    expect([...data.fields]).toEqual([
      ['a', ['1', '2']],
      ['b', ['é x']],
      ['empty', ['']],
      ['&=', ['% %4']],
    ])
    expect(data.files.size).toBe(0)
  })

  test('reads JSON: each property one value, but a list of scalars is several', async () => {
    const data = await read(JSON_TYPE, '{"a":"x","b":[1,null,true],"c":{"d":[{}]},"e":[],"f":[[1]],"g":null}')
    expect(data.kind).toBe('json')
    expect([...data.fields]).toEqual([
      ['a', ['x']],
      ['b', [1, null, true]],
      ['c', [{ d: [{}] }]],
      ['e', []],
      ['f', [[[1]]]],
      ['g', [null]],
    ])
  })

  test('is empty where nothing was sent', async () => {
    for (const type of [undefined, FORM, JSON_TYPE, MULTIPART, 'text/plain', 'nonsense']) {
      expect((await read(type, '')).kind).toBe('empty')
      expect((await readBody({ contentType: type, contentLength: '0', stream: null, parsed: undefined })).kind).toBe('empty')
    }
  })

  test('says so when somebody read the body and left nothing', async () => {
    expect(await problemOf(readBody({ contentType: FORM, contentLength: '5', stream: null, parsed: undefined }))).toBe('400 body_unavailable')
  })

  test('E6: never reads a query', async () => {
    const data = await read(FORM, 'a=1')
    expect(data.fields.has('csrfmiddlewaretoken')).toBe(false)
    // There is no way to hand it one.
    expect(Object.keys({ contentType: '', contentLength: '', stream: null, parsed: null } satisfies Parameters<typeof readBody>[0])).toHaveLength(4)
  })

  test.each([
    'text/plain',
    undefined,
    '',
    'application/json, text/plain',
    'application/jsonx',
    'application/json;charset=utf-16',
    'text/plain; application/json',
    'multipart/mixed; boundary=b',
    `${FORM}; charset=latin1`,
  ])('E11: a body of type %j is refused, whatever it holds', async (type) => {
    expect(await problemOf(read(type, '{"a":1}'))).toBe('415 unsupported_media_type')
    expect(await problemOf(read(type, 'a=1', {}, { contentLength: '3' }))).toBe('415 unsupported_media_type')
  })

  test.each([' application/json', 'application/json\t', 'Application/JSON', 'application/json ; Charset="UTF-8"'])(
    'E11: %j is JSON, and read as nothing else',
    async (type) => {
      expect(await fieldsOf(read(type, '{"a":1}'))).toEqual([['a', [1]]])
      expect(await problemOf(read(type, 'a=1'))).toBe('400 malformed_body')
    },
  )

  test('J8: counts what arrives, whatever the length it was announced with', async () => {
    const chunks = Array.from({ length: 20 }, () => Buffer.alloc(4096, 'a'))
    for (const contentLength of [undefined, '5', '-1', 'chunked', '5, 5', '1e9']) {
      expect(await problemOf(readBody({ contentType: FORM, contentLength, stream: streamOf(chunks), parsed: undefined }))).toBe('413 body_too_large')
    }
  })

  test('J8: what is too large by its own word is refused unread', async () => {
    let touched = false
    const stream = { [Symbol.asyncIterator]: () => ((touched = true), streamOf([])) }
    expect(await problemOf(readBody({ contentType: FORM, contentLength: '65537', stream, parsed: undefined }))).toBe('413 body_too_large')
    expect(touched).toBe(false)
  })

  test('J8: the limits are exact', async () => {
    expect((await read(FORM, `a=${'x'.repeat(98)}`, { totalBytes: 100 })).fields.get('a')?.[0]).toHaveLength(98)
    expect(await problemOf(read(FORM, `a=${'x'.repeat(99)}`, { totalBytes: 100 }))).toBe('413 body_too_large')
    expect(await problemOf(read(FORM, `a=${'x'.repeat(99)}`, { fieldBytes: 99 }))).toBe('413 field_too_large')
    expect(await problemOf(read(JSON_TYPE, JSON.stringify({ a: 'x'.repeat(64 * 1024) }), UPLOAD_BODY_LIMITS))).toBe('413 body_too_large')
  })

  test('J7: a body that breaks off is refused, and its stream is let go', async () => {
    for (const type of [FORM, JSON_TYPE, MULTIPART]) {
      let released = false
      const stream = (async function* () {
        try {
          yield Buffer.from('--b\r\nContent-Dispo')
          throw new Error('aborted')
        } finally {
          released = true
        }
      })()
      expect(await problemOf(readBody({ contentType: type, contentLength: undefined, stream, parsed: undefined }))).toBe('400 incomplete_body')
      expect(released).toBe(true)
    }
  })

  test('J7: a stream that never agrees to stop holds nothing up', async () => {
    let told = 0
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: Buffer.alloc(50_000) }),
        return: () => {
          told++
          return new Promise(() => undefined)
        },
      }),
    }
    expect(await problemOf(readBody({ contentType: FORM, contentLength: undefined, stream, parsed: undefined }))).toBe('413 body_too_large')
    expect(await problemOf(readBody({ contentType: 'text/plain', contentLength: undefined, stream, parsed: undefined }))).toBe(
      '415 unsupported_media_type',
    )
    expect(told).toBe(2)
  })

  test('J9: a hundred thousand pairs are refused after a thousand', async () => {
    const limits = { totalBytes: 2_000_000, jsonBytes: 2_000_000 }
    const names = Array.from({ length: 100_000 }, (_, index) => index)
    expect(await problemOf(read(FORM, names.map((name) => `${name}=`).join('&'), limits))).toBe('413 too_many_fields')
    expect(await problemOf(read(JSON_TYPE, `{${names.map((name) => `"${name}":0`).join(',')}}`, limits))).toBe('413 too_many_fields')
    expect(await problemOf(read(JSON_TYPE, `{"a":{${names.map((name) => `"${name}":0`).join(',')}}}`, limits))).toBe('413 too_many_fields')
    expect((await read(FORM, '&'.repeat(60_000))).fields.size).toBe(0)
  })

  test('J9: brackets in a name nest nothing, and depth in JSON has an end', async () => {
    expect(await fieldsOf(read(FORM, `a${'[]'.repeat(1000)}=1&b[c][__proto__]=2`))).toEqual([
      [`a${'[]'.repeat(1000)}`, ['1']],
      ['b[c][__proto__]', ['2']],
    ])
    expect((await read(JSON_TYPE, '{"a":[[[[1]]]]}')).fields.get('a')).toEqual([[[[[1]]]]])
    expect(await problemOf(read(JSON_TYPE, '{"a":[[[[[1]]]]]}'))).toBe('400 nested_too_deeply')
    expect(await problemOf(read(JSON_TYPE, `{"a":${'['.repeat(60_000)}`))).toBe('400 nested_too_deeply')
    expect(await fieldsOf(read(JSON_TYPE, String.raw`{"a":"[[[[[[\"[[[[[","b":"\\"}`))).toEqual([
      ['a', ['[[[[[["[[[[[']],
      ['b', ['\\']],
    ])
  })

  test('15.3.6, J10: __proto__ is a name like any other, and changes no object', async () => {
    const form = await read(FORM, '__proto__=1&constructor=2&toString=3&__proto__[x]=4')
    expect([...form.fields.keys()]).toEqual(['__proto__', 'constructor', 'toString', '__proto__[x]'])
    const json = await read(JSON_TYPE, '{"__proto__":{"isAdmin":true},"a":{"__proto__":{"isAdmin":true},"constructor":1}}')
    expect([...json.fields.keys()]).toEqual(['__proto__', 'a'])
    const inner = json.fields.get('a')?.[0] as Record<string, unknown>
    expect(Object.getPrototypeOf(inner)).toBe(null)
    expect(inner['isAdmin']).toBe(undefined)
    expect(Object.keys(inner)).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBe(undefined)
  })

  test('K2: a semicolon separates nothing, and what comes twice is kept twice', async () => {
    expect(await fieldsOf(read(FORM, 'a=1;next=//evil.test&next=/a&next=/b'))).toEqual([
      ['a', ['1;next=//evil.test']],
      ['next', ['/a', '/b']],
    ])
    expect(await fieldsOf(read(JSON_TYPE, '{"next":["/a","/b"]}'))).toEqual([['next', ['/a', '/b']]])
  })

  test('what is not UTF-8 is refused, in every form', async () => {
    const bad = Buffer.from([0x61, 0x3d, 0xc3, 0x28])
    expect(await problemOf(read(FORM, bad))).toBe('400 invalid_encoding')
    expect(await problemOf(read(FORM, 'a=%C3%28'))).toBe('400 invalid_encoding')
    expect(await problemOf(read(FORM, '%ED%A0%80=a'))).toBe('400 invalid_encoding')
    expect(await problemOf(read(JSON_TYPE, Buffer.concat([Buffer.from('{"a":"'), bad, Buffer.from('"}')])))).toBe('400 invalid_encoding')
    expect(await problemOf(read(JSON_TYPE, String.raw`{"a":"\ud800"}`))).toBe('400 invalid_encoding')
    expect(await problemOf(read(MULTIPART, Buffer.from(multipart(['name="a"', '\u00ff']), 'latin1')))).toBe('400 invalid_encoding')
  })

  test.each(['', '[]', 'null', '1', '"a"', '{', '{"a":1}}', '{"a":NaN}', '\ufeff{}', "{'a':1}", '{"a":1e999}', 'a=1', '{"a":1}\0'])(
    'JSON that is no object is refused: %j',
    async (body) => {
      expect(await problemOf(read(JSON_TYPE, `${body} `))).toBe('400 malformed_body')
    },
  )

  test('J7, J10: no bytes of any type throw anything but a BodyProblem', async () => {
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      'Content-Disposition: form-data; name="a"',
      '; filename="',
      '"',
      '=',
      '&',
      '%',
      '{',
      '[',
      '"__proto__":',
      ',',
    )
    const body = fc.oneof(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 200 }),
      fc.json(),
    )
    const type = fc.oneof(fc.constantFrom(FORM, JSON_TYPE, MULTIPART, 'multipart/form-data', undefined), fc.string())
    await fc.assert(
      fc.asyncProperty(type, body, async (contentType, bytes) => {
        await read(contentType, bytes).catch((error: unknown) => expect(error).toBeInstanceOf(BodyProblem))
      }),
      { numRuns: 1000 },
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})
