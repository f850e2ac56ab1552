/**
 * Every address of the account pages and the admin, asked by a stranger, a member and a superuser: what each answer must have, and must not.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { sql } from 'kysely'
import { addPages } from '../../src/admin/change/change-pages.js'
import { loginPages } from '../../src/admin/frame/login-page.js'
import { listPages } from '../../src/admin/list/list-pages.js'
import { securityPages } from '../../src/admin/security/security-pages.js'
import { portcullis } from '../../src/index.js'
import { forNode } from '../../src/node.js'
import { routes } from '../../src/pages/routes.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, PASSWORD } from '../support/account-pages.js'
import { processorTime } from '../support/processor-time.js'
import { Product, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const SECRET = quick.secretKey
const YEAR = 31_536_000

/** Each page of an account with its methods, who may ask, and how much its body may hold: whoever adds one says so here. */
const ACCOUNT_PAGES = [
  'login GET POST strangers 64',
  'logout POST strangers 64',
  'register GET POST strangers 6144',
  'profile GET POST members 6144',
  'password_change GET POST members 64',
  'password_change_done GET members 64',
  'password_reset GET POST strangers 64',
  'password_reset_done GET strangers 64',
  'password_reset_complete GET strangers 64',
  'register_done GET strangers 64',
  'register_account GET POST strangers 6144',
  'invitation GET POST strangers 6144',
  'email_change GET POST members 64',
  'email_change_done GET members 64',
  'email_resend POST members 64',
  'email_verify GET POST strangers 64',
  'email_verify_done GET strangers 64',
  'email_confirm GET POST strangers 64',
  'email_confirm_done GET strangers 64',
  'email_revert GET POST strangers 64',
  'email_revert_done GET strangers 64',
  'unlock GET POST strangers 64',
  'unlock_done GET strangers 64',
  'sessions GET members 64',
  'end_sessions POST members 64',
  'personal_data GET POST members 64',
  'password_reset_confirm GET POST strangers 64',
  'register_link GET strangers 64',
  'invitation_link GET strangers 64',
  'email_verify_link GET strangers 64',
  'email_confirm_link GET strangers 64',
  'unlock_link GET strangers 64',
  'email_revert_link GET strangers 64',
]
const ADMIN_PAGES = [
  '/',
  '/login/',
  '/logout/',
  '/password_change/',
  '/password_change/done/',
  '/theme/',
  '/portcullis/',
  '/portcullis/event/',
  '/portcullis/lockout/',
]
const MODEL_PAGES = ['autocomplete', 'export']
const OBJECT_PAGES_OF_PEOPLE = ['password', 'reset-link', 'permissions', 'sessions', 'security']

