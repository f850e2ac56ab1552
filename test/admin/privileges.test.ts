/**
 * Who may call what: staff with every single permission, and with every two, at every page of people, groups and permissions and with every
 * forged form. What is expected is worked out here, from the rules alone (AD-8 to AD-10, §11.2, I6).
 */
import { describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import type { AdminSite } from '../../src/site-admin.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories, type ClientOptions, type TestClient } from '../../src/testing.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import { Category, Product, type Customer } from '../support/shop.js'

type Shop = Accounts['auth']

const GRANT_ANY = 'portcullis.grant_any_permission'
const actions = ['view', 'add', 'change', 'delete'] as const
const PERMISSIONS = [
  ...actions.map((one) => `shop.${one}_customer`),
  ...actions.map((one) => `auth.${one}_group`),
  ...actions.map((one) => `auth.${one}_permission`),
  'shop.change_product',
  'shop.delete_product',
  'contenttypes.view_contenttype',
  'contenttypes.delete_contenttype',
  GRANT_ANY,
]

/** Nothing, each alone, each two. */
const HOLDINGS: readonly (readonly string[])[] = [
  [],
  ...PERMISSIONS.map((one) => [one]),
  ...PERMISSIONS.flatMap((one, index) => PERMISSIONS.slice(index + 1).map((other) => [one, other])),
]

/** Who is acting, as far as the rules look at them. */
interface Holder {
  readonly holds: (permission: string) => boolean
  readonly isUnlimited: boolean
}

/** What somebody meets: a status, and whether what was asked for has happened. */
interface Expected {
  readonly status: number
  readonly happens?: boolean
}

interface Request extends ClientOptions {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly expected: (who: Holder) => Expected
  /** Whether it has happened, asked before it is undone. */
  readonly probe?: () => Promise<boolean>
}

const page = (isAllowed: boolean): Expected => ({ status: isAllowed ? 200 : 403 })

describe('staff with every permission alone and in pairs', async () => {
  // With a mailbox of its own: links and news are mailed by the thousand.
  const shop = accountsOn(sqlite(':memory:')).auth
  await shop.migrate()
  const admin = shop.admin()
  admin.register(Product, {})
  admin.register(Category, {})
  const requests = await requestsOf(shop, admin)

  test(`8.3.1, finding 5, 8.2.1, 8.2.2, I6: every URL and every forged form answers what the rights say (${HOLDINGS.length * requests.length} combinations)`, async () => {
    expect(HOLDINGS.length * requests.length).toBeGreaterThan(2000)
    const wrong: string[] = []
    for (const held of HOLDINGS) {
      const client = await clientWith(shop, admin, held)
      const holds = (permission: string): boolean => held.includes(permission)
      const who: Holder = { holds, isUnlimited: holds(GRANT_ANY) }
      for (const request of requests) {
        const { status, happens = false } = request.expected(who)
        const cookies = [...client.cookies]
        const found = await undone(shop, async () => {
          const response = await client.request(request.method, request.path, request)
          await response.body?.cancel()
          return { status: response.status, happened: (await request.probe?.()) ?? false }
        })
        // A session that got a new key has its old one again.
        client.cookies.clear()
        for (const [name, value] of cookies) client.cookies.set(name, value)
        if (found.status !== status || found.happened !== happens)
          wrong.push(
            `${request.method} ${request.path} ${JSON.stringify(request.json ?? request.form ?? '')} with [${held.join(', ')}]: expected ${status}${happens ? ' and done' : ''}, met ${found.status}${found.happened ? ' and done' : ''}`,
          )
      }
    }
    expect(wrong.slice(0, 20)).toEqual([])
    await shop.close()
  }, 180_000)
})

/** Does something and has it undone, so that every question finds the same site. */
async function undone<T>(shop: Shop, work: () => Promise<T>): Promise<T> {
  class Undo extends Error {
    constructor(readonly found: T) {
      super('undone')
    }
  }
  try {
    await shop.atomic(async () => {
      throw new Undo(await work())
    })
  } catch (error) {
    if (error instanceof Undo) return error.found as T
    throw error
  }
  throw new Error('It was not undone.')
}

async function clientWith(shop: Shop, admin: AdminSite, held: readonly string[]): Promise<TestClient> {
  const staff = (await createFactories(shop).user({ isStaff: true })) as unknown as Customer
  if (held.length > 0) await staff.userPermissions.add(...(held as never[]))
  const client = createClient(shop, (request) => admin.fetch(request))
  await client.loginAs(staff as never)
  return client as never
}

/** Every page and every form, with what the rules say to each. */
async function requestsOf(shop: Shop, admin: AdminSite): Promise<Request[]> {
  const factories = createFactories(shop)
  const root = (await factories.superuser({ username: 'root' })) as unknown as Customer
  const rootClient = createClient(shop, (request) => admin.fetch(request))
  await rootClient.loginAs(root as never)
  await rootClient.get('/admin/')
  // Somebody with nothing, and somebody who holds what only some of those who act hold.
  const STRONG = 'shop.delete_product'
  const weak = (await factories.user({ username: 'weak' })) as unknown as Customer
  const strong = (await factories.user({ username: 'strong' })) as unknown as Customer
  await strong.userPermissions.add(STRONG)
  await factories.superuser({ username: 'second' })
  const [weakGroup, strongGroup] = [await factories.group([], 'weak'), await factories.group([STRONG], 'strong')]
  const strongKey = (await shop.permissions.get(STRONG)).id
  const contentType = await shop.contentTypes.getForModel(Product)
  const permission = await shop.permissions.create({ codename: 'can_wrap', name: 'Can wrap', contentType })
  const product = await shop.objects(Product).create({ name: 'Gear' })
  const entry = await shop
    .objects(LogEntry)
    .create({ user: root as never, contentType: contentType.id, objectId: '1', objectRepr: 'x', actionFlag: 2, changeMessage: '[]' } as never)

  const may = ({ holds }: Holder, model: string, action: (typeof actions)[number]): boolean => {
    const [app = '', name = ''] = model.split('.')
    return holds(`${app}.${action}_${name}`)
  }
  const sees = (who: Holder, model: string): boolean => may(who, model, 'view') || may(who, model, 'change')
  const user = 'shop.customer'

  const targets = [
    { row: weak, isSuperuser: false, holds: [] as string[] },
    { row: strong, isSuperuser: false, holds: [STRONG] },
    { row: root, isSuperuser: true, holds: [] as string[] },
  ]
  const reaches = ({ holds, isUnlimited }: Holder, target: { readonly isSuperuser?: boolean; readonly holds: readonly string[] }): boolean =>
    isUnlimited || (target.isSuperuser !== true && target.holds.every(holds))
  const now = async (row: Customer): Promise<Customer | null> => (await shop.users.find({ pk: row.pk } as never)) as never
  const users = '/admin/shop/customer/'

  const requests: Request[] = [
    { method: 'GET', path: users, expected: (who) => page(sees(who, user)) },
    { method: 'GET', path: `${users}export/`, expected: (who) => page(sees(who, user)) },
    { method: 'GET', path: `${users}autocomplete/?term=w`, expected: (who) => page(sees(who, user)) },
    { method: 'GET', path: `${users}?password__startswith=pbkdf2`, expected: (who) => ({ status: sees(who, user) ? 400 : 403 }) },
    { method: 'GET', path: `${users}add/`, expected: (who) => page(may(who, user, 'add') && may(who, user, 'change')) },
    {
      method: 'POST',
      path: `${users}add/`,
      form: { username: 'made', usable_password: 'false', is_superuser: 'on' },
      expected: (who) => (may(who, user, 'add') && may(who, user, 'change') ? { status: 303, happens: true } : { status: 403 }),
      probe: async () => shop.users.exists({ username: 'made', isSuperuser: false } as never),
    },
  ]

  for (const target of targets) {
    const at = (name: string): string => `${users}${target.row.pk}/${name}/`
    const changes = (who: Holder): boolean => may(who, user, 'change') && reaches(who, target)
    const deletes = (who: Holder): boolean => may(who, user, 'delete') && reaches(who, target)
    const forged = (path: string, options: ClientOptions, isAllowed: (who: Holder) => Expected, probe: () => Promise<boolean>): Request => ({
      method: 'POST',
      path,
      ...options,
      expected: isAllowed,
      probe,
    })
    const done = (isAllowed: boolean, status: number): Expected => (isAllowed ? { status, happens: true } : { status: 403 })
    const before = target.row
    requests.push(
      ...['change', 'history', 'permissions'].map((name): Request => ({ method: 'GET', path: at(name), expected: (who) => page(sees(who, user)) })),
      ...['password', 'sessions'].map((name): Request => ({ method: 'GET', path: at(name), expected: (who) => page(changes(who)) })),
      { method: 'GET', path: at('delete'), expected: (who) => page(deletes(who)) },
      forged(
        at('change'),
        { json: { email: 'mine@example.com' } },
        (who) => done(changes(who), 200),
        async () => (await now(before))?.email === 'mine@example.com',
      ),
      forged(
        at('change'),
        { json: { username: 'taken-over' } },
        (who) => done(changes(who), 200),
        async () => (await now(before))?.username === 'taken-over',
      ),
      forged(
        at('change'),
        { json: { is_staff: !before.isStaff } },
        (who) => done(changes(who), 200),
        async () => (await now(before))?.isStaff === !before.isStaff,
      ),
      forged(
        at('change'),
        { json: { is_active: false } },
        (who) => done(changes(who), 200),
        async () => (await now(before))?.isActive === false,
      ),
      // The flag is no field of theirs for whoever may not grant everything: naming it is naming nothing.
      forged(
        at('change'),
        { json: { is_superuser: !target.isSuperuser } },
        (who) => (changes(who) ? (who.isUnlimited ? { status: 200, happens: true } : { status: 400 }) : { status: 403 }),
        async () => (await now(before))?.isSuperuser === !target.isSuperuser,
      ),
      forged(
        at('change'),
        { json: { user_permissions: [strongKey], groups: [strongGroup.id] } },
        (who) => (changes(who) ? (reaches(who, { holds: [STRONG] }) ? { status: 200, happens: true } : { status: 422 }) : { status: 403 }),
        async () => (await before.groups.has(strongGroup as never)) && (await before.userPermissions.has(STRONG)),
      ),
      forged(
        at('change'),
        { json: { groups: [weakGroup.id] } },
        (who) => done(changes(who), 200),
        async () => before.groups.has(weakGroup as never),
      ),
      forged(
        at('change'),
        { json: { password: 'pbkdf2_sha256$2$abc$def' } },
        (who) => ({ status: changes(who) ? 400 : 403 }),
        async () => (await now(before))?.password !== before.password,
      ),
      forged(
        at('password'),
        { form: { password1: 'seven mugs of cold tea', password2: 'seven mugs of cold tea', 'set-password': '1' } },
        (who) => done(changes(who), 303),
        async () => (await now(before))?.password !== before.password,
      ),
      forged(
        at('reset-link'),
        {},
        (who) => done(changes(who), 303),
        async () => shop.objects(LogEntry).exists({ changeMessage: 'Mailed a link to choose a new password.' } as never),
      ),
      forged(
        at('sessions'),
        { form: { all: 'on' } },
        (who) => done(changes(who), 303),
        async () => shop.objects(LogEntry).exists({ changeMessage: 'Ended all sessions.' } as never),
      ),
      forged(
        at('delete'),
        { form: { post: 'yes' } },
        (who) => done(deletes(who), 303),
        async () => (await now(before)) === null,
      ),
      // Actions stand on the list: who does not see it has none.
      forged(
        users,
        { form: { action: 'deactivate', _selected_action: String(before.pk) } },
        (who) => done(sees(who, user) && changes(who), 303),
        async () => (await now(before))?.isActive === false,
      ),
      forged(
        users,
        { form: { action: 'delete_selected', _selected_action: String(before.pk), post: 'yes' } },
        (who) => done(sees(who, user) && deletes(who), 303),
        async () => (await now(before)) === null,
      ),
    )
  }

  const groups = '/admin/auth/group/'
  for (const { group, holds } of [
    { group: weakGroup, holds: [] as string[] },
    { group: strongGroup, holds: [STRONG] },
  ]) {
    const at = (name: string): string => `${groups}${group.pk}/${name}/`
    const model = 'auth.group'
    const changes = (who: Holder): boolean => may(who, model, 'change') && reaches(who, { holds })
    const deletes = (who: Holder): boolean => may(who, model, 'delete') && reaches(who, { holds })
    const current = async () => shop.groups.find({ id: group.id })
    const grants = async (): Promise<boolean> => group.permissions.has(STRONG)
    const isStrong = holds.length > 0
    requests.push(
      ...['change', 'history'].map((name): Request => ({ method: 'GET', path: at(name), expected: (who) => page(sees(who, model)) })),
      { method: 'GET', path: at('members'), expected: (who) => page(sees(who, model) && sees(who, user)) },
      { method: 'GET', path: at('delete'), expected: (who) => page(deletes(who)) },
      {
        method: 'POST',
        path: at('change'),
        json: { name: 'renamed' },
        expected: (who) => (changes(who) ? { status: 200, happens: true } : { status: 403 }),
        probe: async () => (await current())?.name === 'renamed',
      },
      {
        method: 'POST',
        path: at('change'),
        json: { permissions: isStrong ? [] : [strongKey] },
        expected: (who) => (changes(who) ? (reaches(who, { holds: [STRONG] }) ? { status: 200, happens: true } : { status: 422 }) : { status: 403 }),
        probe: async () => (await grants()) !== isStrong,
      },
      {
        method: 'POST',
        path: `${groups}matrix/`,
        form: isStrong ? { remove: `${group.id}:${strongKey}`, _confirmed: '1' } : { add: `${group.id}:${strongKey}`, _confirmed: '1' },
        expected: (who) => (changes(who) ? (reaches(who, { holds: [STRONG] }) ? { status: 303, happens: true } : { status: 422 }) : { status: 403 }),
        probe: async () => (await grants()) !== isStrong,
      },
      {
        method: 'POST',
        path: at('delete'),
        form: { post: 'yes' },
        expected: (who) => (deletes(who) ? { status: 303, happens: true } : { status: 403 }),
        probe: async () => (await current()) === null,
      },
      {
        method: 'POST',
        path: groups,
        form: { action: 'delete_selected', _selected_action: String(group.pk), post: 'yes' },
        expected: (who) => (sees(who, model) && deletes(who) ? { status: 303, happens: true } : { status: 403 }),
        probe: async () => (await current()) === null,
      },
    )
  }
  requests.push(
    { method: 'GET', path: groups, expected: (who) => page(sees(who, 'auth.group')) },
    { method: 'GET', path: `${groups}add/`, expected: (who) => page(may(who, 'auth.group', 'add')) },
    { method: 'GET', path: `${groups}matrix/`, expected: (who) => page(sees(who, 'auth.group')) },
    { method: 'GET', path: `${groups}autocomplete/?term=w`, expected: (who) => page(sees(who, 'auth.group')) },
    {
      method: 'POST',
      path: `${groups}add/`,
      json: { name: 'made', permissions: [strongKey] },
      expected: (who) =>
        may(who, 'auth.group', 'add') ? (reaches(who, { holds: [STRONG] }) ? { status: 201, happens: true } : { status: 422 }) : { status: 403 },
      probe: async () => shop.groups.exists({ name: 'made' }),
    },
  )

  const permissions = '/admin/auth/permission/'
  const at = (name: string): string => `${permissions}${permission.id}/${name}/`
  const row = async () => shop.permissions.find({ id: permission.id })
  const model = 'auth.permission'
  requests.push(
    { method: 'GET', path: permissions, expected: (who) => page(sees(who, model)) },
    { method: 'GET', path: `${permissions}add/`, expected: (who) => page(may(who, model, 'add')) },
    ...['change', 'history'].map((name): Request => ({ method: 'GET', path: at(name), expected: (who) => page(sees(who, model)) })),
    { method: 'GET', path: at('delete'), expected: (who) => page(may(who, model, 'delete')) },
    {
      method: 'POST',
      path: at('change'),
      json: { name: 'Other words' },
      expected: (who) => (may(who, model, 'change') ? { status: 200, happens: true } : { status: 403 }),
      probe: async () => (await row())?.name === 'Other words',
    },
    {
      method: 'POST',
      path: at('change'),
      json: { codename: 'delete_customer' },
      expected: (who) => (may(who, model, 'change') ? (who.isUnlimited ? { status: 200, happens: true } : { status: 400 }) : { status: 403 }),
      probe: async () => (await row())?.codename === 'delete_customer',
    },
    {
      method: 'POST',
      path: at('delete'),
      form: { post: 'yes' },
      expected: (who) => (may(who, model, 'delete') ? (who.isUnlimited ? { status: 303, happens: true } : { status: 422 }) : { status: 403 }),
      probe: async () => (await row()) === null,
    },
    {
      method: 'POST',
      path: `${permissions}add/`,
      json: { name: 'Harmless', codename: 'change_customer', content_type: contentType.id },
      expected: (who) => (may(who, model, 'add') ? (who.isUnlimited ? { status: 201, happens: true } : { status: 422 }) : { status: 403 }),
      probe: async () => shop.permissions.exists({ name: 'Harmless' } as never),
    },
  )

  // Content types follow the models, the history is what it is: nobody writes them, and removing stale ones takes more than two permissions.
  const types = '/admin/contenttypes/contenttype/'
  const entries = '/admin/admin/logentry/'
  requests.push(
    { method: 'GET', path: types, expected: ({ holds }) => page(holds('contenttypes.view_contenttype')) },
    { method: 'GET', path: `${types}add/`, expected: () => page(false) },
    { method: 'POST', path: `${types}add/`, json: { app_label: 'shop', model: 'x' }, expected: () => page(false) },
    { method: 'POST', path: `${types}${contentType.id}/change/`, json: { app_label: 'auth' }, expected: () => page(false) },
    {
      method: 'POST',
      path: `${types}${contentType.id}/delete/`,
      form: { post: 'yes' },
      // Its permissions would go along (AD-10); whoever may delete these too is told that it takes more.
      expected: ({ holds }) => ({ status: holds('contenttypes.delete_contenttype') && holds('auth.delete_permission') ? 422 : 403 }),
      probe: async () => !(await shop.contentTypes.exists({ id: contentType.id })),
    },
    { method: 'GET', path: `${types}stale/`, expected: () => page(false) },
    { method: 'POST', path: `${types}stale/`, form: { type: String(contentType.id), _confirmed: '1' }, expected: () => page(false) },
    ...[entries, `${entries}add/`, `${entries}${entry.pk}/change/`, `${entries}${entry.pk}/delete/`, `${entries}export/`].map((path): Request => ({
      method: 'GET',
      path,
      expected: () => page(false),
    })),
    { method: 'POST', path: `${entries}${entry.pk}/delete/`, form: { post: 'yes' }, expected: () => page(false) },
    { method: 'POST', path: `${entries}${entry.pk}/change/`, json: { change_message: 'never' }, expected: () => page(false) },
  )

  // An ordinary model, to compare with.
  const products = '/admin/shop/product/'
  const gear = async () => shop.objects(Product).find({ pk: product.pk } as never) as Promise<Product | null>
  requests.push(
    { method: 'GET', path: products, expected: (who) => page(sees(who, 'shop.product')) },
    { method: 'GET', path: `${products}add/`, expected: (who) => page(may(who, 'shop.product', 'add')) },
    ...['change', 'history'].map((name): Request => ({
      method: 'GET',
      path: `${products}${product.pk}/${name}/`,
      expected: (who) => page(sees(who, 'shop.product')),
    })),
    { method: 'GET', path: `${products}${product.pk}/delete/`, expected: (who) => page(may(who, 'shop.product', 'delete')) },
    {
      method: 'POST',
      path: `${products}${product.pk}/change/`,
      json: { name: 'Wheel' },
      expected: (who) => (may(who, 'shop.product', 'change') ? { status: 200, happens: true } : { status: 403 }),
      probe: async () => (await gear())?.name === 'Wheel',
    },
    {
      method: 'POST',
      path: `${products}${product.pk}/delete/`,
      form: { post: 'yes' },
      expected: (who) => (may(who, 'shop.product', 'delete') ? { status: 303, happens: true } : { status: 403 }),
      probe: async () => (await gear()) === null,
    },
    { method: 'GET', path: '/admin/', expected: () => page(true) },
    {
      method: 'GET',
      path: '/admin/shop/',
      expected: ({ holds }) => ({ status: PERMISSIONS.some((one) => one.startsWith('shop.') && holds(one)) ? 200 : 404 }),
    },
  )
  return requests
}
