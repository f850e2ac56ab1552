/**
 * A shop with every page a site can have, people of every rank who are logged in, and a way to send them what no browser would.
 * @module
 */

import type { BodySource, RequestHead } from '../../src/authentication/request-head.js'
import { ContentType } from '../../src/accounts/content-type.js'
import { Group } from '../../src/accounts/group.js'
import { Permission } from '../../src/accounts/permission.js'
import { mountAt, type Mountable } from '../../src/authentication/handle.js'
import { cookieHeader, keepCookie } from '../../src/base/cookie-jar.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories } from '../../src/testing.js'
import { accountsOn, PASSWORD } from '../support/account-pages.js'
import { controlsIn } from '../support/admin-forms.js'
import { Category, Customer, OrderLine, Product, Profile, Tag } from '../support/shop.js'

/** Who asks. */
export const WHO = ['superuser', 'staff', 'member', 'stranger'] as const
export type Who = (typeof WHO)[number]

/** What is sent. */
export interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer | null
}

/** A form of a page. */
export interface FoundForm {
  readonly action: string
  readonly fields: readonly (readonly [string, string])[]
}

/** A site to be sent requests. */
export interface FuzzStage {
  send(who: Who, sent: Sent): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }>
  /** The forms of a page as this visitor sees them. */
  forms(who: Who, path: string): Promise<readonly FoundForm[]>
  /** What went wrong behind the answers since it was last asked. */
  takeErrors(): unknown[]
  /** Makes good what earlier requests have done to a visitor: the account deleted, switched off, logged out. */
  revive(who: Who): Promise<void>
  /** Puts back rows that were deleted, and looks which there are. */
  restock(): Promise<void>
  /** Puts keys of rows that are there into a path: `/admin/shop/tag/~0/change/`. */
  fillIn(path: string): string
  close(): Promise<void>
}

const ORIGIN = 'http://shop.example'

