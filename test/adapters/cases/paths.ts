/**
 * Paths: below others, beside others, and spelt in whatever way.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { tinyPages, visits } from '../application.js'
import { Visitor } from '../client.js'
import { logIn, type Stage } from '../stage.js'

const SPELLINGS = [
  '//private',
  '/private/',
  '/private//',
  '/PRIVATE',
  '/%70rivate',
  '/private%2F1',
  '/private%2f',
  '/private;x',
  '/private%3Fx',
  '/private%00',
  '/private%0a',
  '/private%20',
  '/./private',
  '/x/../private',
  '/x/%2e%2e/private',
  '/\\private',
  '/private.json',
  '/private?',
  '/private?/plain',
  '/%E0%A4%A',
]

export function pathCases(stage: Stage): void {
  const { cannot = {} } = stage.subject

  describe('paths', () => {
    test('F9: no spelling of a path comes past its guard', async () => {
      const visitor = stage.visitor()
      const before = visits.count
      for (const path of SPELLINGS) {
        const { status } = await visitor.get(path)
        expect({ path, refused: [302, 301, 307, 308, 400, 404].includes(status) }).toEqual({ path, refused: true })
      }
      expect(visits.count).toBe(before)
    })

    test('F2: no location begins with two slashes', async () => {
      const visitor = stage.visitor()
      for (const path of ['//evil.test', '//evil.test/', '//evil.test/private', '/\\evil.test/', '//pages', '//evil.test/%2e%2e']) {
        expect((await visitor.get(path)).headers.get('location') ?? '').not.toMatch(/^(?:\/[/\\]|https?:)/)
      }
    })
  })

  describe('pages', () => {
    test('are served below their path', async () => {
      const ada = await stage.loggedIn('ada')
      expect((await ada.get('/pages/hello/')).text).toBe('pages at /pages for ada')
      expect((await ada.get('/pages/hello/?x=1')).text).toBe('pages at /pages for ada')
      expect((await ada.get('/pages/nothing/')).text).toBe('no such page')
      expect((await ada.get('/pageshello/')).status).toBe(404)
    })

    test('save sessions, read forms, and refuse forged ones', async () => {
      const visitor = stage.visitor()
      await visitor.get('/pages/count/')
      expect((await visitor.get('/look')).json()).toEqual({ count: 'pages' })
      await visitor.get('/token')
      expect((await visitor.post('/pages/form/', { name: 'ada' })).json()).toEqual({ name: 'ada' })
      expect((await visitor.post('/pages/form/', { name: 'ada', csrfmiddlewaretoken: '' })).status).toBe(403)
      expect((await visitor.post('/pages/form/', { name: 'x'.repeat(3000) })).status).toBe(413)
    })

    test('send bytes as they are', async () => {
      const { bytes, headers } = await stage.visitor().get('/pages/picture/')
      expect([...bytes]).toEqual([0, 255, 13, 10])
      expect(headers.get('content-type')).toBe('image/png')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    })

    test('whose code is broken are the framework’s to answer, without details', async () => {
      const answer = await stage.visitor().get('/pages/broken/')
      expect(answer.status).toBe(500)
      expect(answer.headers.getSetCookie()).toEqual([])
    })

    test('of the longest path that fits answer', async () => {
      const { send } = await stage.start({ mounts: { '/pages': tinyPages, '/pages/inner/': tinyPages } })
      const visitor = new Visitor(send)
      expect((await visitor.get('/pages/inner/hello/')).text).toBe('pages at /pages/inner for nobody')
      expect((await visitor.get('/pages/hello/')).text).toBe('pages at /pages for nobody')
    })
  })

  if (cannot.below === undefined) {
    describe.each([[['/outer']], [['/outer', '/inner']]])('below %j', (below) => {
      const base = below.join('')

      test('guards, pages and addresses know the whole path', async () => {
        const { send } = await stage.start({ below })
        const visitor = new Visitor(send)
        expect((await visitor.get(`${base}/private?x=1`)).headers.get('location')).toBe(`/accounts/login/?next=${base}/private%3Fx%3D1`)
        expect((await visitor.get(`${base}/pages/hello/`)).text).toBe(`pages at ${base}/pages for nobody`)
        expect((await visitor.get(`${base}/address`)).json()).toMatchObject({ url: `http://localhost${base}/address` })
        await logIn(visitor, 'ada', base)
        expect((await visitor.get(`${base}/private`)).text).toBe('Hello ada')
        expect((await visitor.post(`${base}/pages/form/`, { name: 'x' })).json()).toEqual({ name: 'x' })
        expect((await visitor.post(`${base}/echo`, { a: '1' })).json()).toMatchObject({ fields: { a: '1' } })
        expect((await visitor.get('/pages/hello/')).status).toBe(404)
      })
    })
  }

  if (cannot.beside !== undefined) return
  test('two sites on one server know nothing of each other', async () => {
    const other = stage.shopWith({ sessions: { cookieName: 'other' }, csrf: { cookieName: 'othertoken' } })
    const { send } = await stage.start({ beside: { path: '/other', shop: other } })
    const visitor = new Visitor(send)
    await logIn(visitor, 'ada')
    expect((await visitor.get('/other/who')).json()).toMatchObject({ username: '' })
    await visitor.get('/other/token')
    expect((await visitor.post('/other/login?username=grace', { csrfmiddlewaretoken: visitor.cookies.get('othertoken') ?? '' })).json()).toEqual({
      welcome: 'grace',
    })
    expect((await visitor.get('/who')).json()).toMatchObject({ username: 'ada' })
    expect((await visitor.get('/other/who')).json()).toMatchObject({ username: 'grace' })
    expect((await visitor.get('/other/add')).status).toBe(302)
    expect((await visitor.get('/add')).text).toBe('Hello ada')
  })
}
