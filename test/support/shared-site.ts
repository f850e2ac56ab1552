/**
 * A portcullis site on the database of a running Django: one of the two sides.
 * @module
 */

import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { portcullis } from '../../src/index.js'
import { memoryTransport, type Mailbox } from '../../src/mail/memory-transport.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import type { TestEngine } from './databases.js'
import type { DjangoOptions } from './django.js'
import type { Side, Whoami } from './sides.js'
import { Visitor } from './visitor.js'

/** Both sign with the same key. */
export const SECRET_KEY = 'a-secret-that-both-sides-know-0123456789abcdefghijklmnopqrstuvwxyz'
/** As cheap as a test needs it, and the same on both sides: otherwise each would make every hash anew at login (H-1). */
const ITERATIONS = 1000

/** What a Django needs to know to share a database with `sharedSite`. */
export const SHARED: NonNullable<DjangoOptions['environment']> = { DJANGO_SECRET_KEY: SECRET_KEY, DJANGO_PBKDF2_ITERATIONS: String(ITERATIONS) }

/** What a site on a Django's database is made with. */
export const sharedOptions = {
  secretKey: SECRET_KEY,
  django: '5.2',
  passwords: { hashers: { costs: { pbkdf2: { iterations: ITERATIONS } } } },
  mail: { transport: memoryTransport() },
} as const

/** A site on a Django's database. */
export function sharedSite(database: DatabaseSource, mailbox: Mailbox = memoryTransport()) {
  return portcullis({ ...sharedOptions, database, mail: { transport: mailbox } })
}

/** The site. */
export type SharedSite = ReturnType<typeof sharedSite>

/** The database that a Django was given. */
export function sourceOf({ engine }: TestEngine, url: string): DatabaseSource {
  return engine === 'sqlite' ? sqlite(url) : engine === 'postgres' ? postgres(url) : mysql(url)
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

/** Holds up requests to `/keep/?wait` from `close()` until `open()`. */
export const gate = {
  opened: Promise.resolve(),
  open: (): void => undefined,
  arrive: (): void => undefined,
  /** Settles once a request waits. */
  close(): Promise<void> {
    this.opened = new Promise((resolve) => (this.open = resolve))
    return new Promise((resolve) => (this.arrive = resolve))
  },
}

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
      if (request.query.has('wait')) {
        gate.arrive()
        await gate.opened
      }
      return new Response('kept')
    }
    case '/flush/':
      await session.flush()
      return new Response('flushed')
    default:
      return new Response('nothing is here', { status: 404 })
  }
}
