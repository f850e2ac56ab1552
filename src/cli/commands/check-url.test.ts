import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { certificate } from '../../../test/mail/mail-server.js'
import { portcullis } from '../../index.js'
import { forNode } from '../../node.js'
import { sqlite } from '../../sqlite.js'
import { Misuse, Refusal } from '../errors.js'
import type { CheckCommandOptions } from './check.js'
import { checkUrl } from './check-url.js'

const auth = portcullis({
  ...quick,
  onError: () => {},
  lockouts: {},
  rateLimits: {},
  database: sqlite(':memory:'),
  // What the site is known by is only known once it listens.
  allowedHosts: ['localhost', '127.0.0.1'],
  secureSslRedirect: true,
  securityHeaders: { hstsSeconds: 31_536_000, hstsIncludeSubdomains: true },
})
const servers: Server[] = []
const seen: { method: string; agent: string | undefined }[] = []
const urls = { secure: '', plain: '' }

const listen = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
/** A server that was never right. */
const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`

beforeAll(async () => {
  await auth.migrate()
  const site = forNode(auth).site({ '/accounts': auth.pages(), '/admin': auth.admin() }, (_request, response) => void response.end('home'))
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push({ method: request.method ?? '', agent: request.headers['user-agent'] })
    site(request, response)
  }
  urls.secure = `https://localhost:${await listen(createSecureServer({ cert: certificate, key: certificate }, listener))}`
  urls.plain = await serve(site)
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await auth.close()
})

const run = async (url: string, options: CheckCommandOptions = {}) => checkUrl(url, options, '1.2.3')
const idsOf = ({ facts }: Awaited<ReturnType<typeof run>>): string[] => (facts['checks'] as { readonly id: string }[]).map((one) => one.id)

