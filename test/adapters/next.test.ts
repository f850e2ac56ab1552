import { describe, expect, test } from 'vitest'
import { cookieFromText, redirectError, statusError } from '../../src/adapters/next-conventions.js'
import { forNext, type NextHandler } from '../../src/next.js'
import { tinyPages } from './application.js'
import { toFunction, Visitor } from './client.js'
import { conform } from './conformance.js'
import { nextSubject } from './harness/next.js'
import { stageFor } from './stage.js'

conform(nextSubject)

describe('forNext', () => {
  const stage = stageFor(nextSubject)
  const visitorOf = (handler: NextHandler<unknown>, headers: Readonly<Record<string, string>> = {}): Visitor =>
    new Visitor(
      toFunction(async (request) => handler(request, { params: Promise.resolve({}) })),
      headers,
    )

  test('F8: what Next says to itself in headers opens nothing', async () => {
    const { handle } = forNext(stage.shop)
    const visitor = visitorOf(handle(stage.shop.loginRequired(async () => new Response('secret'))), {
      'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
      'x-middleware-next': '1',
      'x-middleware-rewrite': '/plain',
      'x-invoke-path': '/plain',
      'x-matched-path': '/plain',
      'next-action': 'x',
      rsc: '1',
      'next-router-prefetch': '1',
    })
    expect((await visitor.get('/private')).status).toBe(302)
    expect((await visitor.get('/private.rsc?_rsc=x')).status).toBe(302)
  })

  test('F8: a handler that is used as a middleware says why that guards nothing', async () => {
    const { handle, pages } = forNext(stage.shop)
    const event = { waitUntil: () => undefined, sourcePage: '/middleware' }
    const request = new Request('http://localhost/', { headers: { host: 'localhost' } })
    await expect(handle(async () => new Response('x'))(request, event as never)).rejects.toThrow(/called as a middleware/)
    await expect(pages({ '/pages': tinyPages }).GET(request, event)).rejects.toThrow(/called as a middleware/)
  })

  test('F10: scheme and host are not those that Next guessed for the URL', async () => {
    const { handle } = forNext(stage.shop)
    const answer = handle(async (request) => Response.json({ host: request.host, isSecure: request.isSecure, address: request.address }))
    const headers = { host: 'localhost:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.test', 'x-forwarded-for': '6.6.6.6' }
    const response = await answer(new Request('https://evil.test/private', { headers }), {})
    expect(await response.json()).toEqual({ host: 'localhost:3000', isSecure: false, address: null })
    expect((await answer(new Request('http://localhost/private'), {})).status).toBe(400)
  })

  test('M-10: plain requests are sent to HTTPS where the proxy says which are plain', async () => {
    const shop = stage.shopWith({
      secureSslRedirect: true,
      trustedProxies: ['10.0.0.0/8'],
      baseUrl: 'https://shop.example',
      securityHeaders: { hstsSeconds: 60 },
    })
    expect(() => forNext(shop)).toThrow(/Next does not tell how a request came/)
    const { handle } = forNext(shop, { behindProxy: true })
    const visitor = visitorOf(
      handle(async () => new Response('inside')),
      { host: 'shop.example' },
    )
    const plain = await visitor.get('/orders?page=2', { 'x-forwarded-proto': 'http' })
    expect([plain.status, plain.headers.get('location'), plain.text]).toEqual([301, 'https://shop.example/orders?page=2', ''])
    const secure = await visitor.get('/orders?page=2', { 'x-forwarded-proto': 'https' })
    expect([secure.text, secure.headers.get('strict-transport-security')]).toEqual(['inside', 'max-age=60'])
  })

  test('the scheme is that of the base URL; another host on the same server is its own', async () => {
    const shop = stage.shopWith({ baseUrl: 'https://shop.example' })
    const { handle } = forNext(shop)
    const visitor = visitorOf(
      handle(async (request) => Response.json({ isSecure: request.isSecure, token: request.csrfToken().length })),
      { host: 'shop.example' },
    )
    expect((await visitor.get('/')).json()).toMatchObject({ isSecure: true })
    expect([...visitor.cookies.keys()]).toEqual(['__Host-csrftoken'])
    expect((await visitor.get('/', { host: 'localhost:3000' })).json()).toMatchObject({ isSecure: false })
  })

  test('a proxy that is declared to stand before everything is believed', async () => {
    const shop = stage.shopWith({ trustedProxies: ['10.0.0.0/8'], allowedHosts: ['shop.example'] })
    const { handle } = forNext(shop, { behindProxy: true })
    const headers = { host: 'internal', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example', 'x-forwarded-for': '6.6.6.6, 203.0.113.9' }
    const visitor = visitorOf(
      handle(async ({ host, isSecure, address }) => Response.json({ host, isSecure, address })),
      headers,
    )
    expect((await visitor.get('/')).json()).toEqual({ host: 'shop.example', isSecure: true, address: '203.0.113.9' })
    expect(() => forNext(stage.shop, { behindProxy: true })).toThrow(/has no `trustedProxies`/)
  })

  test('redirect() and its neighbours in a handler keep the login that was made', async () => {
    const { handle } = forNext(stage.shop)
    const ada = await stage.shop.users.get({ username: 'ada' })
    const thrown: Error[] = [redirectError('/welcome?a=1;b=2'), statusError(404), statusError(403)]
    for (const error of thrown) {
      const visitor = visitorOf(
        handle(async (request) => {
          await stage.shop.login(request, ada)
          throw error
        }),
      )
      const answer = await visitor.get('/')
      expect([answer.status, answer.headers.get('location')]).toEqual(
        error === thrown[0] ? [307, '/welcome?a=1;b=2'] : [error === thrown[1] ? 404 : 403, null],
      )
      expect(visitor.cookies.has('sessionid')).toBe(true)
    }
  })

  test('pages are found with and without the slash that Next takes away', async () => {
    const { GET, POST } = forNext(stage.shop).pages({ '/pages': tinyPages })
    const visitor = new Visitor(toFunction(async (request) => (request.method === 'GET' ? GET : POST)(request, {})))
    expect((await visitor.get('/pages/hello')).text).toBe('pages at /pages for nobody')
    expect((await visitor.get('/pages/hello/?x=1')).text).toBe('pages at /pages for nobody')
    expect((await visitor.get('/elsewhere/hello')).status).toBe(404)
  })

  test('a cookie for a server action has every attribute of ours', () => {
    expect(
      cookieFromText('__Host-sessionid=ab:c=; Path=/; Max-Age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax'),
    ).toEqual({
      name: '__Host-sessionid',
      value: 'ab:c=',
      path: '/',
      maxAge: 60,
      expires: new Date(0),
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    })
  })

  test('questions of server components say that there is no request where there is none', async () => {
    await expect(forNext(stage.shop).getUser()).rejects.toThrow(/request scope/)
  })
})
