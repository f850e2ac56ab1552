import { describe, expect, test } from 'vitest'
import { abstractUser, ImproperlyConfigured, model, ModelBackend, portcullis } from '../../src/index.js'
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
