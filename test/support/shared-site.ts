/**
 * A portcullis site on the database of a running Django, and both as sides of one thing: the same addresses, the same browser, the same
 * acts, so that a claim can be tried in both directions.
 * @module
 */

import { afterAll, beforeAll } from 'vitest'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { portcullis } from '../../src/index.js'
import { memoryTransport, type Mailbox } from '../../src/mail/memory-transport.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import type { TestEngine } from './databases.js'
import type { DjangoServer } from './django-server.js'
import { eachDjango, type Django, type DjangoOptions } from './django.js'
import { Visitor } from './visitor.js'

/** Both sign with the same key. */
export const SECRET_KEY = 'a-secret-that-both-sides-know-0123456789abcdefghijklmnopqrstuvwxyz'
/** As cheap as a test needs it, and the same on both sides: otherwise each would make every hash anew at login (H-1). */
const ITERATIONS = 1000

/** What a Django needs to know to share a database with `sharedSite`. */
export const SHARED: NonNullable<DjangoOptions['environment']> = { DJANGO_SECRET_KEY: SECRET_KEY, DJANGO_PBKDF2_ITERATIONS: String(ITERATIONS) }

/** Everybody's first password. */
export const PASSWORD = 'notes on the engine'

/** What a site on a Django's database is made with. */
export const sharedOptions = {
  secretKey: SECRET_KEY,
  django: '5.2',
  passwords: { hashers: { costs: { pbkdf2: { iterations: ITERATIONS } } } },
} as const

/** A site on a Django's database. */
export function sharedSite(database: DatabaseSource, mailbox: Mailbox = memoryTransport()) {
  return portcullis({ ...sharedOptions, database, mail: { transport: mailbox } })
}

/** The site. */
export type SharedSite = ReturnType<typeof sharedSite>

/** The cookies of one browser. They know no ports, so both sides of one host get the same. */
export type Jar = Map<string, string>

/** The database that a Django was given. */
export function sourceOf({ engine }: TestEngine, url: string): DatabaseSource {
  return engine === 'sqlite' ? sqlite(url) : engine === 'postgres' ? postgres(url) : mysql(url)
}

/** Whose name the session has, and what it keeps. */
export interface Whoami {
  readonly name: string | null
  readonly values: Readonly<Record<string, unknown>>
}

/** A link to set a new password. */
export interface Link {
  readonly uid: string
  readonly token: string
}

/** Which side. */
export type SideName = 'Django' | 'portcullis'

/** Both ways round, for `test.each`. */
export const DIRECTIONS: readonly (readonly [by: SideName, at: SideName])[] = [
  ['Django', 'portcullis'],
  ['portcullis', 'Django'],
]

/** One side: what its pages do for a browser, and what its developers do to a user. */
export interface Side {
  readonly name: SideName
  visitor(jar?: Jar): Visitor
  setPassword(username: string, password: string): Promise<void>
  update(username: string, values: { readonly isActive?: boolean; readonly email?: string }): Promise<void>
  delete(username: string): Promise<void>
  makeLink(username: string): Promise<Link>
  /** Whose link it is; null where it opens nothing. */
  nameOfLink(link: Link): Promise<string | null>
  /** The links in the mails to this address, oldest first, without their host. */
  mailedLinks(address: string): Promise<string[]>
  clearSessions(): Promise<void>
}

/** Django's side. */
export function sideOfDjango({ origin, send, shell }: DjangoServer): Side {
  const users = 'from django.contrib.auth import get_user_model\nusers = get_user_model().objects\n'
  const toUser = async (username: string, script: string, given: unknown = null): Promise<void> =>
    shell(`${users}user = users.get(username=given[0])\nvalue = given[1]\n${script}`, [username, given])
  return {
    name: 'Django',
    visitor: (jar) => new Visitor(send, origin, jar),
    setPassword: (username, password) => toUser(username, 'user.set_password(value)\nuser.save()', password),
    update: (username, { isActive, email }) =>
      toUser(username, 'for name, one in value.items():\n    setattr(user, name, one)\nuser.save()', {
        is_active: isActive ?? true,
        ...(email === undefined ? {} : { email }),
      }),
    delete: (username) => toUser(username, 'user.delete()'),
    makeLink: (username) =>
      shell(
        `${users}from django.contrib.auth.tokens import default_token_generator as tokens
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
user = users.get(username=given)
answer({"uid": urlsafe_base64_encode(force_bytes(user.pk)), "token": tokens.make_token(user)})`,
        username,
      ),
    nameOfLink: (link) =>
      shell(
        `${users}from django.contrib.auth.tokens import default_token_generator as tokens
from django.utils.http import urlsafe_base64_decode
user = users.get(pk=urlsafe_base64_decode(given["uid"]).decode())
answer(user.username if tokens.check_token(user, given["token"]) else None)`,
        link,
      ),
    mailedLinks: (address) =>
      shell(
        `import re
from django.core import mail
answer([link for one in mail.outbox if given in one.to for link in re.findall(r"https?://[^/\\s]+(/\\S+/reset/\\S+)", one.body)])`,
        address,
      ),
    clearSessions: () => shell('from django.core.management import call_command\ncall_command("clearsessions")'),
  }
}