/** Makes it, in memory. */
export async function openFuzzStage(): Promise<FuzzStage> {
  const site = accountsOn(sqlite(':memory:'))
  const { auth } = site
  await site.migrate()
  const pages = auth.pages()
  const admin = auth.admin({ siteHeader: 'Shop' })
  admin.register(Product, {
    listDisplay: ['name', 'price', 'live', 'category', 'owner.username', { label: 'Length', value: (row) => row.name.length, ordering: 'name' }],
    listEditable: ['price', 'live'],
    listFilter: [
      'live',
      'category',
      'day',
      'tags',
      { label: 'Kind', parameter: 'kind', choices: [['dear', 'Dear']], where: () => ({ price: { gte: '100' } }) },
    ],
    searchFields: ['name', '=slug', '^category.name', 'owner.username'],
    dateHierarchy: 'day',
    listPerPage: 10,
    saveAs: true,
    autocompleteFields: ['owner'],
    filterHorizontal: ['tags'],
    inlines: [{ model: OrderLine, extra: 1, max: 5 }],
    actions: [{ name: 'hide', label: 'Hide', run: async (rows) => void (await Promise.all(rows.map((row) => row.update({ live: false })))) }],
  })
  admin.register(Tag, { searchFields: ['name'], ordering: ['-name'] })
  admin.register(Category, { inlines: [{ model: Product, fields: ['name', 'price', 'day', 'extra', 'code'], extra: 1 }] })
  admin.register(OrderLine, { listFilter: ['product'] })
  admin.register(Profile)
  const mounts: readonly (readonly [string, Mountable])[] = [
    ['/accounts', pages],
    ['/admin', admin],
  ]
  const factories = createFactories(auth)
  const keys = new Map<string, readonly string[]>()
  let made = 0
  const restock = async (): Promise<void> => {
    const [products, categories, tags] = [auth.objects(Product), auth.objects(Category), auth.objects(Tag)]
    const tools = (await categories.filter({}, { limit: 1 }))[0] ?? (await categories.create({ name: 'Tools' }))
    if ((await tags.count()) < 3) await tags.create({ name: `heavy ${(made += 1)}` })
    if ((await auth.groups.count()) < 2) await factories.group()
    if ((await auth.users.count()) < 6) await factories.user()
    for (let count = await products.count(); count < 15; count += 1) {
      const product = await products.create({
        name: `Gear ${(made += 1)}`,
        price: String(count),
        day: `2026-0${(made % 3) + 1}-10`,
        category: made % 2 === 0 ? tools : null,
      })
      if (made % 3 === 0) await auth.objects(OrderLine).create({ product })
    }
    for (const model of [Product, Category, Tag, OrderLine, Profile, Customer, Group, Permission, ContentType])
      keys.set(
        model.label.toLowerCase().replace('.', '/'),
        (await auth.objects(model as never).filter({} as never, { limit: 8 })).map((row) => String((row as { pk: unknown }).pk)),
      )
  }
  await restock()
  const jars = new Map<Who, Map<string, string>>()

  const person = async (who: Exclude<Who, 'stranger'>): Promise<Customer> => {
    const isStaff = who !== 'member'
    const wanted = { isStaff, isSuperuser: who === 'superuser', isActive: true }
    const known = await auth.users.find({ username: `fuzz-${who}` })
    const user = known ?? (await auth.users.createUser({ username: `fuzz-${who}`, email: `${who}@example.com`, password: PASSWORD }))
    await user.update(wanted)
    if (who === 'staff') {
      const models = ['product', 'category', 'orderline', 'customer', 'profile']
      const rights = models.flatMap((model) => ['view', 'change', 'add', 'delete'].map((action) => `shop.${action}_${model}`))
      // Some may have been deleted by now, too.
      const there = await Promise.all(
        [...rights, 'auth.view_group', 'auth.change_group'].map(async (name) => auth.permissions.get(name as never).catch(() => null)),
      )
      await user.userPermissions.set(there.filter((one) => one !== null))
    }
    return user
  }
  const revive = async (who: Who): Promise<void> => {
    const client = createClient(auth, (request) => pages.fetch(request))
    if (who !== 'stranger') await client.loginAs((await person(who)) as never)
    await client.get(who === 'stranger' ? '/accounts/login/' : '/accounts/profile/')
    jars.set(who, client.cookies)
  }

  const { requests } = auth.internals
  const send: FuzzStage['send'] = async (who, { method, target, headers, body }) => {
    const jar = jars.get(who) ?? new Map<string, string>()
    const token = jar.get('csrftoken')
    const all = new Map<string, string>([['host', 'shop.example'], ['origin', ORIGIN], ['cookie', cookieHeader(jar) ?? ''], ...(token === undefined ? [] : [['x-csrftoken', token] as const]), ...headers]) // prettier-ignore
    const head: RequestHead = {
      method,
      target,
      header: (name) => {
        const value = all.get(name)
        return value === '' ? undefined : value
      },
      socketAddress: '203.0.113.9',
      isEncrypted: false,
    }
    const source: BodySource = { stream: () => (body === null ? null : inTwo(body)), parsed: () => undefined }
    const [base, mount] = mountAt(target.replace(/[?#].*$/s, ''), mounts) ?? ['/accounts', pages]
    const response = await requests.run(head, source, {}, (visitor) => mount.respond(visitor, base), mount.bodyLimits)
    for (const text of response.headers.getSetCookie()) keepCookie(jar, text)
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  return {
    send,
    async forms(who, path) {
      const { status, text, headers } = await send(who, { method: 'GET', target: path, headers: new Map([['accept', 'text/html']]), body: null })
      return status === 200 && headers.get('content-type')?.startsWith('text/html') === true ? formsIn(text, path) : []
    },
    takeErrors: () => site.errors.splice(0),
    revive,
    restock,
    fillIn: (path) =>
      path.replace(/^(\/admin\/(\w+\/\w+)\/)~(\d+)/, (_whole, before: string, model: string, which: string) => {
        const there = keys.get(model) ?? []
        return before + (there[Number(which) % Math.max(1, there.length)] ?? '0')
      }),
    close: site.close,
  }
}

async function* inTwo(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 7)
  yield bytes.subarray(7)
}

function formsIn(html: string, path: string): FoundForm[] {
  const found = Array.from(html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g), ([, attributes = '', inside = '']) => {
    const { fields, buttons } = controlsIn(inside)
    const action = /action="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const target = action === '' || action.startsWith('?') ? path.replace(/\?.*/s, '') + action : action
    return { action: target, fields: [...fields, ...buttons.slice(0, 1)] }
  })
  // Every page has these in its head; what the page is for comes first.
  const isCommon = (one: FoundForm): boolean => /\/(?:logout|theme)\/$/.test(one.action)
  return found.filter((one) => one.fields.length > 0).toSorted((a, b) => Number(isCommon(a)) - Number(isCommon(b)))
}
