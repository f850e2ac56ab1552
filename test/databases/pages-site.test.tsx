import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { accountsOn, expectRedirect, hiddenFields, PASSWORD, type Accounts } from '../support/account-pages.js'
import type { Visitor } from '../support/visitor.js'
import { noBody, type RequestHead } from '../../src/authentication/request-head.js'
import { sqlite } from '../../src/sqlite.js'
import type { LayoutProps, LoginProps } from '../../src/pages/props.js'
import { routes } from '../../src/pages/routes.js'
import { Login } from '../../src/pages/templates/login.js'

let site: Accounts
let shared: Accounts
let ada: Visitor

beforeAll(async () => {
  // Every page is there.
  ;[site, shared] = [
    accountsOn(sqlite(':memory:'), { emails: { verification: true }, lockouts: {} }),
    accountsOn(sqlite(':memory:'), { django: '5.2' }),
  ]
  for (const one of [site, shared]) {
    await one.migrate()
    await one.auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
  }
  ada = await site.loggedIn('ada')
})

afterAll(async () => Promise.all([site.close(), shared.close()]))

/** Asks for a path as it stands: a `Request` would have tidied it up. */
async function raw(target: string, method = 'GET', accept = 'text/html'): Promise<Response> {
  const headers: Readonly<Record<string, string>> = { host: 'localhost', accept }
  const head: RequestHead = { method, target, header: (name) => headers[name], socketAddress: null, isEncrypted: false }
  const pages = site.auth.pages()
  return site.auth.internals.requests.run(head, noBody, {}, (request) => pages.respond(request, '/accounts'))
}

describe('every page', () => {
  const pages = routes().filter(([, route]) => route.GET !== undefined)
  const addresses = pages.map(([path]) => `/accounts${path.replace('<uidb64>/<token>', 'MQ/x')}`)

  test.each(addresses)('14.3.2, K1, 14.2.2: %s is kept by nobody', async (path) => {
    for (const visitor of [ada, site.visitor()]) {
      for (const response of [await visitor.get(path), await visitor.getJson(path)]) {
        expect(response.headers.get('cache-control')).toMatch(/no-store/)
        expect(response.headers.get('vary')).toMatch(/\bCookie\b/)
      }
    }
  })

  test.each(addresses)('E7: HEAD %s is GET without a body, with the same guard', async (path) => {
    for (const visitor of [ada, site.visitor()]) {
      const [get, head] = [await visitor.get(path), await visitor.request(path, { method: 'HEAD', headers: { accept: 'text/html' } })]
      expect([head.status, head.headers.get('location'), head.headers.get('content-type')]).toEqual([
        get.status,
        get.headers.get('location'),
        get.headers.get('content-type'),
      ])
      expect(await head.text()).toBe('')
    }
  })

  test.each(addresses)('3.4.3, 3.4.4, 3.4.5, 3.4.6, 3.4.8: %s carries the headers that keep others out', async (path) => {
    const { headers } = await ada.get(path)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/)
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options'), headers.get('cross-origin-opener-policy')]).toEqual([
      'nosniff',
      'DENY',
      'same-origin',
    ])
    expect(headers.get('referrer-policy')).toBe(path.includes('/MQ/') ? 'no-referrer' : 'same-origin')
  })

  test('E10: answers other methods with 405 and what it takes', async () => {
    const token = ada.csrfSecret ?? ''
    for (const [path, route] of routes()) {
      const response = await ada.request(`/accounts${path.replace('<uidb64>/<token>', 'MQ/x')}`, {
        method: 'DELETE',
        headers: { 'x-csrftoken': token, origin: 'http://localhost' },
      })
      const allow = [...(route.GET === undefined ? [] : ['GET', 'HEAD']), ...(route.POST === undefined ? [] : ['POST']), 'OPTIONS'].join(', ')
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow])
    }
    expect((await ada.request('/accounts/login/', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
  })
})

describe('paths', () => {
  test.each([
    '/accounts//profile/',
    '/accounts/%70rofile/',
    '/accounts/profile%2F',
    '/accounts/profile/;x',
    '/accounts/profile;x/',
    '/accounts/PROFILE/',
    '/accounts/profile/%0a',
    '/accounts/profile/x.css',
    '/accounts/./profile/',
    '/accounts/../accounts/profile/',
    '/accounts/reset/MQ/a/b/',
    '/accounts/reset//a/',
    '/accounts/static/../login/',
    '/accounts/static/',
    '/accounts/static/__proto__',
    '/accounts/media/../../package.json',
    '/accounts/media/%2e%2e/package.json',
    '/accounts/nothing/',
  ])('14.2.5, F9, C10: %s is nothing', async (path) => expect([path, (await raw(path)).status]).toEqual([path, 404]))

  test('a slash that is missing is put there, with the query', async () => {
    expectRedirect(await raw('/accounts/login?next=/cart/'), '/accounts/login/?next=/cart/', 302)
    expectRedirect(await raw('/accounts/sessions/end', 'GET'), '/accounts/sessions/end/', 302)
    expectRedirect(await raw('/accounts/'), '/accounts/profile/', 302)
  })
})

describe('static files', () => {
  test('are found by the names that pages tell, for a year, without a look at the database', async () => {
    const html = await (await ada.get('/accounts/login/')).text()
    const paths = Array.from(html.matchAll(/(?:href|src)="(\/accounts\/static\/[^"]+)"/g), ([, path = '']) => path)
    expect(paths.map((path) => path.replace(/[0-9a-f]{16}/, '#'))).toEqual(
      ['svg', 'css', 'js'].map((type) => `/accounts/static/portcullis.#.${type}`),
    )
    const visitor = site.visitor()
    for (const path of paths) {
      const response = await visitor.get(path)
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      expect([response.headers.get('set-cookie'), response.headers.get('vary')]).toEqual([null, null])
    }
  })
})