/** This side. */
export function sideOfSite(site: SharedSite, mailbox: Mailbox = memoryTransport()): Side {
  const pages = site.pages()
  const find = (username: string) => site.users.get({ username })
  return {
    name: 'portcullis',
    visitor: (jar) =>
      new Visitor(
        async (request) => {
          const isPage = new URL(request.url).pathname.startsWith('/accounts/')
          const response = await (isPage ? pages.fetch(request) : site.handle(request, answer))
          // What runs beside responses is done when the next one is asked for.
          await site.idle()
          return response
        },
        'http://localhost',
        jar,
      ),
    setPassword: async (username, password) => (await find(username)).setPassword(password),
    update: async (username, values) => (await find(username)).update(values),
    delete: async (username) => void (await (await find(username)).delete()),
    async makeLink(username) {
      const user = await find(username)
      return { uid: site.resetTokens.uidOf(user), token: site.resetTokens.makeToken(user) }
    },
    async nameOfLink({ uid, token }) {
      const user = await site.resetTokens.find(uid)
      return site.resetTokens.checkToken(user, token) ? (user?.username ?? null) : null
    },
    async mailedLinks(address) {
      await site.mailer.idle()
      return mailbox.to(address).flatMap((one) =>
        mailbox
          .linksIn(one)
          .filter((link) => link.includes('/reset/'))
          .map((link) => new URL(link).pathname),
      )
    },
    clearSessions: async () => void (await site.sessions.clearExpired()),
  }
}

/** Opens when a test says so: requests to `/keep/?wait` wait for it. */
export const gate = { opened: Promise.resolve(), open: (): void => undefined }

/** The addresses of test/django/project/views.py. */
export async function answer(request: SharedSite['$types']['VisitorRequest']): Promise<Response> {
  const { session } = request
  switch (request.path) {
    case '/whoami/': {
      const values = Object.fromEntries(session.entries().filter(([name]) => !name.startsWith('_')))
      return Response.json({ name: request.user.getUsername() || null, values } satisfies Whoami)
    }
    case '/keep/': {
      session.update(JSON.parse(request.query.get('values') ?? '{}') as Record<string, unknown>)
      const expiry = JSON.parse(request.query.get('expiry') ?? 'null') as number | string | null
      if (expiry !== null) session.setExpiry(typeof expiry === 'string' ? new Date(expiry) : expiry)
      if (request.query.has('wait')) await gate.opened
      return new Response('kept')
    }
    case '/flush/':
      await session.flush()
      return new Response('flushed')
    default:
      return new Response('nothing is here', { status: 404 })
  }
}

/** A Django and a site on one database. */
export interface Pair {
  readonly engine: TestEngine
  readonly url: string
  readonly site: SharedSite
  readonly server: DjangoServer
  readonly django: Django
  side(name: SideName): Side
  /** Makes a user with `PASSWORD`, a name of their own and an address; gives the name. */
  newcomer(values?: { readonly isSuperuser?: boolean; readonly isStaff?: boolean }): Promise<string>
}

/**
 * Declares `tests` once for every kind of database: a running Django and a site on the same one, with Django's tables.
 *
 * @example
 * eachPair((pair) => {
 *   test('a login on one is a login on the other', async () => {
 *     const { site, server } = pair()
 *   })
 * })
 */
export function eachPair(tests: (pair: () => Pair) => void): void {
  eachDjango((engine, makeSite) => {
    let pair: Pair | null = null
    beforeAll(async () => {
      const { django, url } = await makeSite({ environment: SHARED })
      const server = await django.serve()
      await server.shell('from django.core.management import call_command\ncall_command("migrate", verbosity=0)')
      const mailbox = memoryTransport()
      const site = sharedSite(sourceOf(engine, url), mailbox)
      await site.migrate()
      const sides = { Django: sideOfDjango(server), portcullis: sideOfSite(site, mailbox) }
      let people = 0
      pair = {
        engine,
        url,
        site,
        server,
        django,
        side: (name) => sides[name],
        async newcomer(values) {
          const username = `ada${++people}`
          await site.users.createUser({ username, password: PASSWORD, email: `${username}@example.com`, ...values })
          return username
        },
      }
    })
    afterAll(async () => {
      await pair?.server.stop()
      await pair?.site.close()
    })
    tests(() => {
      if (pair === null) throw new Error('The pair is there once the tests run.')
      return pair
    })
  })
}

/** Logs somebody in by the form of a side's page. */
export async function logIn(side: Side, jar: Jar, username: string, password: string = PASSWORD): Promise<Response> {
  const visitor = side.visitor(jar)
  await visitor.get('/accounts/login/')
  const response = await visitor.post('/accounts/login/', { username, password })
  if (response.status >= 400 || response.status === 200)
    throw new Error(`${username} was not let in by ${side.name}: ${response.status} ${await response.text()}`)
  return response
}

/** A browser in which somebody is logged in, by a side. */
export async function loggedIn(side: Side, username: string): Promise<Jar> {
  const jar: Jar = new Map()
  await logIn(side, jar, username)
  return jar
}

/** What a side knows of a browser. */
export async function whoami(side: Side, jar: Jar): Promise<Whoami> {
  const response = await side.visitor(jar).get('/whoami/')
  return (await response.json()) as Whoami
}

/** Who somebody is to a side; null for nobody. */
export async function nameOf(side: Side, jar: Jar): Promise<string | null> {
  return (await whoami(side, jar)).name
}

/** Keeps values in a browser's session, by a side. */
export async function keep(side: Side, jar: Jar, values: unknown, expiry?: number | string): Promise<Response> {
  const query = new URLSearchParams({ values: JSON.stringify(values), ...(expiry === undefined ? {} : { expiry: JSON.stringify(expiry) }) })
  return side.visitor(jar).get(`/keep/?${query}`)
}