describe('check --url', () => {
  test('of a site of ours over HTTPS finds nothing but that its admin is there', async () => {
    seen.length = 0
    const outcome = await run(urls.secure, { insecure: true, plainUrl: urls.plain })
    expect(outcome.facts['checks']).toEqual([expect.objectContaining({ id: 'portcullis.W105', level: 'info', subject: '/admin/' })])
    expect(outcome.exitCode).toBe(0)
    expect(outcome.facts['skipped']).toEqual([])
    expect(outcome.facts['passed']).toEqual(
      expect.arrayContaining([
        'plain HTTP leads to 127.0.0.1 over HTTPS',
        'HSTS',
        'the cookie __Host-csrftoken is secure',
        'the cookie __Host-csrftoken cannot be set by neighbours',
        'a foreign Host is refused',
        'a forged X-Forwarded-Host is not believed',
        'a forged X-Forwarded-Proto is not believed',
        'TRACE is refused',
        'error pages tell nothing',
        'a login from a foreign page is refused',
      ]),
    )
    expect(outcome.text).toContain('ok: TRACE is refused')
  })

  test('is polite: few requests, one that would change something, under a name of its own', async () => {
    expect(seen.length).toBeLessThanOrEqual(20)
    expect(seen.filter((one) => one.method === 'POST')).toHaveLength(1)
    expect([...new Set(seen.map((one) => one.method))].toSorted()).toEqual(['GET', 'POST', 'TRACE'])
    expect(new Set(seen.map((one) => one.agent))).toEqual(new Set(['portcullis-check/1.2.3']))
  })

  test('a certificate that nobody vouches for is said to be one, with the way around it', async () => {
    await expect(run(urls.secure)).rejects.toThrow(/certificate of localhost:\d+ proves nothing .*--insecure/)
    await expect(run(urls.secure)).rejects.toThrow(Refusal)
  })

  test('a site over plain HTTP is told of, and the admin with it', async () => {
    const site = forNode(plainSite).site(
      { '/accounts': plainSite.pages(), '/admin': plainSite.admin() },
      (_request, response) => void response.end('home'),
    )
    const outcome = await run(await serve(site))
    expect(idsOf(outcome)).toEqual(['portcullis.W105', 'security.W008'])
    expect(outcome.exitCode).toBe(1)
  })

  test('what can be wrong is found, each by its id', async () => {
    const url = await serve((request, response) => {
      const host = request.headers['x-forwarded-host'] ?? request.headers.host
      const isSecure = request.headers['x-forwarded-proto'] === 'https'
      response.setHeader('x-powered-by', 'Express')
      if (request.method === 'TRACE') return void response.end(`TRACE / HTTP/1.1\r\nx-portcullis-check: echo`)
      if (request.url === '/admin/') return void response.writeHead(request.headers['x-forwarded-for'] === '127.0.0.1' ? 200 : 403).end('the admin')
      if (request.url?.startsWith('/portcullis-check/') === true)
        return void response.writeHead(500).end('Error: no\n    at handle (node_modules/express/index.js:1:2)')
      if (request.url === '/accounts/login/') response.setHeader('set-cookie', ['sessionid=x', ...(isSecure ? ['csrftoken=y; Secure'] : [])])
      response.end(`<a href="http://${host}/reset/">reset</a>`)
    })
    const outcome = await run(url)
    expect(idsOf(outcome).toSorted()).toEqual([
      'portcullis.W006',
      'portcullis.W008',
      'portcullis.W102',
      'portcullis.W103',
      'portcullis.W106',
      'portcullis.W107',
      'portcullis.W108',
      'portcullis.W109',
      'portcullis.W110',
      'security.W002',
      'security.W003',
      'security.W006',
      'security.W008',
      'security.W015',
      'security.W018',
      'security.W022',
    ])
    expect(outcome.exitCode).toBe(1)
    for (const { message, hint } of outcome.facts['checks'] as { message: string; hint: string }[]) expect([message, hint]).not.toContain('')
  })

  test('cookies over HTTPS that are not secure, and no HSTS', async () => {
    const server = createSecureServer({ cert: certificate, key: certificate }, (_request, response) => {
      response.setHeader('set-cookie', 'csrftoken=y; SameSite=Lax')
      response.end('home')
    })
    const ids = idsOf(await run(`https://localhost:${await listen(server)}`, { insecure: true }))
    for (const id of ['security.W004', 'security.W016', 'portcullis.W007']) expect(ids).toContain(id)
  })

  test('--fail-level says what is a no', async () => {
    expect((await run(urls.secure, { insecure: true, failLevel: 'info' })).exitCode).toBe(1)
  })

  test('a site that is not there, hangs up or sends without end is one answer, not a wait', async () => {
    await expect(run('http://127.0.0.1:1')).rejects.toThrow(/cannot be asked: ECONNREFUSED/)
    const hangsUp = await serve((request) => request.socket.destroy())
    await expect(run(hangsUp)).rejects.toThrow(/cannot be asked/)
    const endless = await serve((_request, response) => {
      const part = 'x'.repeat(65_536)
      const write = (): void => {
        while (!response.destroyed && response.write(part));
      }
      response.on('drain', write)
      write()
    })
    expect((await run(endless)).facts['requests']).toBeLessThanOrEqual(20)
  })

  test('is called with an address, a path, and not with --deploy', async () => {
    for (const url of ['shop.example', 'ftp://shop.example', 'https://ada:secret@shop.example']) await expect(run(url)).rejects.toThrow(Misuse)
    await expect(run('http://127.0.0.1:1', { login: 'https://evil.test/' })).rejects.toThrow(Misuse)
    await expect(run('http://127.0.0.1:1', { admin: '//evil.test/' })).rejects.toThrow(Misuse)
    await expect(run('http://127.0.0.1:1', { deploy: true })).rejects.toThrow(Misuse)
  })

  test('from the command line, with JSON and without a site of its own', async () => {
    const { exitCode, stdout } = await runHere(['check', '--url', urls.secure, '--insecure', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, command: 'check', url: urls.secure, checks: [{ id: 'portcullis.W105' }] })
  })
})

const plainSite = portcullis({ ...quick, onError: () => {}, database: sqlite(':memory:') })
beforeAll(async () => void (await plainSite.migrate()))
afterAll(async () => plainSite.close())