describe('every address', () => {
  const site = accountsOn(sqlite(':memory:'), {
    emails: { verification: true },
    lockouts: {},
    securityHeaders: { hstsSeconds: YEAR, hstsIncludeSubdomains: true },
  })
  const { auth } = site
  const admin = auth.admin()
  admin.register(Product)
  const pages = auth.pages()
  let product: Product
  let root: { readonly pk: unknown }
  let people: { readonly name: string; readonly visitor: Visitor }[]

  const visitorAt = (origin = 'http://localhost'): Visitor =>
    new Visitor(async (request) => {
      const connection = { address: '203.0.113.9' }
      return new URL(request.url).pathname.startsWith('/admin') ? admin.fetch(request, connection) : pages.fetch(request, connection)
    }, origin)

  const loggedIn = async (username: string, origin?: string): Promise<Visitor> => {
    const visitor = visitorAt(origin)
    await visitor.get('/accounts/login/')
    const headers = { referer: `${origin ?? 'http://localhost'}/accounts/login/` }
    expect((await visitor.post('/accounts/login/', { username, password: PASSWORD }, headers)).status).toBe(303)
    return visitor
  }

  const accountAddresses = routes().map(([path]) => `/accounts${path.replace('<uidb64>/<token>', 'MQ/x')}`)
  const adminAddresses = (): string[] => [
    ...ADMIN_PAGES.map((path) => `/admin${path}`),
    '/admin/shop/',
    '/admin/auth/group/matrix/',
    ...['/admin/shop/product/', '/admin/shop/customer/', '/admin/auth/group/', '/admin/auth/permission/'].flatMap((list) => [
      list,
      `${list}add/`,
      `${list}export/`,
    ]),
    ...['change', 'delete', 'history'].map((name) => `/admin/shop/product/${product.pk}/${name}/`),
    ...['change', 'delete', 'history', ...OBJECT_PAGES_OF_PEOPLE].map((name) => `/admin/shop/customer/${String(root.pk)}/${name}/`),
  ]
  const others = ['/accounts/nothing/', '/accounts/static/nothing.css', '/admin/no/such/', '/accounts/login', '/admin']
  const everywhere = (): string[] => [...accountAddresses, ...adminAddresses(), ...others]

  beforeAll(async () => {
    await auth.migrate()
    root = await auth.users.createSuperuser({ username: 'root', password: PASSWORD, email: 'root@example.com' })
    await auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
    product = await auth.objects(Product).create({ name: 'Kettle' })
    people = [
      { name: 'a stranger', visitor: visitorAt() },
      { name: 'a member', visitor: await loggedIn('ada') },
      { name: 'a superuser', visitor: await loggedIn('root') },
    ]
    await visitorAt().get('/admin/login/')
  })
  afterAll(() => site.close())

  test('goal 6: is listed, with its methods, who may ask, and its limit', async () => {
    const stranger = visitorAt()
    const found: string[] = []
    for (const [path, route] of routes()) {
      const address = `/accounts${path.replace('<uidb64>/<token>', 'MQ/x')}`
      await stranger.get('/accounts/login/')
      const answer = route.GET === undefined ? await stranger.post(address) : await stranger.get(address)
      const isForMembers = (answer.headers.get('location') ?? '').startsWith('/accounts/login/')
      const methods = [...(route.GET === undefined ? [] : ['GET']), ...(route.POST === undefined ? [] : ['POST'])]
      found.push([route.name, ...methods, isForMembers ? 'members' : 'strangers', (route.limits?.totalBytes ?? 65_536) / 1024].join(' '))
    }
    expect(found).toEqual(ACCOUNT_PAGES)
    expect(['/', ...Object.keys(loginPages), ...Object.keys(securityPages)]).toEqual(ADMIN_PAGES)
    expect([...Object.keys(listPages.others), ...Object.keys(addPages.others)].toSorted()).toEqual(MODEL_PAGES)
    const source = readFileSync(new URL('../../src/admin/people/users-special.tsx', import.meta.url), 'utf8')
    const [, body = ''] = /objectPages: \{([^}]*)\}/.exec(source) ?? []
    expect(Array.from(body.matchAll(/^\s*'?([\w-]+)'?:/gm), ([, name]) => name)).toEqual(OBJECT_PAGES_OF_PEOPLE)
  })

  test('13.4.5, 8.3.1: of the admin shows a stranger and a member nothing but the way to log in', async () => {
    for (const { name, visitor } of people.slice(0, 2)) {
      for (const address of adminAddresses().filter((one) => one !== '/admin/login/')) {
        const answer = await visitor.get(address)
        const { pathname } = new URL(answer.headers.get('location') ?? '/nowhere', 'http://localhost')
        expect([name, address, answer.status, pathname]).toEqual([name, address, 302, '/admin/login/'])
        expect(await (await visitor.getJson(address)).text()).not.toContain('Kettle')
      }
    }
    expect(await (await people[2]?.visitor.get('/admin/shop/product/'))?.text()).toContain('Kettle')
  })

  test('3.5.1, E5: takes no form from another site, nor one without a token', async () => {
    const before = await rows()
    for (const { name, visitor } of people) {
      for (const address of [...accountAddresses, ...adminAddresses()]) {
        const foreign = await visitor.post(address, {}, { origin: 'https://evil.test' })
        const without = await visitor.post(address, { csrfmiddlewaretoken: '' })
        const navigated = await visitor.post(address, {}, { origin: 'http://localhost', 'sec-fetch-site': 'cross-site' })
        expect([name, address, foreign.status, without.status, navigated.status]).toEqual([name, address, 403, 403, 403])
      }
    }
    expect(await rows()).toEqual(before)
  })

  test('3.5.3, E7, 7.6.2: changes nothing, and lets nobody in, by GET, HEAD or OPTIONS', async () => {
    await site.auth.idle()
    const before = await rows()
    for (const { name, visitor } of people) {
      for (const address of everywhere()) {
        for (const method of ['GET', 'HEAD', 'OPTIONS']) {
          const answer = await visitor.request(`${address}?username=root&password=${encodeURIComponent(PASSWORD)}&post=yes`, {
            method,
            headers: { accept: 'text/html' },
          })
          expect([address, method, answer.status < 500]).toEqual([address, method, true])
        }
      }
      const profile = await visitor.getJson('/accounts/profile/')
      expect([name, profile.status]).toEqual([name, name === 'a stranger' ? 401 : 200])
    }
    await site.auth.idle()
    expect(await rows()).toEqual(before)
  })

  test('3.4.1: over HTTPS tells browsers to stay with it for a year, refusals and redirects included', async () => {
    const visitor = await loggedIn('root', 'https://localhost')
    const answers = [
      ...(await Promise.all(everywhere().map((address) => visitor.get(address)))),
      await visitor.post('/accounts/login/', { csrfmiddlewaretoken: '' }),
    ]
    answers.push(
      await visitor.get('/accounts/login/', { host: 'evil.test' }),
      await visitor.post('/accounts/login/', { username: 'x'.repeat(70_000) }),
    )
    expect([...new Set(answers.map(({ status }) => status))]).toEqual(expect.arrayContaining([200, 302, 400, 403, 404, 405, 413]))
    for (const answer of answers)
      expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([answer.status, `max-age=${YEAR}; includeSubDomains`])
    expect((await visitorAt().get('/accounts/login/')).headers.get('strict-transport-security')).toBe(null)
  })

  test('3.4.7: names the place for reports, where the site does, on its pages and its refusals', async () => {
    const reports = 'report-uri /csp/; report-to csp'
    const reporting = accountsOn(sqlite(':memory:'), {
      securityHeaders: { contentSecurityPolicy: `default-src 'self'; ${reports}`, contentSecurityPolicyReportOnly: `default-src 'none'; ${reports}` },
    })
    await reporting.migrate()
    const visitor = reporting.visitor()
    for (const address of ['/accounts/login/', '/accounts/nothing/', '/accounts/profile/']) {
      const { headers } = await visitor.get(address)
      for (const name of ['content-security-policy', 'content-security-policy-report-only'])
        expect([address, headers.get(name)?.endsWith(reports)]).toEqual([address, true])
    }
    await reporting.close()
  })

  test('3.4.2: is opened to no other origin', async () => {
    for (const { visitor } of people) {
      for (const address of everywhere()) {
        for (const origin of ['null', 'https://evil.test', 'http://localhost.evil.test', 'http://evil-localhost', 'http://localhost']) {
          const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrftoken' }
          for (const answer of [await visitor.get(address, { origin }), await visitor.request(address, { method: 'OPTIONS', headers: preflight })])
            expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
        }
      }
    }
  }, 120_000)

  test('K1, 14.2.2: behind a shared cache that does as it is told, shows nobody what was made for somebody else', async () => {
    const cache = new SharedCache()
    const marks = { 'a member': /\bada\b/i, 'a superuser': /\broot\b/i }
    for (const { name, visitor } of people) {
      for (const address of everywhere()) {
        const { text, isKept } = await cache.get(visitor, address)
        for (const [owner, mark] of Object.entries(marks))
          if (owner !== name && isKept) expect([address, name, mark.test(text)]).toEqual([address, name, false])
        const token = visitor.csrfSecret
        if (isKept && token !== null) expect([address, text.includes(token)]).toEqual([address, false])
      }
    }
    // What every visitor gets alike is kept, or the cache would have proven nothing.
    const [stylesheet = ''] = /\/accounts\/static\/[^"]+\.css/.exec(await (await visitorAt().get('/accounts/login/')).text()) ?? []
    await cache.get(visitorAt(), stylesheet)
    expect((await cache.get(visitorAt(), stylesheet)).isKept).toBe(true)
  })

  test('J12, J13: answers headers of 16 kB as soon as any other, whatever they are made of', async () => {
    const pieces = [
      'a',
      ';',
      ',',
      '=',
      ' ',
      '"',
      'a=',
      '; a',
      'application/',
      'application/x.',
      'text/h',
      'q=0.1,',
      '1.1.1.1,',
      '::,',
      '%',
      '\t',
      '-',
      'Mozilla/5.0 (',
    ]
    for (const name of [
      'accept',
      'accept-language',
      'cookie',
      'x-forwarded-for',
      'forwarded',
      'content-type',
      'user-agent',
      'referer',
      'origin',
      'sec-fetch-site',
      'x-csrftoken',
      'if-none-match',
    ]) {
      for (const piece of pieces) {
        const headers = { accept: 'text/html', [name]: piece.repeat(Math.ceil(16_384 / piece.length)).trim() || 'a' }
        const { result, milliseconds } = await processorTime(async () => visitorAt().request('/accounts/login/', { method: 'POST', headers }))
        expect([name, piece, result.status < 500, milliseconds < 250]).toEqual([name, piece, true, true])
      }
    }
  })

  test('13.4.6: tells no version, and nothing of what it is made of', async () => {
    for (const { visitor } of people) {
      for (const address of everywhere()) {
        const { headers } = await visitor.get(address)
        expect([headers.get('server'), headers.get('x-powered-by'), headers.get('via')]).toEqual([null, null, null])
        expect([...headers].join(' ')).not.toMatch(/node|hono|kysely|sqlite|\b0\.1\.0\b/i)
      }
    }
  })

  test('I10, 16.2.5: gives nothing away for a word in the query, whichever setting it names', async () => {
    const words = [
      'format=SECRET_KEY',
      'format=secretKey',
      '--env=local',
      'settings=secretKey',
      'constructor=1',
      '__proto__[x]=1',
      'debug=1',
      'template=../../package.json',
    ]
    for (const { name, visitor } of people) {
      for (const address of everywhere()) {
        for (const word of words) {
          const text = await (await visitor.get(`${address}?${word}`)).text()
          expect([name, address, word, text.includes(SECRET) || /"dependencies"|at file:|node_modules/.test(text)]).toEqual([
            name,
            address,
            word,
            false,
          ])
        }
      }
    }
    expect(({} as { x?: unknown }).x).toBe(undefined)
  }, 120_000)

  test('F6: is answered, and lets nobody in, whatever is malformed in the request', async () => {
    const visitor = visitorAt()
    const before = site.errors.length
    for (const address of [...accountAddresses, '/admin/', '/admin/shop/product/']) {
      for (const query of ['next=%', 'next=%zz', 'callbackUrl=%', 'next=%00', 'next=%ff%fe', 'page=%', '%', '=', '&&&'])
        expect([address, query, (await visitor.get(`${address}?${query}`)).status < 500]).toEqual([address, query, true])
      for (const headers of [
        { authorization: 'Bearer %' },
        { authorization: 'Basic !!!' },
        { authorization: `Basic ${btoa(`root:${PASSWORD}`)}` },
        { cookie: '%=%; sessionid=%' },
        { accept: '%;q=%' },
      ]) {
        const answer = await visitor.getJson(`${address}`)
        const strange = await visitor.request(address, { headers: { accept: 'application/json', ...headers } })
        expect([address, headers, strange.status < 500]).toEqual([address, headers, true])
        if (!('accept' in headers)) expect([address, headers, strange.status]).toEqual([address, headers, answer.status])
      }
    }
    expect(site.errors.slice(before)).toEqual([])
  })

  test('14.2.6, 15.3.1: as JSON holds what is needed, and nothing of the account beyond it', async () => {
    const [stranger, member] = people
    const shapeOf = async (visitor: Visitor | undefined, path: string): Promise<unknown> => shape(await (await visitor?.getJson(path))?.json())
    expect(await shapeOf(stranger?.visitor, '/accounts/profile/')).toBe('{error:{code,loginUrl,message}}')
    expect(await shapeOf(stranger?.visitor, '/accounts/login/')).toBe('{csrfToken,fields:[{helpTexts:[],label,name,required,type,value}],next}')
    expect(await shapeOf(member?.visitor, '/accounts/sessions/')).toBe('{csrfToken,sessions:[{address,device,firstSeen,id,isCurrent,kind,lastSeen}]}')
    const profile = JSON.stringify(await (await member?.visitor.getJson('/accounts/profile/'))?.json())
    expect(profile).toContain('ada@example.com')
    expect(profile).not.toMatch(/pbkdf2|argon2|is_staff|isStaff|is_superuser|isSuperuser|password/i)
  })

  test('6.3.2: is nobody’s on a new site', async () => {
    const fresh = accountsOn(sqlite(':memory:'))
    await fresh.migrate()
    expect(await fresh.auth.users.count()).toBe(0)
    await fresh.close()
  })

  test('6.4.2, NIST 3.1.1.2c: asks for no hint and no secret question, and no column could keep one', async () => {
    const { database } = auth.internals.registry
    const columns = await database.execute(
      sql<{
        name: string
      }>`select p.name from sqlite_master m join pragma_table_info(m.name) p where m.name like 'shop\\_%' escape '\\' or m.name like 'auth\\_%' escape '\\'`,
    )
    expect(columns.length).toBeGreaterThan(30)
    expect(columns.filter(({ name }) => /hint|question|answer|pet|maiden/.test(name))).toEqual([])
    for (const address of accountAddresses) {
      for (const { visitor } of people) expect(await (await visitor.get(address)).text()).not.toMatch(/name="[^"]*(?:hint|question|answer)/i)
    }
  })

  test('F6: a site that cannot start serves nothing', () => {
    expect(() => portcullis({ ...quick, secretKey: '', database: sqlite(':memory:') })).toThrow(/secretKey/)
    expect(() => portcullis({ ...quick, secretKey: undefined as never, database: sqlite(':memory:') })).toThrow(/secretKey/)
  })

  test('16.5.3, F6: while the database does not answer nobody is anybody, and no handler runs', async () => {
    const broken = accountsOn(sqlite(':memory:'))
    await broken.migrate()
    await broken.auth.users.createUser({ username: 'ada', password: PASSWORD })
    const visitor = await broken.loggedIn('ada')
    await broken.auth.close()
    let ran = 0
    const behind = new Visitor(
      (request) =>
        broken.auth.handle(request, () => {
          ran += 1
          return new Response('in')
        }),
      'http://localhost',
      visitor.cookies,
    )
    const status = await behind.get('/').then(
      (response) => response.status,
      () => 'an error for the server',
    )
    expect([status === 'an error for the server' || Number(status) >= 500, ran]).toEqual([true, 0])
  })

  test('13.4.4: TRACE repeats nothing', async () => {
    const listener = forNode(auth).site({ '/accounts': pages }, (_request, response) => response.end('handler'))
    const server = createServer(listener as never)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('TRACE /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nX-Canary: tell-me\r\nConnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(text).not.toContain('tell-me')
  })

  /** What stands in the database; when visits were last noted is no change of anything. */
  async function rows(): Promise<unknown> {
    const { registry } = auth.internals
    const tables = await registry.database.execute(sql<{ name: string }>`select name from sqlite_master where type = 'table' order by name`)
    const found: Record<string, unknown> = {}
    for (const { name } of tables) found[name] = await registry.database.execute(sql`select * from ${sql.table(name)}`)
    return JSON.parse(JSON.stringify(found, (key, value: unknown) => (key === 'last_seen' ? undefined : value)))
  }
})

