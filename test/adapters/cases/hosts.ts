/**
 * Hosts, proxies and addresses: what a request says of itself, and what is believed.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { Visitor } from '../client.js'
import { logIn, type Stage } from '../stage.js'

const FORWARDED = {
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.test',
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-port': '443',
  'x-forwarded-prefix': '/evil',
  'x-real-ip': '6.6.6.6',
  forwarded: 'for=6.6.6.6;host=evil.test;proto=https',
}

export function hostCases(stage: Stage): void {
  const { cannot = {} } = stage.subject

  describe('hosts', () => {
    test.each([
      'evil.test',
      'localhost.evil.test',
      'localhost:80@evil.test',
      'localhost/x',
      'evil.test#localhost',
      'localhost, localhost',
      'lοcalhost',
    ])('F7: a request to “%s” is refused before anything is done', async (host) => {
      if (/[^\0-\xff]/.test(host)) host = Buffer.from(host).toString('latin1')
      const answer = await stage.visitor().getJson('/count', { host })
      expect(answer.status).toBe(400)
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(answer.text).not.toMatch(/evil|count":/)
    })

    test('F7: names of this machine, with and without a port, are answered', async () => {
      for (const host of ['localhost', 'LOCALHOST:8000', '127.0.0.1:3000', '[::1]:3000', 'shop.localhost']) {
        expect((await stage.visitor().get('/plain', { host })).text).toBe('plain')
      }
    })

    if (cannot.wire === undefined) {
      test('F7: of two hosts none is believed, nor is none', async () => {
        const { send } = await stage.start({})
        expect((await send({ method: 'GET', target: '/count', headers: [['host', '']] })).status).toBe(400)
        for (const second of ['localhost', 'evil.test']) {
          const headers = [['host', 'localhost'] as const, ['host', second] as const]
          expect((await send({ method: 'GET', target: '/count', headers })).status).toBe(400)
        }
      })

      test('F7, F9: the host and the path of a target in absolute form are those that were checked', async () => {
        const visitor = stage.visitor()
        const answer = await visitor.get('http://evil.test/private?x=1')
        expect([302, 400, 404]).toContain(answer.status)
        expect(answer.headers.get('location') ?? '').not.toContain('evil')
        expect((await visitor.get('http://evil.test/address')).text).not.toContain('evil.test/')
        const { send } = await stage.start({ options: { loginRequired: true } })
        const closed = await new Visitor(send).get('http://evil.test/who?x=1')
        if (cannot.nowhere === undefined) expect(closed.headers.get('location')).toBe('/accounts/login/?next=/who%3Fx%3D1')
      })
    }

    test('4.1.3, 15.3.4, F10, C5: what nobody declared is not believed', async () => {
      const visitor = stage.visitor(FORWARDED)
      const said = (await visitor.get('/address')).json()
      expect(said).toMatchObject({ isSecure: false, host: 'localhost', path: '/address', url: 'http://localhost/address' })
      expect(said).toMatchObject({ address: cannot.socket === undefined ? '127.0.0.1' : null })
      const { headers } = await visitor.get('/count')
      expect(headers.getSetCookie().join()).toMatch(/^sessionid=(?!.*Secure)/)
      expect((await visitor.get('/private')).headers.get('location')).toBe('/accounts/login/?next=/private')
      await visitor.get('/token')
      expect((await visitor.post('/echo', {}, { origin: 'https://evil.test' })).status).toBe(403)
    })

    test('F11: names with an underscore are other names', async () => {
      const visitor = stage.visitor({ x_forwarded_for: '6.6.6.6', x_forwarded_proto: 'https', remote_user: 'root', x_csrftoken: 'x' })
      expect((await visitor.get('/address')).json()).toMatchObject({ isSecure: false })
      expect((await visitor.get('/who')).json()).toMatchObject({ username: '' })
    })
  })

  if (cannot.socket !== undefined) return
  describe('behind a declared proxy', () => {
    const start = async (headers: Readonly<Record<string, string>>): Promise<Visitor> => {
      const shop = stage.shopWith({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'], allowedHosts: ['localhost', 'shop.example'] })
      const { send } = await stage.start({ shop })
      return new Visitor(send, { host: 'localhost', ...headers })
    }
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example', 'x-forwarded-for': '203.0.113.9' }

    test('its word on scheme, host and address counts', async () => {
      const visitor = await start(https)
      expect((await visitor.get('/address')).json()).toMatchObject({
        isSecure: true,
        host: 'shop.example',
        address: '203.0.113.9',
        url: 'https://shop.example/address',
      })
    })

    test('3.3.3, NIST 5.1.1: cookies over HTTPS have names that no neighbour can set', async () => {
      const visitor = await start({ ...https, referer: 'https://shop.example/' })
      await visitor.get('/count')
      await logIn(visitor, 'ada')
      expect([...visitor.cookies.keys()].toSorted()).toEqual(['__Host-csrftoken', '__Host-sessionid'])
      const answer = await visitor.get('/count')
      expect(answer.headers.getSetCookie().join()).toMatch(/^__Host-sessionid=.*; Secure/)
      expect((await visitor.get('/who')).json()).toMatchObject({ username: 'ada' })
      // The plain name is not looked at over HTTPS.
      const plain = await start(https)
      plain.cookies.set('sessionid', visitor.cookies.get('__Host-sessionid') ?? '')
      expect((await plain.get('/who')).json()).toMatchObject({ username: '' })
    })

    test('a form over HTTPS says where it comes from', async () => {
      const visitor = await start(https)
      await visitor.get('/token')
      expect((await visitor.post('/echo', { a: '1' })).status).toBe(403)
      expect((await visitor.post('/echo', { a: '1' }, { referer: 'http://shop.example/' })).status).toBe(403)
      expect((await visitor.post('/echo', { a: '1' }, { referer: 'https://evil.test/' })).status).toBe(403)
      expect((await visitor.post('/echo', { a: '1' }, { referer: 'https://shop.example/form' })).status).toBe(200)
      expect((await visitor.post('/echo', { a: '1' }, { origin: 'https://shop.example' })).status).toBe(200)
      expect((await visitor.post('/echo', { a: '1' }, { origin: 'http://shop.example' })).status).toBe(403)
    })

    test.each([
      ['6.6.6.6, 203.0.113.9', '203.0.113.9'],
      ['6.6.6.6, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
      ['6.6.6.6,\t203.0.113.9', '203.0.113.9'],
      ['203.0.113.9:4711', '203.0.113.9'],
      ['::ffff:203.0.113.9', '203.0.113.9'],
      ['6.6.6.6, nonsense', '127.0.0.1'],
      ['010.0.0.1', '127.0.0.1'],
      ['10.0.0.1', '10.0.0.1'],
    ])('C5, C7: of “%s” the address is %s', async (forwarded, address) => {
      const visitor = await start({ 'x-forwarded-for': forwarded })
      expect((await visitor.get('/address')).json()).toMatchObject({ address })
    })

    test('F7: a host that the proxy passes on is checked too', async () => {
      const visitor = await start({ 'x-forwarded-host': 'evil.test' })
      expect((await visitor.get('/address')).status).toBe(400)
    })

    test('what a client wrote before the proxy did is not believed', async () => {
      const visitor = await start({ 'x-forwarded-host': 'evil.test, shop.example', 'x-forwarded-proto': 'https' })
      expect((await visitor.get('/address')).json()).toMatchObject({ host: 'shop.example' })
    })
  })
}
