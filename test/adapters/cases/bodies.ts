/**
 * Bodies: read once by whoever comes first, and there for the handler.
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Visitor } from '../client.js'
import type { Stage } from '../stage.js'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

export function bodyCases(stage: Stage): void {
  const { cannot = {} } = stage.subject

  describe('bodies', () => {
    const known = async (visitor = stage.visitor()): Promise<Visitor> => {
      await visitor.get('/token')
      return visitor
    }

    test('a handler finds the fields of a form, whether the token stood in it or in a header', async () => {
      const visitor = await known()
      const fields = { name: 'Brass gear', price: '12.00', note: 'é & = +', __proto__: null }
      expect((await visitor.post('/echo', { name: 'Brass gear', note: 'é & = +' })).json()).toMatchObject({
        fields: { name: 'Brass gear', note: 'é & = +' },
      })
      const headers = { ...FORM, 'x-csrftoken': visitor.token }
      const body = new URLSearchParams({ name: fields.name, price: fields.price }).toString()
      expect((await visitor.request('/echo', { method: 'POST', headers, body })).json()).toEqual({ fields: { name: 'Brass gear', price: '12.00' } })
    })

    test('an empty form is a form', async () => {
      const visitor = await known()
      const answer = await visitor.request('/echo', { method: 'POST', headers: { ...FORM, 'x-csrftoken': visitor.token }, body: '' })
      expect(answer.json()).toMatchObject({ fields: {} })
    })

    test('a handler finds JSON', async () => {
      const visitor = await known()
      expect((await visitor.postJson('/echo', { name: 'gear', price: 12 })).json()).toEqual({ fields: { name: 'gear', price: 12 } })
    })

    test('a handler finds files and fields', async () => {
      const visitor = await known()
      const form = new FormData()
      form.append('csrfmiddlewaretoken', visitor.token)
      form.append('title', 'A gear')
      form.append('picture', new File(['x'.repeat(50_000)], 'gear.png', { type: 'image/png' }))
      expect((await visitor.postMultipart('/files', form)).json()).toEqual({ title: 'A gear', name: 'gear.png', size: 50_000 })
      form.delete('csrfmiddlewaretoken')
      expect((await visitor.postMultipart('/files', form, { 'x-csrftoken': visitor.token })).json()).toMatchObject({ size: 50_000 })
    })

    test('a handler reads a stream as it arrives, which nobody read before', async () => {
      const visitor = await known()
      async function* slowly(): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < 5; index += 1) {
          yield new Uint8Array(20_000)
          await delay(5)
        }
      }
      const headers = { 'content-type': 'application/octet-stream', 'x-csrftoken': visitor.token }
      expect((await visitor.request('/bytes', { method: 'POST', headers, body: slowly() })).json()).toEqual({ size: 100_000 })
    })

    test('J8: a form that is too large is refused, with an answer that arrives', async () => {
      const { send } = await stage.start({ shop: stage.shopWith({ bodyLimits: { totalBytes: 10_000 } }) })
      const visitor = await known(new Visitor(send))
      const answer = await visitor.post('/echo', { text: 'x'.repeat(20_000) })
      expect(answer.status).toBe(413)
      expect(answer.text).not.toMatch(/^\{"fields"/)
      async function* chunked(): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < 20; index += 1) {
          yield Buffer.from('a'.repeat(1000))
          await delay(2)
        }
      }
      expect((await visitor.request('/echo', { method: 'POST', headers: FORM, body: chunked() })).status).toBe(413)
      expect((await visitor.post('/echo', { text: 'short' })).status).toBe(200)
    })

    test('J7: a form that is malformed is refused', async () => {
      const visitor = await known()
      const headers = { 'content-type': 'multipart/form-data; boundary=b' }
      for (const body of ['nonsense', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1']) {
        expect((await visitor.request('/echo', { method: 'POST', headers, body })).status).toBe(400)
      }
    })
  })

  if (cannot.parser !== undefined) return
  describe.each(['before', 'after'] as const)('with a body parser %s the site', (parser) => {
    test('forms and JSON are checked, and found by the handler', async () => {
      const { send } = await stage.start({ parser })
      const visitor = new Visitor(send)
      await visitor.get('/token')
      expect((await visitor.post('/echo', { a: '1' })).json()).toMatchObject({ fields: { a: '1' } })
      expect((await visitor.postJson('/echo', { a: { b: [1, null] } })).json()).toEqual({ fields: { a: { b: [1, null] } } })
      expect((await visitor.request('/echo', { method: 'POST', headers: FORM, body: 'a=1' })).status).toBe(403)
      expect((await visitor.post('/echo', { a: '1', csrfmiddlewaretoken: 'x'.repeat(32) })).status).toBe(403)
      const answer = await visitor.request('/echo', { method: 'POST', headers: { ...FORM, 'x-csrftoken': visitor.token }, body: 'a=2' })
      expect(answer.json()).toEqual({ fields: { a: '2' } })
      expect((await visitor.post('/pages/form/', { name: 'ada' })).json()).toEqual({ name: 'ada' })
    })
  })
}
