/**
 * Answers: whatever way a handler answers, cookies, headers and the session are right.
 * @module
 */

import { describe, expect, test } from 'vitest'
import type { Answer } from '../client.js'
import { gate, type Stage } from '../stage.js'

function expectSecurityHeaders({ headers }: Pick<Answer, 'headers'>): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('referrer-policy')).toMatch(/same-origin|no-referrer/)
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
}

export function answerCases(stage: Stage): void {
  describe('answers', () => {
    test('3.4.4, 3.4.6: every answer has the security headers, refusals and errors too', async () => {
      const visitor = await stage.loggedIn('grace')
      for (const path of [
        '/plain',
        '/who',
        '/stream',
        '/private',
        '/add',
        '/add-or-403',
        '/denied',
        '/moved',
        '/no-content',
        '/pages/hello/',
        '/pages/no-page/',
      ]) {
        expectSecurityHeaders(await visitor.get(path))
        expectSecurityHeaders(await visitor.getJson(path))
      }
      expectSecurityHeaders(await visitor.post('/echo', { csrfmiddlewaretoken: '' }))
      expectSecurityHeaders(await visitor.get('/plain', { host: 'evil.test' }))
    })

    test('a header that the handler sets stays', async () => {
      const { headers, text } = await (await stage.loggedIn('ada')).get('/own-headers')
      expect(text).toBe('ada')
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(headers.get('cache-control')).toBe('private, max-age=5')
      expect(headers.get('vary')?.toLowerCase()).toBe('cookie')
    })

    test('a cookie that the handler sets stays beside ours', async () => {
      const { headers } = await stage.visitor().get('/cookie')
      const cookies = headers.getSetCookie()
      expect(cookies).toHaveLength(2)
      expect(cookies).toContain('theme=dark; Path=/')
      expect(cookies.join('\n')).toMatch(/^sessionid=/m)
      expect(headers.get('vary')).toBe('Accept-Language, Cookie')
    })

    test('3.3.2, 3.3.4, NIST 5.1.1: the session cookie over HTTP has its attributes', async () => {
      const [cookie = ''] = (await stage.visitor().get('/count')).headers.getSetCookie()
      expect(cookie).toMatch(/^sessionid=[a-z0-9]{32}; /)
      const attributes = cookie
        .split('; ')
        .slice(1)
        .map((one) => one.replace(/=.*/, '').toLowerCase())
      expect(attributes.toSorted()).toEqual(['expires', 'httponly', 'max-age', 'path', 'samesite'])
      expect(cookie).toMatch(/; Path=\/(?:;|$)/)
      expect(cookie).toMatch(/; SameSite=Lax/)
    })

    test('K1: an answer that looked at nobody may be kept by everybody', async () => {
      for (const visitor of [stage.visitor(), await stage.loggedIn('ada')]) {
        const { headers } = await visitor.get('/plain')
        expect([headers.get('vary'), headers.get('cache-control')]).toEqual([null, null])
      }
    })

    test('K1: an answer that looked at the visitor differs by cookie, and one about a user or with a cookie is kept by no one', async () => {
      const anonymous = (await stage.visitor().get('/who')).headers
      expect([anonymous.get('vary'), anonymous.get('cache-control')]).toEqual(['Cookie', null])
      const ada = await stage.loggedIn('ada')
      for (const headers of [(await ada.get('/who')).headers, (await ada.get('/private')).headers, (await stage.visitor().get('/count')).headers]) {
        expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Cookie', 'private, no-store'])
      }
      const refused = (await stage.visitor().get('/private')).headers
      expect(refused.get('vary')).toBe('Cookie')
      expect(refused.get('cache-control')).toMatch(/no-store/)
    })

    if (stage.subject.cannot?.streams === undefined) {
      test('a stream begins before the handler is through', async () => {
        const { name, open } = gate()
        const { status, chunks } = await stage.visitor().open(`/stream?gate=${name}`)
        expect(status).toBe(200)
        let text = ''
        for await (const chunk of chunks) {
          if (text === '') open()
          text += Buffer.from(chunk).toString()
        }
        expect(text).toBe(`first second ${'x'.repeat(400_000)} last`)
      })
    }

    test('a stream whose handler changed the session is whole, and the session is saved', async () => {
      const visitor = stage.visitor()
      const answer = await visitor.get('/stream?count')
      expect(answer.text).toBe(`first second ${'x'.repeat(400_000)} last`)
      expect((await visitor.get('/look')).json()).toEqual({ count: 'streamed' })
    })

    test.each([
      ['/no-content', 204, null],
      ['/not-modified', 304, null],
      ['/moved', 302, '/plain'],
    ] as const)('%s answers %d without a body, and saves the session', async (path, status, location) => {
      const visitor = stage.visitor()
      const answer = await visitor.get(path)
      expect([answer.status, answer.headers.get('location'), answer.text]).toEqual([status, location, answer.status === 302 ? answer.text : ''])
      expect((await visitor.get('/look')).json()).toEqual({ count: status })
    })

    test('HEAD answers as GET does, without the body', async () => {
      const visitor = await stage.loggedIn('ada')
      for (const path of ['/who', '/plain', '/stream', '/count', '/pages/hello/']) {
        const [head, get] = [await visitor.request(path, { method: 'HEAD' }), await visitor.get(path)]
        expect([path, head.status, head.text]).toEqual([path, get.status, ''])
        for (const name of ['vary', 'cache-control', 'content-security-policy', 'content-type'])
          expect(head.headers.get(name)).toBe(get.headers.get(name))
      }
    })

    test('an error is the framework’s to answer: 500, no details, and nothing of the session saved', async () => {
      for (const path of ['/broken', '/answers-500']) {
        const visitor = stage.visitor()
        const answer = await visitor.get(path)
        expect(answer.status).toBe(500)
        expect(answer.headers.getSetCookie()).toEqual([])
        expect((await visitor.get('/look')).json()).toEqual({ count: null })
      }
      const ada = await stage.loggedIn('ada')
      await ada.get('/broken')
      expect((await ada.get('/look')).json()).toEqual({ count: null })
      expect((await ada.get('/who')).json()).toMatchObject({ username: 'ada' })
    })
  })
}
