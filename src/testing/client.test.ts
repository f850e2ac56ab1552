import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forNode } from '../node.js'
import { sqlite } from '../sqlite.js'
import { createClient, createFactories, expectMatrix } from '../testing.js'
import { shopOn, type Shop } from '../../test/support/shop.js'

let shop: Shop
let server: Server
let url: string

beforeAll(async () => {
  shop = shopOn(sqlite(':memory:'))
  await shop.migrate()
  const { site, loginRequired, permissionRequired } = forNode(shop)
  const members = loginRequired((request, response) => response.end(`Hello ${request.user.username}`))
  const staff = loginRequired((_request, response) => response.end('staff'), { loginUrl: 'https://sso.example/?for=staff' })
  const products = permissionRequired('shop.add_product', (request, response) => response.end(`Added by ${request.user.username}`), {
    raiseException: true,
  })
  server = createServer(
    site({}, (request, response) => {
      if (request.url === '/members/') return members(request, response)
      if (request.url === '/staff/') return staff(request, response)
      if (request.url === '/products/') return products(request, response)
      return response.end(request.csrfToken())
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.close()
  await shop.close()
})

describe('loginAs', () => {
  test('logs in without a password, over HTTP', async () => {
    const ada = await createFactories(shop).user({ username: 'ada' })
    const client = createClient(shop, url)
    expect((await client.get('/members/')).status).toBe(302)
    await client.loginAs(ada)
    expect(await (await client.get('/members/')).text()).toBe('Hello ada')
    expect((await client.post('/members/', { form: { a: 'b' } })).status).toBe(200)
  })

  test('works for a function in place of a server', async () => {
    const grace = await createFactories(shop).user({ username: 'grace' })
    const client = createClient(shop, (request) => shop.handle(request, (visitor) => new Response(visitor.user.getUsername())))
    await client.loginAs(grace)
    expect(await (await client.get('/')).text()).toBe('grace')
  })
})

describe('expectMatrix', () => {
  test('passes where everybody meets what was expected, and lists every cell that is otherwise', async () => {
    const factories = createFactories(shop)
    const [mary, keeper] = await factories.users(2)
    if (mary === undefined || keeper === undefined) throw new Error('nobody was made')
    await keeper.userPermissions.add('shop.add_product')
    const people = { nobody: null, mary, keeper }
    await expectMatrix(shop, {
      target: url,
      people,
      rows: [
        { route: '/', expected: { nobody: 'allowed', mary: 200, keeper: 'allowed' } },
        { route: 'GET /members/', expected: { nobody: 'login', mary: 'allowed', keeper: 'allowed' } },
        { route: 'GET /products/', expected: { nobody: 'denied', mary: 'denied', keeper: 'allowed' } },
        // A login page of the guard's own is one too.
        { route: 'GET /staff/', expected: { nobody: 'login', mary: 'allowed', keeper: 'allowed' } },
        { route: 'POST /members/', json: {}, expected: { nobody: 'denied', mary: 'allowed', keeper: 'allowed' } },
      ],
    })
    const wrong = expectMatrix(shop, {
      target: url,
      people,
      rows: [{ route: 'GET /products/', expected: { nobody: 'login', mary: 'allowed', keeper: 'allowed' } }],
    })
    await expect(wrong).rejects.toThrow(
      /2 of the matrix.*\nGET \/products\/ as nobody: expected login, met denied \(403\)\nGET \/products\/ as mary/s,
    )
  })
})
