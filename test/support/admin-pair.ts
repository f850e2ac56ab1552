/**
 * Django's admin and ours on one database, each as somebody meets it at a browser without scripts: the same addresses, pages and forms.
 * @module
 */

import { afterAll, beforeAll } from 'vitest'
import { booleanField, charField, decimalField, foreignKey, integerField, LogEntry, model, portcullis } from '../../src/index.js'
import type { Manager } from '../../src/database/manager.js'
import { formHolding, pageOf, textIn, type PageForm } from './admin-forms.js'
import { eachDjango } from './django.js'
import type { DjangoServer } from './django-server.js'
import { SHARED, sharedOptions, sideOfSite, sourceOf, type SharedSite } from './shared-site.js'
import { logIn, sideOfDjango, type Jar, type Side, type SideName } from './sides.js'
import { Visitor } from './visitor.js'

/** `project/shop/models.py`. */
export class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }), price: decimalField({ maxDigits: 8, decimalPlaces: 2 }), live: booleanField({ default: true }) },
}) {
  override toString(): string {
    return this.name
  }
}
export class Review extends model('shop.Review', {
  fields: { product: foreignKey(() => Product), author: charField({ maxLength: 40 }), stars: integerField({ default: 3 }) },
}) {
  override toString(): string {
    return `by ${this.author}`
  }
}

/** Somebody who works in an admin. */
export interface AdminVisitor {
  /** Whose admin it is. */
  readonly name: SideName
  readonly jar: Jar
  get(path: string): Promise<Response>
  /** The text of a page. */
  read(path: string): Promise<string>
  /** The form of a page that has a control of this name. */
  form(path: string, holding: string): Promise<PageForm>
  /** Presses a button. Where a page asks whether it is meant, the answer is yes. */
  send(form: PageForm, button?: string, value?: string): Promise<Response>
  /** Who did what to an object, in the words of its history. */
  history(path: string): Promise<readonly (readonly [who: string, what: string])[]>
}

/** Both, on one database. */
export interface AdminPair {
  readonly site: SharedSite
  readonly products: Manager<typeof Product>
  readonly server: DjangoServer
  side(name: SideName): Side
  /** Somebody who comes in at one side, at the admin of the other or the same. */
  enter(username: string, at: SideName, loggedInAt?: SideName): Promise<AdminVisitor>
  /** The same browser at the other admin. */
  elsewhere(visitor: AdminVisitor): AdminVisitor
  /** What Django says of the entries about an object, oldest first: what was done, and as a line. */
  told(key: unknown, model: string): Promise<readonly (readonly [message: string, line: string])[]>
  /** What is stored of them. */
  stored(key: unknown, model: string): Promise<readonly string[]>
}

/** Declares `tests` for every kind of database: Django's admin and ours, with products in both. */
export function eachAdminPair(tests: (pair: () => AdminPair) => void): void {
  eachDjango((engine, makeSite) => {
    let pair: AdminPair | null = null
    let close = async (): Promise<void> => undefined
    beforeAll(async () => {
      const { django, url } = await makeSite({ environment: SHARED, apps: ['shop'] })
      const shop = portcullis({ ...sharedOptions, database: sourceOf(engine, url), models: [Product, Review] })
      const site = shop as unknown as SharedSite
      await site.migrate()
      const admin = shop.admin({ siteHeader: 'The shop' })
      admin.register(Product, { listDisplay: ['name', 'price', 'live'], listEditable: ['live'], inlines: [{ model: Review }] })
      const server = await django.serve()
      close = async () => {
        await server.stop()
        await site.close()
      }
      const sides = { Django: sideOfDjango(server), portcullis: sideOfSite(site) }
      const answer = async (request: Request): Promise<Response> => {
        const response = await admin.fetch(request)
        // What is written beside responses: Django's transactions on SQLite fail where anybody writes between what they read and what they write.
        await site.idle()
        return response
      }
      const visitors = {
        Django: (jar: Jar) => new Visitor(fetch, server.origin, jar),
        portcullis: (jar: Jar) => new Visitor(answer, 'http://localhost', jar),
      }
      const origins = { Django: server.origin, portcullis: 'http://localhost' }
      const at = (name: SideName, jar: Jar): AdminVisitor => adminVisitor(name, visitors[name](jar), origins[name])
      pair = {
        site,
        products: shop.objects(Product),
        server,
        side: (name) => sides[name],
        async enter(username, name, loggedInAt = name) {
          const jar: Jar = new Map()
          await logIn(sides[loggedInAt], jar, username)
          return at(name, jar)
        },
        elsewhere: ({ name, jar }) => at(name === 'Django' ? 'portcullis' : 'Django', jar),
        told: (key, name) =>
          server.shell(
            `from django.contrib.admin.models import LogEntry
entries = LogEntry.objects.filter(object_id=given[0], content_type__model=given[1]).order_by("id")
answer([[one.get_change_message(), str(one)] for one in entries])`,
            [String(key), name],
          ),
        async stored(key, name) {
          const [type] = await site.contentTypes.filter({ model: name })
          const entries = await site.objects(LogEntry).filter({ objectId: String(key), contentType: type?.id ?? 0 }, { orderBy: 'id' })
          return entries.map((one) => one.changeMessage)
        },
      }
    })
    afterAll(async () => close())
    tests(() => {
      if (pair === null) throw new Error('The pair is there once the tests run.')
      return pair
    })
  })
}

function adminVisitor(name: SideName, visitor: Visitor, origin: string): AdminVisitor {
  const post = async (path: string, { formData }: { readonly formData?: FormData }): Promise<Response> =>
    visitor.request(path, { method: 'POST', headers: { accept: 'text/html', origin }, ...(formData === undefined ? {} : { body: formData }) })
  const send: AdminVisitor['send'] = async (form, button, value) => {
    const response = await form.send({ post } as never, button, value)
    if (response.status !== 200) return response
    const page = await response.text()
    const question = [['_confirmed', '1'] as const, ['post', 'yes'] as const].find(([one]) => page.includes(`name="${one}"`))
    if (question === undefined) throw new Error(`${name} did not take ${form.action}: ${textIn(page).slice(0, 900)}`)
    return formHolding(page, question[0], form.action).send({ post } as never, ...question)
  }
  const read = async (path: string): Promise<string> => pageOf(await visitor.get(path))
  return {
    name,
    jar: visitor.cookies,
    get: async (path) => visitor.get(path),
    read,
    form: async (path, holding) => formHolding(await read(path), holding, path),
    send,
    async history(path) {
      const table = /<tbody>[\s\S]*<\/tbody>/.exec(await read(path))?.[0] ?? ''
      return Array.from(table.matchAll(/<td[^>]*>([\s\S]*?)<\/td>\s*<td[^>]*>([\s\S]*?)<\/td>/g), ([, who = '', what = '']) => [
        textIn(who).trim(),
        textIn(what).trim(),
      ])
    },
  }
}
