/**
 * The shop with its account pages: people at browsers, a mailbox, pictures in memory.
 * @module
 */

import { expect } from 'vitest'
import { FixedClock, portcullis, type SiteOptions } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import type { AnyModelClass } from '../../src/database/model.js'
import type { MediaStorage } from '../../src/media/storage.js'
import type { PagesOptions } from '../../src/pages/options.js'
import { createMailbox } from '../../src/testing.js'
import { eachSite, Customer, Product, Category, Tag, OrderLine, Profile, quick } from './shop.js'
import type { TestEngine } from './databases.js'
import { Visitor } from './visitor.js'

/** A password that no rule minds. */
export const PASSWORD = 'seven mugs of cold tea'
/** Another. */
export const OTHER_PASSWORD = 'nine cups of hot coffee'

type Extras = Partial<SiteOptions<typeof Customer, readonly AnyModelClass[], typeof Profile, readonly string[]>>

/** Pictures kept in memory. */
export function memoryStorage(): MediaStorage & { readonly kept: Map<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  return {
    kept,
    save: async (name, bytes) => {
      kept.set(name, new Uint8Array(bytes))
      return name
    },
    open: async (name) => {
      const body = kept.get(name)
      return body === undefined ? null : { body, size: body.length, type: 'image/webp' }
    },
    delete: async (name) => kept.delete(name),
  }
}

/** The site on a database, with its pages below `/accounts`. */
export function accountsOn(database: DatabaseSource, extras: Extras = {}) {
  const mailbox = createMailbox()
  const storage = memoryStorage()
  const clock = new FixedClock('2026-11-23T08:00:00.000Z')
  const errors: unknown[] = []
  const auth = portcullis({
    ...quick,
    database,
    clock,
    user: Customer,
    profile: Profile,
    models: [Tag, Category, Product, OrderLine],
    baseUrl: 'http://shop.example',
    siteName: 'Harbour Shop',
    mail: { transport: mailbox },
    media: { storage },
    onError: (error: unknown) => void errors.push(error),
    ...extras,
  })
  const at = (options?: PagesOptions, origin?: string): Visitor => {
    const pages = auth.pages(options)
    return new Visitor((request) => pages.fetch(request, { address: '203.0.113.9' }), origin)
  }
  return {
    auth,
    mailbox,
    storage,
    clock,
    errors,
    /** Somebody new at a browser; `options` are those of the pages they see. */
    visitor: at,
    /** Somebody new at a browser, logged in. */
    async loggedIn(username: string, options?: PagesOptions): Promise<Visitor> {
      const visitor = at(options)
      await visitor.get('/accounts/login/')
      expectRedirect(await visitor.post('/accounts/login/', { username, password: PASSWORD }), '/accounts/profile/')
      return visitor
    },
    migrate: async () => auth.migrate(),
    close: async () => auth.close(),
  }
}

/** A site with what its tests need. */
export type Accounts = ReturnType<typeof accountsOn>

/** Runs `tests` on every kind of database that answers. */
export function eachAccounts(tests: (open: () => Promise<Accounts>, engine: TestEngine) => void, extras: Extras = {}): void {
  eachSite((database) => accountsOn(database, extras), tests)
}

/** After a form: 303, so that a reload sends nothing again. */
export function expectRedirect(response: Response, location: string, status = 303): void {
  expect([response.status, response.headers.get('location')]).toEqual([status, location])
}

/** The hidden token of a page, and whatever else it would send unseen. */
export function hiddenFields(html: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"\/>/g), ([, name = '', value = '']) => [name, value]),
  )
}