describe('refusals', () => {
  test('I12: a page that is not there repeats nothing of its address', async () => {
    const response = await raw('/accounts/Your_account_was_robbed/<script>alert(1)</script>?q=call%20555')
    const html = await response.text()
    expect([response.status, html.includes('There is nothing here')]).toEqual([404, true])
    expect(html).not.toMatch(/robbed|alert|555/)
  })

  test('a program gets status and code', async () => {
    const response = await raw('/accounts/nothing/', 'GET', 'application/json')
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'not_found' } }])
  })

  test('J8: a body that is too large is refused with a page', async () => {
    const response = await ada.post('/accounts/login/', { username: 'x'.repeat(70_000), password: 'y' })
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('That is too much at once')])
  })

  test('J8, J9: JSON that is too large, or none, is refused with a code', async () => {
    const large = await ada.postJson('/accounts/login/', { username: 'x'.repeat(70_000), password: 'y' })
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: 'body_too_large' } }])
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      origin: 'http://localhost',
      'x-csrftoken': ada.csrfSecret ?? '',
    }
    const broken = await ada.request('/accounts/login/', { method: 'POST', body: '{"username":', headers })
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: 'bad_request' } }])
    const unknown = await ada.request('/accounts/login/', { method: 'POST', body: '<x/>', headers: { ...headers, 'content-type': 'text/xml' } })
    expect(unknown.status).toBe(415)
  })

  test('a host that is not ours gets a page without a visitor', async () => {
    const response = await ada.get('/accounts/profile/', { host: 'evil.test' })
    const html = await response.text()
    expect([response.status, html.includes('Not our address'), html.includes('Log out')]).toEqual([400, true, false])
  })

  test('13.4.2, 16.5.1, 16.5.4, K4, K5: what breaks is told to the site and not to the visitor', async () => {
    const templates = {
      login: (): string => {
        throw new Error('canary in a stack')
      },
    }
    const before = site.errors.length
    const response = await site.visitor({ templates }).get('/accounts/login/')
    const html = await response.text()
    expect([response.status, html.includes('Something broke on our side'), html.includes('canary')]).toEqual([500, true, false])
    expect(String(site.errors[before])).toContain('canary')
    site.errors.length = before
  })

  test('an error page that breaks gives way to ours', async () => {
    const broken = accountsOn(sqlite(':memory:'))
    const visitor = broken.visitor({
      layout: () => {
        throw new Error('no layout today')
      },
    })
    expect(await (await visitor.get('/accounts/nothing/')).text()).toContain('There is nothing here')
    expect(String(broken.errors[0])).toContain('no layout today')
    await broken.close()
  })
})

describe('a site’s own look', () => {
  test('goes through every page: templates, layout, stylesheets, name', async () => {
    const Mine = (props: LoginProps) => (
      <section id="mine">
        <Login {...props} />
      </section>
    )
    const layout = ({ title, children, stylesheets, site: { name } }: LayoutProps) => (
      <body data-styles={stylesheets.length}>
        <h1>
          {title} at {name}
        </h1>
        {children}
      </body>
    )
    const visitor = site.visitor({ templates: { login: Mine }, layout, stylesheets: ['/mine.css'], siteName: 'Mine' })
    const html = await (await visitor.get('/accounts/login/')).text()
    expect(html).toContain('<body data-styles="2"><h1>Log in at Mine</h1><section id="mine"><div class="pc-card">')
  })

  test('a template of a name there is not is a slip of the pen', async () => {
    const templates = { logIn: () => '' }
    const before = site.errors.length
    await expect(site.visitor({ templates } as object).get('/accounts/login/')).rejects.toThrow(/templates\.logIn/)
    site.errors.length = before
  })

  test('is found wherever it is mounted', async () => {
    const pages = site.auth.pages()
    const response = await site.auth.handle(new Request('http://localhost/me/login/', { headers: { accept: 'text/html' } }), (request) =>
      pages.respond(request as never, '/me'),
    )
    const html = await response.text()
    expect(html).toContain('action="/me/login/"')
    expect(html).toContain('href="/me/static/portcullis.')
  })
})

describe('kinds of sites', () => {
  test('3.3.1: over HTTPS every cookie is for HTTPS', async () => {
    const visitor = site.visitor(undefined, 'https://localhost')
    const html = await (await visitor.get('/accounts/login/')).text()
    expectRedirect(await visitor.post('/accounts/login/', { ...hiddenFields(html), username: 'ada', password: PASSWORD }), '/accounts/profile/')
    const saved = await visitor.post('/accounts/profile/', { email: 'ada@example.com' })
    for (const cookie of saved.headers.getSetCookie()) expect(cookie).toMatch(/; Secure/)
    expect(visitor.sessionCookie).not.toBe(null)
    await visitor.post('/accounts/logout/')
  })

  test('beside a Django: Django’s cookies, tokens and session', async () => {
    const visitor = await shared.loggedIn('ada')
    expect([...visitor.cookies.keys()].sort()).toEqual(['csrftoken', 'sessionid'])
    expectRedirect(await visitor.post('/accounts/profile/', { email: 'ada@example.com', first_name: 'Ada' }), '/accounts/profile/')
    const right = await visitor.postJson('/accounts/login/', { username: 'ada', password: PASSWORD })
    const { csrfToken } = (await right.json()) as { csrfToken: string }
    const headers = { accept: 'application/json', 'content-type': 'application/json', origin: 'http://localhost', 'x-csrftoken': csrfToken }
    expect((await visitor.request('/accounts/logout/', { method: 'POST', body: '{}', headers })).status).toBe(200)
  })
})
