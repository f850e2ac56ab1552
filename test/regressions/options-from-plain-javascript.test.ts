import { describe, expect, test } from 'vitest'
import { abstractUser, ImproperlyConfigured, model, ModelBackend, portcullis } from '../../src/index.js'
import { forExpress } from '../../src/express.js'
import { forNext } from '../../src/next.js'
import { sqlite } from '../../src/sqlite.js'
import { quick } from '../support/shop.js'

const make = portcullis as unknown as (options?: unknown) => ReturnType<typeof portcullis>
const good = { secretKey: quick.secretKey, database: sqlite(':memory:') }
class Product extends model('shop.Product', { fields: {} }) {}
class Customer extends abstractUser('shop.Customer') {}

describe('portcullis() from plain JavaScript', () => {
  test('names the option that is wrong, and the remedy', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ secretKey: undefined }, /secretKey/],
      [{ secretKey: 5 }, /secretKey/],
      [{ secretKeyFallbacks: 'old' }, /`secretKeyFallbacks`.*list/],
      [{ database: undefined }, /`database` is undefined. Pass sqlite/],
      [{ database: 'shop.db' }, /`database` is string. Pass sqlite/],
      [{ database: {} }, /`database`/],
      [{ models: Product }, /`models`.*list/],
      [{ models: [undefined] }, /`models`/],
      [{ models: ['shop.Product'] }, /`models`/],
      [{ user: 'auth.User' }, /`user`.*abstractUser/],
      [{ user: Product }, /`user`.*abstractUser/],
      [{ profile: 'x' }, /`profile`/],
      [{ authenticationBackends: [{ path: 'x' }] }, /`authenticationBackends`.*functions/],
      [{ authenticationBackends: [() => undefined] }, /authenticationBackends/],
      [{ clock: Date.now }, /`clock`/],
      [{ modles: [Product] }, /no option “modles”.*models/],
      [{ sessions: { store: 'redis' } }, /“redis”.*cachedDatabase/],
      [{ csrf: { trustedOrigins: 'https://pay.example' } }, /csrf.trustedOrigins.*list/],
      [{ csrf: { trustedOrigins: ['pay.example'] } }, /csrf.trustedOrigins has “pay.example”/],
      [{ csrf: { trustedOrigins: ['https://pay.example/'] } }, /csrf.trustedOrigins/],
      [{ csrf: { exempt: ['/webhooks/pay'] } }, /csrf.exempt is no function/],
    ]
    for (const [options, message] of wrong) {
      expect(() => make({ ...good, ...options }), String(message)).toThrow(ImproperlyConfigured)
      expect(() => make({ ...good, ...options }), String(message)).toThrow(message)
    }
    expect(() => make()).toThrow(ImproperlyConfigured)
    expect(() =>
      make({ ...good, user: Customer, models: [Product], authenticationBackends: [(context: never) => new ModelBackend(context)] }),
    ).not.toThrow()
  })

  test('authenticate() says that the request comes first', async () => {
    const { authenticate, close } = make(good)
    const asked = authenticate as (...parameters: unknown[]) => Promise<unknown>
    await expect(asked({ username: 'ada', password: 'x' })).rejects.toThrow(/authenticate\(request, \{ username, password \}\)/)
    await expect(asked(null, null)).rejects.toThrow(ImproperlyConfigured)
    await close()
  })
})

describe('adapters from plain JavaScript', () => {
  const auth = make(good)
  const { site, loginRequired } = forExpress(auth)
  const siteWith = site as (mounts: unknown, options: unknown) => unknown

  test('a slip of the pen leaves no site open that was to be closed', () => {
    expect(() => siteWith({}, { loginrequired: true })).toThrow(/no option “loginrequired”/)
    expect(() => forNext(auth, { loginrequired: true } as object)).toThrow(/no option “loginrequired”/)
    expect(() => forNext(auth, { loginRequired: true, behindProxy: false })).not.toThrow()
    for (const except of ['/about', 'about', undefined, ['about'], [/about/]]) {
      expect(() => siteWith({}, { loginRequired: { except } }), String(except)).toThrow(/names the paths that are open/)
    }
    for (const text of ['yes', 1, []]) expect(() => siteWith({}, { loginRequired: text })).toThrow(ImproperlyConfigured)
    for (const said of [undefined, false, true, { except: [] }, { except: ['/', '/about'] }]) {
      expect(() => siteWith({}, { loginRequired: said })).not.toThrow()
    }
  })

  test('a guard that is named and not called says so, instead of leaving the visitor waiting', () => {
    const named = loginRequired as unknown as (...given: unknown[]) => unknown
    expect(() => named({}, {}, () => undefined)).toThrow(/loginRequired\(\)/)
    expect(() => named(class {})).toThrow(/loginRequired\(\)/)
  })

  test('pages have the options they have', () => {
    const pagesOf = auth.pages.bind(auth) as (options: unknown) => unknown
    expect(() => pagesOf({ registration: false })).toThrow(/no option “registration”.*register/)
    expect(() => pagesOf({ register: false, theme: 'light' })).not.toThrow()
  })
})
