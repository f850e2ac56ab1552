/**
 * Who somebody is, from one request to the next.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { Visitor } from '../client.js'
import { gate, logIn, type Stage } from '../stage.js'

export function loginCases(stage: Stage): void {
  describe('sessions', () => {
    test('somebody without a cookie is nobody, and gets none', async () => {
      const answer = await stage.visitor().get('/who')
      expect(answer.json()).toEqual({ username: '', isAuthenticated: false })
      expect(answer.headers.getSetCookie()).toEqual([])
    })

    test('a login in a handler is known to the next request', async () => {
      const visitor = await stage.loggedIn('ada')
      expect((await visitor.get('/who')).json()).toEqual({ username: 'ada', isAuthenticated: true })
    })

    test('a session is saved before its answer arrives', async () => {
      const visitor = stage.visitor()
      for (const count of [1, 2, 3, 4, 5]) expect((await visitor.get('/count')).json()).toEqual({ count })
    })

    test('reading a session writes no cookie', async () => {
      const visitor = await stage.loggedIn('ada')
      expect((await visitor.get('/who')).headers.getSetCookie()).toEqual([])
      expect((await visitor.get('/look')).headers.getSetCookie()).toEqual([])
    })

    test('D1: a login gives a new key and keeps what was there; the old key is nobody’s', async () => {
      const visitor = stage.visitor()
      await visitor.get('/count')
      const planted = new Map(visitor.cookies)
      await logIn(visitor, 'ada')
      expect(visitor.cookies.get('sessionid')).not.toBe(planted.get('sessionid'))
      expect((await visitor.get('/look')).json()).toEqual({ count: 1 })
      const thief = stage.visitor()
      for (const [name, value] of planted) thief.cookies.set(name, value)
      expect((await thief.get('/who')).json()).toEqual({ username: '', isAuthenticated: false })
      expect((await thief.get('/look')).json()).toEqual({ count: null })
    })

    test.each(['', 'x', 'an-invented-key-of-32-characters', '../../etc/passwd'])(
      'D1, D2: the session key “%s” is not adopted, and is taken back',
      async (key) => {
        const visitor = stage.visitor()
        visitor.cookies.set('sessionid', key)
        const answer = await visitor.get('/count')
        expect(answer.json()).toEqual({ count: 1 })
        expect(visitor.cookies.get('sessionid')).not.toBe(key)
        visitor.cookies.set('sessionid', key)
        const [cookie = ''] = (await visitor.get('/who')).headers.getSetCookie()
        expect(cookie).toMatch(/^sessionid=(?:"")?; .*Max-Age=0/)
      },
    )

    test('a logout ends the session and takes the cookie back', async () => {
      const visitor = await stage.loggedIn('ada')
      const kept = new Map(visitor.cookies)
      expect((await visitor.post('/logout')).text).toBe('bye')
      expect(visitor.cookies.has('sessionid')).toBe(false)
      for (const [name, value] of kept) visitor.cookies.set(name, value)
      expect((await visitor.get('/who')).json()).toEqual({ username: '', isAuthenticated: false })
    })

    test('E4: a token from before the login counts no more', async () => {
      const visitor = stage.visitor()
      await visitor.get('/token')
      const early = visitor.token
      await logIn(visitor, 'ada')
      expect((await visitor.post('/private', { csrfmiddlewaretoken: early })).status).toBe(403)
      expect((await visitor.post('/private')).text).toBe('Hello ada')
    })

    test('E4: a token in the answer to the login itself counts from then on', async () => {
      const visitor = stage.visitor()
      await visitor.get('/token')
      const { token } = (await visitor.post('/login?username=ada&token')).json() as { token: string }
      for (const csrfmiddlewaretoken of [token, visitor.token, (await visitor.get('/token')).text]) {
        expect((await visitor.post('/private', { csrfmiddlewaretoken })).text).toBe('Hello ada')
      }
    })

    test('D5: a slow request that ends after the logout is told so, and makes nothing anew', async () => {
      const visitor = await stage.loggedIn('ada')
      const held = new Map(visitor.cookies)
      const { name, arrived, open } = gate()
      const slow = visitor.getJson(`/slow?gate=${name}`)
      await arrived
      await visitor.post('/logout')
      open()
      const answer = await slow
      expect(answer.status).toBe(400)
      expect(answer.json()).toMatchObject({ error: { code: 'session_interrupted' } })
      expect(answer.headers.get('x-of-the-handler')).toBe(null)
      expect(answer.headers.get('content-disposition')).toBe(null)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      const thief = stage.visitor()
      for (const [cookie, value] of held) thief.cookies.set(cookie, value)
      expect((await thief.get('/look')).json()).toEqual({ count: null })
    })

    test('a site that saves at every request does so', async () => {
      const { send } = await stage.start({ shop: stage.shopWith({ sessions: { saveEveryRequest: true } }) })
      const visitor = new Visitor(send)
      await visitor.get('/count')
      for (const path of ['/who', '/stream', '/plain']) expect((await visitor.get(path)).headers.getSetCookie().join()).toMatch(/^sessionid=/)
    })
  })
}
