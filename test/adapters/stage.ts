/**
 * A database with people, the application on it, and visitors: what every case of the suite begins with.
 * @module
 */

import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { FixedClock, portcullis, type PermissionDenied } from '../../src/index.js'
import type { Refusal } from '../../src/authentication/refusal.js'
import { Category, Customer, OrderLine, Product, Profile, quick, Tag, type Shop } from '../support/shop.js'
import { engines, type PrivateDatabase } from '../support/databases.js'
import { gates, tinyPages } from './application.js'
import { Visitor } from './client.js'
import type { Running, Setup, Subject } from './subject.js'

type Name =
  | 'trustedProxies'
  | 'baseUrl'
  | 'sessions'
  | 'csrf'
  | 'bodyLimits'
  | 'allowedHosts'
  | 'securityHeaders'
  | 'secureSslRedirect'
  | 'secureRedirectExempt'
  | 'secureSslHost'
  | 'onError'

/** What a site of the suite may have otherwise than the first one. */
type ShopOptions = Partial<Pick<Parameters<typeof portcullis>[0], Name>>

/** The beginning of every case. */
export interface Stage {
  readonly subject: Subject
  /** The site that the application uses. */
  readonly shop: Shop
  /** What the site was told of: refusals with their reasons, and errors. */
  readonly told: { readonly refusals: (Refusal & { readonly from: string | null })[]; readonly errors: unknown[] }
  /** Somebody new. */
  visitor(headers?: Readonly<Record<string, string>>): Visitor
  /** Somebody who has logged in: `ada` may add products, `grace` may nothing, `root` everything. */
  loggedIn(username: 'ada' | 'grace' | 'root', headers?: Readonly<Record<string, string>>): Promise<Visitor>
  /** Another site on the same database. */
  shopWith(options: ShopOptions): Shop
  /** Another application, for the length of one test. */
  start(setup: Partial<Setup>): Promise<Running>
}

/** A database with the people of the suite, made for the first who opens it. */
export interface PeopledDatabase {
  open(): Promise<PrivateDatabase>
  drop(): Promise<void>
}

/** Describes one: `ada` may add products, `grace` may nothing, `root` everything. */
export function peopledDatabase(engineName = 'node:sqlite'): PeopledDatabase {
  let made: Promise<PrivateDatabase> | null = null
  const make = async (): Promise<PrivateDatabase> => {
    const engine = engines.find(({ name }) => name === engineName)
    if (engine === undefined) throw new Error(`There is no ${engineName} here.`)
    const database = await engine.create()
    const shop = portcullis({ ...described, database: database.source() })
    await shop.migrate()
    const ada = await shop.users.createUser({ username: 'ada', password: 'notes' })
    await ada.userPermissions.add('shop.add_product')
    await shop.users.createUser({ username: 'grace', password: 'notes' })
    await shop.users.createSuperuser({ username: 'root', password: 'notes' })
    await shop.close()
    return database
  }
  return { open: async () => (made ??= make()), drop: async () => (await made)?.drop() }
}

/** What the site of the suite is made of, wherever its database is. */
const described = {
  ...quick,
  clock: new FixedClock('2026-11-23T08:00:00.123Z'),
  user: Customer,
  profile: Profile,
  models: [Tag, Category, Product, OrderLine],
} as const

/** Sets the stage for `subject`: on a database of its own, unless several share one. */
export function stageFor(subject: Subject, setting: { readonly database?: PeopledDatabase; readonly options?: ShopOptions } = {}): Stage {
  const told: Stage['told'] = { refusals: [], errors: [] }
  const peopled = setting.database ?? peopledDatabase()
  let database: PrivateDatabase
  let shop: Shop
  let running: Running
  const shops: Shop[] = []

  const shopWith = (options: ShopOptions): Shop => {
    const made: Shop = portcullis({
      ...described,
      database: database.source(),
      // A log wants to know from where, also when nothing else is left of the request.
      onRefusal: (refusal, request) => told.refusals.push({ ...refusal, from: request?.address ?? null }),
      onError: (error) => told.errors.push(error),
      ...setting.options,
      ...options,
    })
    shops.push(made)
    return made
  }
  const setupOf = (setup: Partial<Setup>): Setup => ({ shop, mounts: { '/pages': tinyPages }, ...setup })

  beforeAll(async () => {
    database = await peopled.open()
    shop = shopWith({})
    running = await subject.start(setupOf({}))
  })
  afterAll(async () => {
    await running.stop()
    for (const one of shops) await one.close()
    if (setting.database === undefined) await peopled.drop()
  })

  return {
    subject,
    get shop() {
      return shop
    },
    told,
    shopWith,
    visitor: (headers) => new Visitor((request) => running.send(request), headers),
    loggedIn: async (username, headers) => logIn(new Visitor((request) => running.send(request), headers), username),
    async start(setup) {
      const other = await subject.start(setupOf(setup))
      onTestFinished(() => other.stop())
      return other
    },
  }
}

/** Logs a visitor in, as a page does it: the token first. */
export async function logIn(visitor: Visitor, username: string, base = ''): Promise<Visitor> {
  await visitor.get(`${base}/token`)
  const { status, text } = await visitor.post(`${base}/login?username=${username}`)
  if (status !== 200) throw new Error(`${username} could not log in: ${status} ${text}`)
  return visitor
}

let gateNumber = 0

/** A gate that a request waits at: `arrived` resolves when it is there, `open()` lets it go on. */
export function gate(): { readonly name: string; readonly arrived: Promise<void>; open(): void } {
  const name = `gate-${(gateNumber += 1)}`
  const arrived = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  gates.set(name, { arrived: arrived.resolve, opened: opened.promise })
  return { name, arrived: arrived.promise, open: opened.resolve }
}

/** Named so that a reader sees which error handlers throw to refuse. */
export type { PermissionDenied }
