import { describe, expect, test } from 'vitest'

import { mediaResponse } from './media-response.js'
import type { MediaStorage } from './storage.js'

const NAME = `pics/${'a'.repeat(26)}.webp`
const ETAG = `"${'a'.repeat(26)}"`

const asked: string[] = []
/** Has one picture, and would answer for any name. */
const storage: MediaStorage = {
  save: () => Promise.reject(new Error('not here')),
  open: (name) => {
    asked.push(name)
    return Promise.resolve(name.includes('bbb') ? null : { body: new Uint8Array([1, 2, 3]), size: 3, type: 'text/html' })
  },
  delete: () => Promise.resolve(false),
}

const get = (name: string, headers: Record<string, string> = {}, method = 'GET', from = storage): Promise<Response> =>
  mediaResponse(from, name, { method, header: (header) => headers[header] })

describe('mediaResponse', () => {
  test('gives the picture', async () => {
    const response = await get(NAME)
    expect(response.status).toBe(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': 'inline; filename="picture.webp"',
      'content-length': '3',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-type': 'image/webp',
      'cross-origin-resource-policy': 'same-origin',
      etag: ETAG,
      'x-content-type-options': 'nosniff',
    })
  })

  test('3.2.1, J5: is a picture by our word, whatever the storage says', async () => {
    expect((await get(NAME)).headers.get('content-type')).toBe('image/webp')
  })

  test('5.4.2, J6, 5.4.1: has a name of ours, whatever it was called', async () => {
    const { headers } = await get(NAME)
    expect(headers.get('content-disposition')).toBe('inline; filename="picture.webp"')
  })

  test('HEAD has the same headers and no body', async () => {
    const [head, whole] = [await get(NAME, {}, 'HEAD'), await get(NAME)]
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers))
    expect(head.body).toBe(null)
  })

  test('what the browser has is not sent again', async () => {
    for (const known of [ETAG, `W/${ETAG}`, `"x", ${ETAG}`, '*']) {
      const response = await get(NAME, { 'if-none-match': known })
      expect([response.status, response.body, response.headers.get('etag')]).toEqual([304, null, ETAG])
    }
    for (const other of ['"x"', 'aaa', '']) expect((await get(NAME, { 'if-none-match': other })).status).toBe(200)
  })

  test('what is gone is gone, also for who has it', async () => {
    expect((await get(NAME.replaceAll('a', 'b'), { 'if-none-match': '*' })).status).toBe(404)
  })

  test.each([
    '../secret',
    `../${NAME}`,
    `${NAME}/`,
    `/${NAME}`,
    `${NAME}\0`,
    `pics%2f${NAME.slice(5)}`,
    'pics',
    '',
    NAME.toUpperCase(),
    `${NAME}.html`,
  ])('J3: %j is not even asked for', async (name) => {
    asked.length = 0
    const response = await get(name)
    expect([response.status, await response.text(), asked]).toEqual([404, '', []])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('3.5.8: another site may not show it', async () => {
    expect((await get(NAME, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await get(NAME, { 'sec-fetch-site': 'cross-site' }, 'HEAD')).status).toBe(403)
    for (const site of ['same-origin', 'same-site', 'none']) expect((await get(NAME, { 'sec-fetch-site': site })).status).toBe(200)
  })

  test('other methods are refused', async () => {
    const response = await get(NAME, {}, 'POST')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a stream that nobody reads is let go', async () => {
    let cancelled = 0
    const streaming: MediaStorage = {
      ...storage,
      open: () => Promise.resolve({ body: new ReadableStream({ cancel: () => void cancelled++ }), size: 3, type: 'image/webp' }),
    }
    await get(NAME, {}, 'HEAD', streaming)
    await get(NAME, { 'if-none-match': ETAG }, 'GET', streaming)
    expect(cancelled).toBe(2)
    expect((await get(NAME, {}, 'GET', streaming)).body).not.toBe(null)
  })
})
