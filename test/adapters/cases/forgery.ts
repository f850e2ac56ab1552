/**
 * Requests that another site sends with somebody's cookies.
 * @module
 */

import { describe, expect, test } from 'vitest'
import type { Answer, Visitor } from '../client.js'
import type { Stage } from '../stage.js'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** A handler that ran echoes; one that did not, did not. */
function expectForged({ status, text }: Answer): void {
  expect({ status, ran: text.startsWith('{"fields"') }).toEqual({ status: 403, ran: false })
}

export function forgeryCases(stage: Stage): void {
  describe('forged requests', () => {
    const known = async (): Promise<Visitor> => {
      const visitor = stage.visitor()
      await visitor.get('/token')
      return visitor
    }

    test('3.5.1: a form without a token is refused, with a code for programs', async () => {
      const visitor = await known()
      expectForged(await visitor.request('/echo', { method: 'POST', headers: FORM, body: 'a=1' }))
      const program = await visitor.postJson('/echo', { a: 1 }, { 'x-csrftoken': '' })
      expectForged(program)
      expect(program.json()).toMatchObject({ error: { code: 'csrf_failed' } })
      expectForged(await visitor.request('/echo', { method: 'POST' }))
    })

    test('a token in the form, in a header, or masked in a page counts', async () => {
      const visitor = await known()
      expect((await visitor.post('/echo', { a: '1' })).json()).toMatchObject({ fields: { a: '1' } })
      expect((await visitor.postJson('/echo', { a: 1 })).json()).toEqual({ fields: { a: 1 } })
      const masked = (await visitor.get('/token')).text
      expect(masked).toHaveLength(64)
      expect((await visitor.post('/echo', { csrfmiddlewaretoken: masked })).status).toBe(200)
      expect((await visitor.request('/echo', { method: 'POST', headers: { ...FORM, 'x-csrftoken': masked }, body: 'a=1' })).json()).toEqual({
        fields: { a: '1' },
      })
    })

    test('a token counts as the first field of a multipart form', async () => {
      const visitor = await known()
      const form = new FormData()
      form.append('csrfmiddlewaretoken', visitor.token)
      form.append('a', '1')
      expect((await visitor.postMultipart('/echo', form)).json()).toMatchObject({ fields: { a: '1' } })
      form.set('csrfmiddlewaretoken', 'x'.repeat(32))
      expectForged(await visitor.postMultipart('/echo', form))
    })

    test('E6: a token in the query counts for nothing', async () => {
      const visitor = await known()
      expectForged(await visitor.request(`/echo?csrfmiddlewaretoken=${visitor.token}`, { method: 'POST', headers: FORM, body: 'a=1' }))
    })

    test('K2: of two tokens in a form none counts, in whichever order', async () => {
      const visitor = await known()
      const [right, wrong] = [visitor.token, 'x'.repeat(32)]
      for (const [first, second] of [
        [right, wrong],
        [wrong, right],
        [right, right],
      ] as const) {
        const body = `csrfmiddlewaretoken=${first}&csrfmiddlewaretoken=${second}&a=1`
        expectForged(await visitor.request('/echo', { method: 'POST', headers: FORM, body }))
      }
    })

    test('E2: no other header stands for a token', async () => {
      const visitor = await known()
      const headers = { ...FORM, 'x-requested-with': 'XMLHttpRequest', 'x-csrf-token': visitor.token, 'x-xsrf-token': visitor.token }
      expectForged(await visitor.request('/echo', { method: 'POST', headers, body: 'a=1' }))
    })

    test.each(['https://evil.test', 'http://localhost:81', 'https://localhost', 'null', ''])(
      'E3: the origin “%s” is refused, with a right token',
      async (origin) => {
        expectForged(await (await known()).post('/echo', { a: '1' }, { origin }))
      },
    )

    test('the site’s own origin is not', async () => {
      const visitor = await known()
      expect((await visitor.post('/echo', { a: '1' }, { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    })

    test.each(['cross-site', 'same-site'])('E5, 3.5.1: a request that a browser calls %s is refused', async (site) => {
      expectForged(await (await known()).post('/echo', { a: '1' }, { 'sec-fetch-site': site }))
    })

    test('E5: two cookies of the token’s name are none', async () => {
      const visitor = await known()
      const cookie = `csrftoken=${visitor.token}; csrftoken=${'x'.repeat(32)}`
      expectForged(await visitor.post('/echo', { csrfmiddlewaretoken: 'x'.repeat(32) }, { cookie }))
      expectForged(await visitor.post('/echo', {}, { cookie }))
    })

    test.each([
      'text/plain',
      'application/json\t',
      ' Application/JSON',
      'application/x-www-form-urlencoded, text/plain',
      'multipart/form-data',
      'image/png',
    ])('3.5.2, E11: nothing is let through for being sent as “%s”', async (type) => {
      const visitor = await known()
      const answer = await visitor.request('/echo', { method: 'POST', headers: { 'content-type': type }, body: '{"a":1}' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.text).not.toMatch(/^\{"fields"/)
    })

    test('E10: a method that a header or a field names is not the method', async () => {
      const visitor = await known()
      const answer = await visitor.get('/echo?_method=POST', { 'x-http-method-override': 'POST', 'x-method-override': 'POST' })
      expect(answer.status).toBe(404)
      expectForged(
        await visitor.request('/echo?_method=GET', { method: 'POST', headers: { ...FORM, 'x-http-method-override': 'GET' }, body: '_method=GET' }),
      )
    })

    test('methods that change something need a token, whatever they are called', async () => {
      const visitor = await known()
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const { status } = await visitor.request('/echo', { method })
        // No framework has such a route here; what matters is that none is let by.
        expect([403, 404, 405]).toContain(status)
      }
    })
  })
}
