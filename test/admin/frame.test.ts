import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { quoteKey, unquoteKey } from '../../src/admin/key-text.js'
import { changeMessage, readChangeMessage } from '../../src/admin/log/change-message.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { Category, eachShop, Product, Tag, type Customer, type Shop } from '../support/shop.js'

const PASSWORD = 'seven mugs of cold tea'

describe('keys in addresses', () => {
  test('AD-27: are escaped by the signs that Django escapes, and no others', () => {
    expect(quoteKey('":/_#?;@&=+$,[]<>%\n\\')).toBe('_22_3A_2F_5F_23_3F_3B_40_26_3D_2B_24_2C_5B_5D_3C_3E_25_0A_5C')
    expect(quoteKey("a-b.c~d!e'f(g)h*i|j")).toBe("a-b.c~d!e'f(g)h*i|j")
    expect(unquoteKey('_41_zz_')).toBe('_41_zz_')
    expect(unquoteKey('%')).toBeNull()
  })

  test('AD-27: come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const quoted = quoteKey(key)
        expect(quoted).toMatch(/^[!-~]*$/)
        expect(quoted).not.toMatch(/[/?#]/)
        expect(unquoteKey(quoted)).toBe(key)
      }),
    )
  })
})

describe('what the history stores', () => {
  test('AD-21: is Django’s JSON, blanks and escapes included', () => {
    expect(changeMessage([{ added: {} }])).toBe('[{"added": {}}]')
    expect(changeMessage([])).toBe('[]')
    expect(changeMessage([{ changed: { fields: ['First name', 'Größe'] } }, { deleted: { name: 'tag', object: '“a”' } }])).toBe(
      String.raw`[{"changed": {"fields": ["First name", "Gr\u00f6\u00dfe"]}}, {"deleted": {"name": "tag", "object": "\u201ca\u201d"}}]`,
    )
  })

  test.each([
    ['[{"added": {}}]', 'Added.'],
    ['[{"changed": {"fields": ["First name", "Email address", "Active"]}}]', 'Changed First name, Email address and Active.'],
    [
      '[{"added": {"name": "profile", "object": "x"}}, {"changed": {"name": "tag", "object": "y", "fields": ["a"]}}]',
      'Added profile “x”. Changed a of tag “y”.',
    ],
    ['[{"deleted": {"name": "tag", "object": "y"}}]', 'Deleted tag “y”.'],
    ['[]', 'Nothing was changed.'],
    ['Somebody wrote this.', 'Somebody wrote this.'],
    ['[broken', '[broken'],
    ['[null]', '[null]'],
    ['[{"changed": null}]', '[{"changed": null}]'],
    ['[{"added": {}}, 5]', '[{"added": {}}, 5]'],
    ['', ''],
  ])('AD-22: %s reads “%s”', (stored, told) => {
    expect(readChangeMessage(stored)).toBe(told)
  })
})

