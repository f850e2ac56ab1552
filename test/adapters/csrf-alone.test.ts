import { createServer, type IncomingMessage } from 'node:http'
import express from 'express'
import express4 from 'express4'
import { describe, expect, onTestFinished, test } from 'vitest'
import { csrfProtection, type CsrfFields, type CsrfProtectionOptions, type ForgedRequest } from '../../src/csrf.js'
import { ImproperlyConfigured } from '../../src/index.js'
import { Visitor } from './client.js'
import { listen, running } from './harness/parts.js'

type Request = express.Request & CsrfFields

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('portcullis/csrf by itself in %s', (_name, framework) => {
  async function visitorOf(options: CsrfProtectionOptions<express.Request> = {}, headers: Readonly<Record<string, string>> = {}): Promise<Visitor> {
    const app = framework()
    app.set('trust proxy', 'loopback')
    app.use(express.urlencoded({ extended: false }), express.json(), csrfProtection(options))
    app.get('/', (request, response) => void response.send((request as Request).csrfToken()))
    app.get('/plain', (_request, response) => void response.send('nobody in particular'))
    app.get('/late', (request, response) => {
      response.write('too ')
      try {
        ;(request as Request).csrfToken()
      } catch (error) {
        response.end((error as Error).message)
      }
    })
    app.post('/', (_request, response) => void response.send('done'))
    app.post('/login', (request, response) => {
      ;(request as Request).rotateCsrfSecret()
      response.send((request as Request).csrfToken())
    })
    app.use(
      ((error: ForgedRequest, _request, response, _next) =>
        void response.status(error.status).send(`${error.code} ${error.reason}`)) as express.ErrorRequestHandler,
    )
    const server = await listen(app)
    onTestFinished(() => server.stop())
    return new Visitor(server.send, headers)
  }
  const form = (token: string): string => new URLSearchParams({ csrfmiddlewaretoken: token }).toString()
  const sent = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

  test('a form with its token is taken, in the field or in a header; every page has another text for it', async () => {
    const visitor = await visitorOf()
    const [first, second] = [(await visitor.get('/')).text, (await visitor.get('/')).text]
    expect(first).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(second).not.toBe(first)
    for (const token of [first, second]) expect((await visitor.request('/', { ...sent, body: form(token) })).text).toBe('done')
    for (const header of ['x-csrftoken', 'x-csrf-token', 'x-xsrf-token'])
      expect((await visitor.request('/', { method: 'POST', headers: { [header]: first } })).text).toBe('done')
  })

  test('E5, E6: what has no token, a wrong one, or one in its address is refused by the code that csurf gave', async () => {
    const visitor = await visitorOf()
    expect((await visitor.request('/', sent)).text).toBe('EBADCSRFTOKEN secret-missing')
    const token = (await visitor.get('/')).text
    const refused = async (target: string, body: string) => {
      const { status, text } = await visitor.request(target, { ...sent, body })
      return [status, text]
    }
    expect(await refused('/', '')).toEqual([403, 'EBADCSRFTOKEN token-missing'])
    expect(await refused(`/?csrfmiddlewaretoken=${token}`, '')).toEqual([403, 'EBADCSRFTOKEN token-missing'])
    expect(await refused('/', form(token.slice(0, 32).repeat(2)))).toEqual([403, 'EBADCSRFTOKEN form-token-incorrect'])
    expect(await refused('/', `${form(token)}&${form(token)}`)).toEqual([403, 'EBADCSRFTOKEN token-missing'])
    // A second cookie of the name was set by somebody else.
    visitor.cookies.set('theme', `x; csrftoken=${'a'.repeat(32)}`)
    expect(await refused('/', form(token))).toEqual([403, 'EBADCSRFTOKEN secret-missing'])
  })

  test('the browser’s own word comes first: another site is refused with the right token, one that is trusted is not', async () => {
    const visitor = await visitorOf({ trustedOrigins: ['https://*.pay.example'] })
    const token = (await visitor.get('/')).text
    const from = async (headers: Readonly<Record<string, string>>) =>
      (await visitor.request('/', { method: 'POST', headers: { 'x-csrftoken': token, ...headers } })).text
    expect(await from({ origin: 'https://evil.test' })).toBe('EBADCSRFTOKEN origin-not-trusted')
    expect(await from({ origin: 'null' })).toBe('EBADCSRFTOKEN origin-not-trusted')
    expect(await from({ 'sec-fetch-site': 'same-site' })).toBe('EBADCSRFTOKEN cross-site')
    expect(await from({ origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).toBe('done')
    expect(await from({ origin: 'https://de.pay.example' })).toBe('done')
  })

  test('behind a proxy that Express trusts the cookie is bound to the host and to HTTPS', async () => {
    const visitor = await visitorOf({}, { 'x-forwarded-proto': 'https', referer: 'https://localhost/' })
    const answer = await visitor.get('/')
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-csrftoken=[A-Za-z0-9]{32}; expires=.*; Max-Age=31449600; Path=\/; SameSite=Lax; Secure$/),
    ])
    expect((await visitor.request('/', { ...sent, body: form(answer.text) })).text).toBe('done')
    expect((await visitor.request('/', { ...sent, headers: { ...sent.headers, referer: 'https://evil.test/' }, body: form(answer.text) })).text).toBe(
      'EBADCSRFTOKEN referer-not-trusted',
    )
  })

  test('K1: who asks for a token gets a page for themselves; who does not, no cookie', async () => {
    const visitor = await visitorOf()
    const plain = await visitor.get('/plain')
    expect([plain.headers.getSetCookie(), plain.headers.get('vary'), plain.headers.get('cache-control')]).toEqual([[], null, null])
    const page = await visitor.get('/')
    expect([page.headers.get('vary'), page.headers.get('cache-control')]).toEqual(['Cookie', 'private, no-store'])
    expect((await visitor.get('/late')).text).toBe(
      'too csrfToken() was asked for after the head of the response was sent: its cookie would be lost. Ask before.',
    )
  })

  test('an application within another has the middleware too: tokens of both are good', async () => {
    const app = framework().use(csrfProtection(), (request, response, next) => {
      response.locals['outer'] = (request as Request).csrfToken()
      next()
    })
    app.post('/', (_request, response) => void response.send('done'))
    app.get('/again', csrfProtection(), (request, response) => void response.json([response.locals['outer'], (request as Request).csrfToken()]))
    const server = await listen(app)
    onTestFinished(() => server.stop())
    const visitor = new Visitor(server.send)
    for (const token of (await visitor.get('/again')).json() as string[])
      expect((await visitor.request('/', { method: 'POST', headers: { 'x-csrftoken': token } })).text).toBe('done')
  })

  test('a new secret makes the tokens before it void', async () => {
    const visitor = await visitorOf()
    const before = (await visitor.get('/')).text
    const after = (await visitor.request('/login', { ...sent, body: form(before) })).text
    expect((await visitor.request('/', { ...sent, body: form(before) })).status).toBe(403)
    expect((await visitor.request('/', { ...sent, body: form(after) })).text).toBe('done')
  })

  test('the secret may be kept elsewhere, and some requests may carry a proof of their own', async () => {
    let kept: string | null = null
    const visitor = await visitorOf({
      secret: { get: () => kept, set: (_request, secret) => (kept = secret) },
      exempt: (request) => request.headers['x-signature'] === 'genuine',
      token: (request) => (request.body as { readonly _csrf?: unknown } | undefined)?._csrf,
    })
    const { text, headers } = await visitor.get('/')
    expect([headers.getSetCookie(), kept]).toEqual([[], expect.stringMatching(/^\w{32}$/)])
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    expect((await visitor.request('/', { ...json, body: JSON.stringify({ _csrf: text }) })).text).toBe('done')
    expect((await visitor.request('/', { ...json, body: JSON.stringify({ _csrf: [text] }) })).status).toBe(403)
    expect((await visitor.request('/', { method: 'POST', headers: { 'x-signature': 'genuine' } })).text).toBe('done')
  })
})

describe('portcullis/csrf by itself in plain Node', () => {
  test('the application’s own origin may be told where no framework knows it', async () => {
    const protect = csrfProtection({ origin: 'https://shop.example' })
    const server = await running(
      createServer((request, response) =>
        protect(request, response, (error) => {
          if (error !== undefined) response.statusCode = 403
          response.end(error === undefined ? (request as IncomingMessage & CsrfFields).csrfToken() : (error as ForgedRequest).reason)
        }),
      ),
    )
    onTestFinished(() => server.stop())
    const visitor = new Visitor(server.send)
    const token = (await visitor.get('/')).text
    const post = async (origin: string) => (await visitor.request('/', { method: 'POST', headers: { origin, 'x-csrftoken': token } })).status
    expect([await post('https://shop.example'), await post('http://localhost')]).toEqual([200, 403])
  })

  test.each(['shop.example', 'https://shop.example/', 'ftp://shop.example', ''])('“%s” is no origin', (origin) => {
    expect(() => csrfProtection({ origin })).toThrow(ImproperlyConfigured)
  })
})