/** The names in a value, without what they hold. */
function shape(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length === 0 ? '' : shape(value[0])}]`
  if (typeof value !== 'object' || value === null) return ''
  const inner = Object.entries(value)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, one]) => {
      const within = shape(one)
      return within === '' ? name : `${name}:${within}`
    })
  return `{${inner.join(',')}}`
}

/** A cache that many share, as RFC 9111 has it: it keeps what it may, and gives it to whoever asks with the headers that the answer varies on. */
class SharedCache {
  readonly #kept = new Map<string, { readonly vary: readonly string[]; readonly asked: Readonly<Record<string, string>>; readonly text: string }[]>()

  async get(visitor: Visitor, path: string): Promise<{ readonly text: string; readonly isKept: boolean }> {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const asked: Record<string, string> = { accept: 'text/html', cookie }
    const found = this.#kept.get(path)?.find((one) => one.vary.every((name) => one.asked[name] === asked[name]))
    if (found !== undefined) return { text: found.text, isKept: true }
    const response = await visitor.get(path)
    const text = await response.text()
    const control = response.headers.get('cache-control') ?? ''
    const vary = (response.headers.get('vary') ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .filter((name) => name !== '')
    if (!/no-store|private/.test(control) && !vary.includes('*') && response.status < 500)
      this.#kept.set(path, [...(this.#kept.get(path) ?? []), { vary, asked, text: `${text} ${response.headers.getSetCookie().join(' ')}` }])
    return { text, isKept: false }
  }
}