eachShop((open) => {
  let shop: Shop
  let admin: AdminSite
  let product: Product
  const list = '/admin/shop/product/'

  const visitor = (): TestClient<Customer> => createClient(shop, (request) => admin.fetch(request)) as never
  const clientOf = async (
    flags: { readonly isStaff?: boolean; readonly isActive?: boolean },
    ...permissions: string[]
  ): Promise<TestClient<Customer>> => {
    const user = await createFactories(shop).user({ password: PASSWORD, ...flags } as never)
    if (permissions.length > 0) await user.userPermissions.add(...(permissions as never[]))
    const client = visitor()
    await client.loginAs(user as never)
    return client
  }
  const staffWith = async (...permissions: string[]) => clientOf({ isStaff: true }, ...permissions)
  const seen = async (response: Promise<Response>): Promise<[number, string | null]> => {
    const { status, headers } = await response
    return [status, headers.get('location')]
  }

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin({ siteHeader: 'The shop' })
    admin
      .register(Product, { listDisplay: ['name', 'price'], listEditable: ['price'] })
      .register(Category)
      .register(Tag)
    product = (await shop.objects(Product).create({ name: 'Gear' })) as never
  })

  describe('the gate', () => {
    test('K2: two values of next are refused, whichever is meant', async () => {
      expect((await visitor().get('/admin/login/?next=/admin/&next=/admin/shop/')).status).toBe(400)
    })

    test.each(['/admin/', '/admin/shop/', list, `${list}?q=1`, `${list}add/`, `${list}1/change/`, '/admin/no/such/', '/admin/password_change/'])(
      'AD-1: a stranger at %s meets the login page, which leads back',
      async (path) => {
        expect(await seen(visitor().get(path))).toEqual([302, `/admin/login/?next=${encodeURIComponent(path).replaceAll('%2F', '/')}`])
      },
    )

    test('AD-2: members who are no staff are told so, and stay where they are', async () => {
      const member = await clientOf({})
      const page = await member.get('/admin/', { follow: true })
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('may not open this page')
      expect((await member.get(list)).status).toBe(302)
    })

    test('AD-3: only active staff log in there; who knows a password of somebody else learns nothing more', async () => {
      await createFactories(shop).user({ username: 'member', password: PASSWORD } as never)
      await createFactories(shop).user({ username: 'chief', password: PASSWORD, isStaff: true } as never)
      const enter = async (username: string, password: string, next = list): Promise<[number, string | null]> => {
        const client = visitor()
        await client.get('/admin/login/')
        return seen(client.post('/admin/login/', { form: { username, password, next } }))
      }
      expect(await enter('member', PASSWORD)).toEqual([422, null])
      expect(await enter('chief', 'a guess')).toEqual([422, null])
      expect(await enter('chief', PASSWORD)).toEqual([303, list])
      for (const next of ['//evil.example/', 'https://evil.example/', 'javascript:alert(1)', '/admin/login/', ''])
        expect(await enter('chief', PASSWORD, next)).toEqual([303, '/admin/'])
    })

    test('AD-4: programs are answered with 401 and 403, and a reason they can read', async () => {
      const asProgram = { headers: { accept: 'application/json' } }
      const refused = async (client: TestClient<Customer>): Promise<[number, string]> => {
        const response = await client.get(list, asProgram)
        const body = (await response.json()) as { error: { code: string } }
        return [response.status, body.error.code]
      }
      expect(await refused(visitor())).toEqual([401, 'login_required'])
      expect(await refused(await clientOf({}))).toEqual([403, 'permission_denied'])
      expect(await refused(await staffWith())).toEqual([403, 'permission_denied'])
    })

    test('somebody whose staff status is taken is outside at the next request', async () => {
      const user = await createFactories(shop).user({ isStaff: true })
      const client = visitor()
      await client.loginAs(user as never)
      expect((await client.get('/admin/')).status).toBe(200)
      await user.update({ isStaff: false })
      expect((await client.get('/admin/')).status).toBe(302)
    })
  })

  describe('every page', () => {
    test('K1: is stored by no cache, whoever asks and whatever the answer', async () => {
      const client = await staffWith('shop.view_product')
      for (const path of [
        '/admin/',
        '/admin/login/',
        '/admin/shop/',
        list,
        `${list}${product.pk}/history/`,
        `${list}add/`,
        '/admin/no/such/',
        `${list}?x=1`,
      ])
        expect([path, (await client.get(path)).headers.get('cache-control')]).toEqual([path, expect.stringContaining('no-store')])
    })

    test('E5, E9: changes nothing for a forged request', async () => {
      const user = await createFactories(shop).user({ isStaff: true, isSuperuser: true } as never)
      const client = visitor()
      await client.loginAs(user as never)
      await client.get(list)
      const forged = { headers: { origin: 'https://evil.example' } }
      for (const path of ['/admin/logout/', '/admin/theme/', '/admin/password_change/', list, `${list}add/`, `${list}${product.pk}/delete/`])
        expect([path, (await client.post(path, { form: { post: 'yes' }, ...forged })).status]).toEqual([path, 403])
      expect((await client.get('/admin/')).status).toBe(200)
      expect(await shop.objects(Product).count()).toBe(1)
    })

    test('AD-28: is where Django has it, also without the slash at the end', async () => {
      const client = await staffWith('shop.view_product', 'shop.add_product')
      expect(await seen(client.get('/admin'))).toEqual([302, '/admin/'])
      expect(await seen(client.get('/admin/shop/product'))).toEqual([302, list])
      expect(await seen(client.get('/admin/shop/product?q=a'))).toEqual([302, `${list}?q=a`])
      expect(await seen(client.get(`${list}${product.pk}/`))).toEqual([302, `${list}${product.pk}/change/`])
      for (const path of ['', 'add/', `${product.pk}/change/`, `${product.pk}/history/`])
        expect([path, (await client.get(list + path)).status]).toEqual([path, 200])
      expect((await client.get(`${list}${product.pk}/delete/`)).status).toBe(403)
    })

    test('answers 404 and 405 within the frame, so that the way back is one click', async () => {
      const client = await staffWith('shop.view_product')
      const missing = await client.get('/admin/no/such/')
      expect(missing.status).toBe(404)
      expect(await missing.text()).toContain('id="models"')
      const wrong = await client.get('/admin/logout/')
      expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
      expect((await client.request('DELETE', list)).status).toBe(405)
      for (const path of ['/admin/shop/nothing/', `${list}%/change/`, `${list}1/nothing/`, '/admin/static/no.css', '/admin/SHOP/product/'])
        expect([path, (await client.get(path)).status]).toEqual([path, 404])
    })

    test('a HEAD is answered like a GET, without a body', async () => {
      const response = await (await staffWith('shop.view_product')).request('HEAD', list)
      expect([response.status, await response.text()]).toEqual([200, ''])
    })
  })

  describe('the first page', () => {
    test('AD-7: lists what somebody may see, or add to, and nothing else', async () => {
      const linksOf = async (...permissions: string[]): Promise<string[]> => {
        const html = await (await (await staffWith(...permissions)).get('/admin/')).text()
        return [...new Set(Array.from(html.matchAll(/href="(\/admin\/[a-z]+\/[a-z]+\/(?:add\/)?)"/g), ([, href = '']) => href))].toSorted()
      }
      expect(await linksOf()).toEqual([])
      expect(await linksOf('shop.view_product')).toEqual([list])
      expect(await linksOf('shop.add_product')).toEqual([`${list}add/`])
      expect(await linksOf('shop.change_product', 'auth.view_group')).toEqual(['/admin/auth/group/', list])
      expect(await (await (await staffWith()).get('/admin/')).text()).toContain('Nothing yet')
      expect((await (await staffWith()).get('/admin/shop/')).status).toBe(404)
      expect((await (await staffWith('shop.view_tag')).get('/admin/shop/')).status).toBe(200)
    })

    test('messages are shown once', async () => {
      const client = await staffWith('shop.view_product', 'shop.delete_product')
      await client.get(list)
      await client.post(list, { form: { action: '' } })
      expect(await (await client.get('/admin/')).text()).toContain('No action was chosen')
      expect(await (await client.get('/admin/')).text()).not.toContain('No action was chosen')
    })

    test('the look that was chosen stays, and nobody is sent elsewhere by choosing it', async () => {
      const client = await staffWith()
      await client.get('/admin/')
      expect(await seen(client.post('/admin/theme/', { form: { theme: 'dark', next: '//evil.example' } }))).toEqual([303, '/admin/'])
      expect((await client.post('/admin/theme/?next=/a/&next=/b/', { form: { theme: 'light' } })).status).toBe(400)
      expect(await (await client.get('/admin/')).text()).toContain('data-theme="dark"')
      await client.post('/admin/theme/', { form: { theme: '"><script>' } })
      expect(await (await client.get('/admin/')).text()).not.toContain('data-theme')
    })
  })

  describe('the history', () => {
    test('AD-24: tells what Django noted, from the beginning, by who did it', async () => {
      const client = await staffWith('shop.view_product')
      const writer = await createFactories(shop).user({ username: 'writer' })
      const type = await shop.contentTypes.getForModel(Product)
      const noted = ['[{"added": {}}]', '[{"changed": {"fields": ["Name", "Price"]}}]', '<b>by hand</b>']
      for (const [index, message] of noted.entries())
        await shop.objects(LogEntry).create({
          user: writer,
          contentType: type.id,
          objectId: String(product.pk),
          objectRepr: 'Gear',
          actionFlag: index === 0 ? 1 : 2,
          changeMessage: message,
        } as never)
      const html = await (await client.get(`${list}${product.pk}/history/`)).text()
      const told = Array.from(html.matchAll(/<td>([^<]*)<\/td>/g), ([, text]) => text)
      expect(told).toEqual(['writer', 'Added.', 'writer', 'Changed Name and Price.', 'writer', '&lt;b&gt;by hand&lt;/b&gt;'])
    })

    test('takes pages from 1 to 10,000, and refuses any other', async () => {
      const client = await staffWith('shop.view_product')
      const pages = { '1': 200, '2': 200, '10000': 200, '0': 400, '-1': 400, '10001': 400, '1.5': 400, x: 400, '1e999': 400 }
      for (const [page, status] of Object.entries(pages))
        expect([page, (await client.get(`${list}${product.pk}/history/?p=${page}`)).status]).toEqual([page, status])
    })

    test('I3: says nothing of what is there to who may not see it', async () => {
      const client = await staffWith('shop.view_tag')
      for (const key of [product.pk, 999_999, 'x']) expect((await client.get(`${list}${String(key)}/history/`)).status).toBe(403)
      expect((await (await staffWith('shop.view_product')).get(`${list}999999/history/`)).status).toBe(404)
    })
  })

  describe('cells of a list', () => {
    test('that are refused keep what was typed, and nothing is saved', async () => {
      const client = await staffWith('shop.change_product')
      await client.get(list)
      const name = `${String(product.pk)}-price`
      const response = await client.post(list, { form: { _save: '1', _row: String(product.pk), [`${name}-was`]: '0.00', [name]: '123456789' } })
      const html = await response.text()
      expect(response.status).toBe(422)
      expect(html).toMatch(new RegExp(`value="123456789"[^>]*name="${name}"|name="${name}"[^>]*value="123456789"`))
      expect(html).toContain('One cell needs another look')
      expect((await shop.objects(Product).get({ pk: product.pk } as never)).price).toMatch(/^0/)
    })
  })

  describe('one’s own password', () => {
    test('is changed by who knows the present one; other devices are logged out, this one stays', async () => {
      const user = await createFactories(shop).user({ isStaff: true, password: PASSWORD } as never)
      const [here, there] = [visitor(), visitor()]
      for (const client of [here, there]) await client.loginAs(user as never)
      await here.get('/admin/password_change/')
      const fresh = 'nine cups of hot coffee'
      const send = async (old: string) =>
        here.post('/admin/password_change/', { form: { old_password: old, new_password1: fresh, new_password2: fresh } })
      expect((await send('a guess')).status).toBe(422)
      expect(await seen(send(PASSWORD))).toEqual([303, '/admin/password_change/done/'])
      expect(await (await here.get('/admin/password_change/done/', { follow: true })).text()).toContain('Your password was changed')
      expect((await there.get('/admin/')).status).toBe(302)
    })
  })
})
