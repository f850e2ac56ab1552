/**
 * HTTPS: who comes without it is sent there, and who comes with it is told to stay.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { Visitor } from '../client.js'
import type { Stage } from '../stage.js'

const HSTS = { hstsSeconds: 31_536_000, hstsIncludeSubdomains: true }
const PLAIN = { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.9' }
const SECURE = { ...PLAIN, 'x-forwarded-proto': 'https' }

export function httpsCases(stage: Stage): void {
  const { cannot = {} } = stage.subject

  describe('security headers of a site’s own', () => {
    test('are on every answer, and HSTS on none over plain HTTP', async () => {
      const shop = stage.shopWith({
        securityHeaders: { ...HSTS, xFrameOptions: 'SAMEORIGIN', referrerPolicy: 'no-referrer', contentSecurityPolicy: "default-src 'self'" },
      })
      const { send } = await stage.start({ shop })
      const visitor = new Visitor(send)
      for (const path of ['/plain', '/private', '/pages/hello/', '/pages/no-page/']) {
        const { headers } = await visitor.get(path)
        expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
        expect(headers.get('referrer-policy')).toBe('no-referrer')
        expect(headers.get('content-security-policy')).toBe("default-src 'self'")
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.has('strict-transport-security')).toBe(false)
      }
    })
  })

  if (cannot.socket !== undefined) return
  describe('HTTPS', () => {
    const start = async (options: Parameters<Stage['shopWith']>[0], headers: Readonly<Record<string, string>>): Promise<Visitor> => {
      const { send } = await stage.start({ shop: stage.shopWith({ secureSslRedirect: true, ...options }) })
      return new Visitor(send, headers)
    }
    const proxied = { trustedProxies: ['127.0.0.1'] }

    test('M-10: a plain request is sent there before anything is done, whatever it is', async () => {
      const visitor = await start(proxied, PLAIN)
      const refusals = stage.told.refusals.length
      for (const [path, method] of [
        ['/count?a=1&b=%2F', 'GET'],
        ['/plain', 'HEAD'],
        ['/pages/hello/', 'GET'],
        ['/private', 'GET'],
        ['/echo', 'POST'],
      ] as const) {
        const answer = await visitor.request(path, { method })
        expect([answer.status, answer.headers.get('location'), answer.text]).toEqual([301, `https://localhost${path}`, ''])
        expect(answer.headers.getSetCookie()).toEqual([])
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      }
      const forProgram = await visitor.getJson('/who')
      expect([forProgram.status, forProgram.headers.get('location')]).toEqual([301, 'https://localhost/who'])
      expect(stage.told.refusals).toHaveLength(refusals)
    })

    test('M-10: a request over HTTPS is answered, and told to stay; refusals too', async () => {
      const visitor = await start({ ...proxied, securityHeaders: HSTS }, SECURE)
      expect((await visitor.get('/plain')).text).toBe('plain')
      for (const path of ['/plain', '/count', '/private', '/add-or-403', '/pages/hello/', '/pages/no-page/'])
        expect((await visitor.get(path)).headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
      const refused = await visitor.get('/plain', { host: 'evil.test' })
      expect([refused.status, refused.headers.get('strict-transport-security')]).toEqual([400, 'max-age=31536000; includeSubDomains'])
      expect((await visitor.request('/echo', { method: 'POST' })).headers.has('strict-transport-security')).toBe(true)
    })

    test('F10: nobody but a declared proxy says that a request was over HTTPS', async () => {
      const visitor = await start({ securityHeaders: HSTS }, SECURE)
      const answer = await visitor.get('/plain')
      expect([answer.status, answer.headers.get('location')]).toEqual([301, 'https://localhost/plain'])
      expect(answer.headers.has('strict-transport-security')).toBe(false)
    })

    test('F7: a host that is not ours is refused, not passed on', async () => {
      const answer = await (await start(proxied, { ...PLAIN, host: 'evil.test' })).get('/plain')
      expect([answer.status, answer.headers.has('location')]).toEqual([400, false])
    })

    test('paths may be exempt, and the host another', async () => {
      const visitor = await start({ ...proxied, secureRedirectExempt: [/^plain$/], secureSslHost: 'shop.example' }, PLAIN)
      expect((await visitor.get('/plain?x=1')).text).toBe('plain')
      expect((await visitor.get('/who?x=1')).headers.get('location')).toBe('https://shop.example/who?x=1')
    })
  })

  describe('headers of proxies that nobody declared', () => {
    test('C5: the log hears of each once', async () => {
      const heard: unknown[] = []
      const shop = stage.shopWith({ onError: (warning) => heard.push(warning) })
      const { send } = await stage.start({ shop })
      const visitor = new Visitor(send, { ...SECURE, 'x-real-ip': '6.6.6.6' })
      for (let round = 0; round < 2; round++) await visitor.get('/plain')
      const found = heard.map((one) => (one as { readonly header?: string }).header).toSorted()
      expect(found).toEqual(['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-IP'])
      expect(heard[0]).toMatchObject({ code: 'undeclared_proxy_header' })
    })
  })
}
