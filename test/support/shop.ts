/**
 * A small shop: the models and the site that most tests of accounts share. Hashing is as cheap as a hash can be.
 * @module
 */

import { afterAll } from 'vitest'
import { describe } from 'vitest'
import {
  abstractUser,
  bigIntegerField,
  booleanField,
  charField,
  dateField,
  dateTimeField,
  decimalField,
  emailField,
  FixedClock,
  floatField,
  foreignKey,
  imageField,
  integerField,
  jsonField,
  manyToManyField,
  model,
  oneToOneField,
  portcullis,
  positiveSmallIntegerField,
  slugField,
  textField,
  urlField,
  uuidField,
  type SiteOptions,
} from '../../src/index.js'
import type { AnyModelClass } from '../../src/database/model.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { engines, type TestEngine } from './databases.js'

/** A user with two fields of the shop's own. */
export class Customer extends abstractUser('shop.Customer', {
  fields: { phone: charField({ maxLength: 20, blank: true }), newsletter: booleanField({ default: false }) },
}) {
  get displayName(): string {
    return this.getFullName() || this.username
  }
}

/** What every customer has one of. */
export class Profile extends model('shop.Profile', {
  fields: { user: oneToOneField(() => Customer), bio: textField({ blank: true }), picture: imageField({ null: true, uploadTo: 'faces' }) },
}) {}

/** A word on a product. */
export class Tag extends model('shop.Tag', { fields: { name: charField({ maxLength: 20, unique: true }) }, ordering: ['name'] }) {}

/** A shelf, perhaps within another. */
export class Category extends model('shop.Category', {
  fields: { name: charField({ maxLength: 40 }), parent: foreignKey('self', { null: true }) },
}) {}

/** One column of every kind. */
export class Product extends model('shop.Product', {
  fields: {
    name: charField({ maxLength: 80 }),
    slug: slugField({ blank: true }),
    price: decimalField({ maxDigits: 8, decimalPlaces: 2, default: '0' }),
    stock: integerField({ default: 0 }),
    rating: positiveSmallIntegerField({ null: true }),
    views: bigIntegerField({ null: true }),
    weight: floatField({ null: true }),
    live: booleanField({ default: true }),
    day: dateField({ null: true }),
    seen: dateTimeField({ null: true }),
    created: dateTimeField({ autoNowAdd: true }),
    changed: dateTimeField({ autoNow: true }),
    code: uuidField({ null: true }),
    extra: jsonField({ null: true }),
    site: urlField({ blank: true }),
    contact: emailField({ blank: true }),
    notes: textField({ blank: true }),
    category: foreignKey(() => Category, { null: true, onDelete: 'setNull' }),
    owner: foreignKey(() => Customer, { null: true }),
    tags: manyToManyField(() => Tag),
  },
  permissions: { publish_product: 'Can publish products' },
}) {}

/** Points to products and keeps them from being deleted. */
export class OrderLine extends model('shop.OrderLine', {
  fields: { product: foreignKey(() => Product, { onDelete: 'protect' }), count: integerField({ default: 1 }) },
}) {}

/** The settings that make tests quick and their time stand still. */
export const quick = {
  secretKey: 'a secret key for tests, long enough to be no reason for a warning: 0123456789',
  passwords: { hashers: { preferred: 'pbkdf2_sha256', costs: { pbkdf2: { iterations: 2 } } } },
  // Tests log in as often as they like; those of the limits switch them on.
  lockouts: false,
  rateLimits: false,
  // A row that is written beside a response would be counted with its statements.
  events: false,
} as const satisfies Partial<SiteOptions<never, readonly AnyModelClass[], never, readonly string[]>>

/** The shop on an empty database, not migrated yet. */
export function shopOn(database: DatabaseSource, clock = new FixedClock('2026-11-23T08:00:00.123Z')) {
  return portcullis({ ...quick, clock, database, user: Customer, profile: Profile, models: [Tag, Category, Product, OrderLine] })
}

/** The shop's site. */
export type Shop = ReturnType<typeof shopOn>

/**
 * Runs `tests` on every kind of database that answers, one migrated shop for each.
 *
 * @example
 * eachShop((shop) => {
 *   test('is empty', async () => expect(await (await shop()).users.count()).toBe(0))
 * })
 */
export function eachShop(tests: (shop: () => Promise<Shop>, engine: TestEngine) => void): void {
  eachSite(shopOn, tests)
}

/** The same for any site. */
export function eachSite<S extends { migrate(): Promise<unknown>; close(): Promise<void> }>(
  make: (database: DatabaseSource) => S,
  tests: (site: () => Promise<S>, engine: TestEngine) => void,
): void {
  describe.each(engines.map((one) => [one.name, one] as const))('%s', (_name, engine) => {
    let opened: Promise<{ site: S; drop: () => Promise<void> }> | null = null
    const open = async (): Promise<{ site: S; drop: () => Promise<void> }> => {
      const database = await engine.create()
      const site = make(database.source())
      await site.migrate()
      return {
        site,
        drop: async () => {
          await site.close()
          await database.drop()
        },
      }
    }
    afterAll(async () => (await opened)?.drop())
    tests(async () => (await (opened ??= open())).site, engine)
  })
}
