import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { OTHER_PASSWORD, PASSWORD } from '../support/account-pages.js'
import { startChild, type Child } from '../support/child-process.js'
import { engines, type PrivateDatabase } from '../support/databases.js'
import { png } from '../support/pictures.js'
import { Visitor } from '../support/visitor.js'
import { killedSite } from './killed-site.js'

const SERVE = `
  import { serveKilledSite } from './test/databases/killed-site.js'
  await serveKilledSite(...process.argv.slice(-3))`

const KINDS = [
  { kind: 'node:sqlite', rounds: 3 },
  { kind: 'PostgreSQL', rounds: 2 },
].flatMap(({ kind, rounds }) => engines.filter((one) => one.name === kind).map((engine) => ({ kind, rounds, engine })))

/** What people were told until the process died, and what they had asked for then and heard nothing of. */
interface Told {
  readonly registered: Set<string>
  readonly sessions: Map<string, Visitor>
  /** Set by a link that was mailed: true where the answer came, false where none did. */
  readonly reset: Map<string, boolean>
  readonly pictured: Set<string>
  /** Pictures under way. */
  uploading: number
  /** Requests that were answered, and those whose answer never came. */
  answered: number
  unanswered: number
}

/** Numbers that look random, and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const isRefused = Symbol('the process is gone')

/** Follows people until the process dies under them. */
async function untilDeath(told: Told, life: () => Promise<void>): Promise<void> {
  try {
    for (;;) {
      await life()
      // Pictures take their time, and should get some.
      await sleep(5)
    }
  } catch (error) {
    if (error !== isRefused) throw error
    told.unanswered += 1
  }
}

/** The pages of a process: a request that it does not answer ends the life of whoever asked. */
function at(origin: string, told: Told): () => Visitor {
  return () =>
    new Visitor(async (request) => {
      try {
        const response = await fetch(request)
        // The answer has come when all of it has.
        const bytes = await response.arrayBuffer()
        told.answered += 1
        return new Response(bytes.byteLength === 0 ? null : bytes, response)
      } catch {
        throw isRefused
      }
    }, origin)
}

async function start(database: PrivateDatabase, folder: string, told: Told, dieAt: number): Promise<{ child: Child; visitor: () => Visitor }> {
  const child = startChild(SERVE, [database.url, folder, String(dieAt)])
  let said = ''
  child.process.stdout?.on('data', (text: string) => (said += text))
  await child.printed(';')
  return { child, visitor: at(`http://127.0.0.1:${/port (\d+);/.exec(said)?.[1]}`, told) }
}

async function kill({ process: child, ended }: Child): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

async function register(visitor: Visitor, username: string): Promise<void> {
  await visitor.get('/accounts/register/')
  const fields = { username, email: `${username}@example.com`, password1: PASSWORD, password2: PASSWORD }
  expect((await visitor.post('/accounts/register/', fields)).status).toBe(303)
}

async function logIn(visitor: Visitor, username: string, password = PASSWORD): Promise<void> {
  await visitor.get('/accounts/login/')
  expect((await visitor.post('/accounts/login/', { username, password })).status).toBe(303)
}

async function sendPicture(visitor: Visitor, username: string): Promise<void> {
  const body = new FormData()
  body.set('csrfmiddlewaretoken', visitor.csrfSecret ?? '')
  body.set('email', `${username}@example.com`)
  body.set('picture', new Blob([new Uint8Array(png(16, 16))]), 'face.png')
  const response = await visitor.request('/accounts/profile/', { method: 'POST', body, headers: { accept: 'text/html' } })
  expect(response.status).toBe(303)
}

/** All that people do at once until the process dies. */
function crowd(round: number, told: Told, visitor: () => Visitor, links: Map<string, string>): Promise<unknown> {
  let count = 0
  const registering = async (): Promise<void> => {
    const [one, username] = [visitor(), `new${round}x${(count += 1)}`]
    await register(one, username)
    told.registered.add(username)
    told.sessions.set(username, one)
  }
  const loggingIn = async (): Promise<void> => {
    const one = visitor()
    await logIn(one, 'ada')
    told.sessions.set(`ada ${(count += 1)}`, one)
  }
  const resetting = async (): Promise<void> => {
    const [next] = links
    if (next === undefined) return loggingIn()
    const [username, link] = next
    links.delete(username)
    const one = visitor()
    const form = (await one.get(link)).headers.get('location') ?? ''
    await one.get(form)
    told.reset.set(username, false)
    const answer = await one.post(form, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
    expect(answer.headers.get('location')).toBe('/accounts/reset/done/')
    told.reset.set(username, true)
  }
  const picturing = async (): Promise<void> => {
    const [one, username] = [visitor(), `face${round}x${(count += 1)}`]
    await register(one, username)
    told.registered.add(username)
    // Twice: the second one takes the first one's place.
    for (let picture = 0; picture < 2; picture += 1) {
      told.uploading += 1
      await sendPicture(one, username)
      told.uploading -= 1
      told.pictured.add(username)
    }
  }
  const lives = [registering, registering, loggingIn, resetting, resetting, picturing, picturing, picturing]
  return Promise.all(lives.map(async (life) => untilDeath(told, life)))
}

describe.each(KINDS)('a process that is killed: $kind', ({ engine, rounds }) => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_test_'))
  let database: PrivateDatabase | null = null
  afterAll(async () => {
    await database?.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Looks at what is there with a site of this process. */
  async function look<T>(work: (site: ReturnType<typeof killedSite> & { visitor: () => Visitor }) => Promise<T>): Promise<T> {
    const site = killedSite(database?.url ?? '', folder)
    const pages = site.auth.pages()
    const visitor = (): Visitor => new Visitor((request) => pages.fetch(request, { address: '203.0.113.9' }), 'http://127.0.0.1')
    try {
      return await work({ ...site, visitor })
    } finally {
      await site.auth.close()
    }
  }

  /** People whose passwords will be set in this round, and the links that were mailed to them. */
  async function invite(round: number): Promise<Map<string, string>> {
    return look(async ({ auth, mailbox, visitor }) => {
      const links = new Map<string, string>()
      for (let count = 0; count < 12; count += 1) {
        const username = `old${round}x${count}`
        await auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD })
        const one = visitor()
        await one.get('/accounts/password_reset/')
        await one.post('/accounts/password_reset/', { email: `${username}@example.com` })
        await auth.idle()
        links.set(username, new URL(mailbox.linksIn()[0] ?? '').pathname)
      }
      return links
    })
  }

  async function expectWhole(told: Told): Promise<void> {
    await look(async ({ auth, visitor }) => {
      const { database: open } = auth.internals.registry
      if (open.engine === 'sqlite') {
        expect(await open.execute(sql`pragma integrity_check`)).toEqual([{ integrity_check: 'ok' }])
        expect(await open.execute(sql`pragma foreign_key_check`)).toEqual([])
      } else {
        // What the server was doing for the dead comes to an end first.
        const others = sql<{ count: string }>`select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
        for (let round = 0; Number((await open.execute(others))[0]?.count) > 0 && round < 100; round += 1) await sleep(50)
      }
      const users = await auth.users.all()
      const profiles = await auth.profiles.all()
      const names = new Set(users.map((one) => one.username))
      expect([...told.registered].filter((name) => !names.has(name))).toEqual([])
      expect(profiles.length).toBe(users.length)
      const pictureOf = new Map<string, string | null>()
      for (const user of users) pictureOf.set(user.username, (await auth.profiles.get(user)).picture)
      // Whoever is there can log in, whether they were told or not.
      for (const { username } of users) {
        const [old, fresh] = await Promise.all([PASSWORD, OTHER_PASSWORD].map(async (password) => auth.authenticate(null, { username, password })))
        const isReset = fresh !== null
        expect([username, old === null]).toEqual([username, isReset])
        if (told.reset.get(username) !== false) expect([username, isReset]).toEqual([username, told.reset.get(username) === true])
      }
      for (const [name, { cookies }] of told.sessions) {
        const one = visitor()
        for (const [cookie, value] of cookies) one.cookies.set(cookie, value)
        expect([name, (await one.getJson('/accounts/profile/')).status]).toEqual([name, 200])
      }
      for (const name of told.pictured) expect(pictureOf.get(name), `the picture of ${name}`).not.toBeNull()
      const files = new Set(readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : [])))
      const named = [...pictureOf.values()].flatMap((path) => (path === null ? [] : [path.slice(path.lastIndexOf('/') + 1)]))
      expect(named.filter((one) => !files.has(one))).toEqual([])
      // A file too many belongs to a form that was not answered.
      expect(files.size - named.length).toBeLessThanOrEqual(told.uploading)
    })
  }

  test('what was answered is there, nothing is there by half, and the next process goes on', { timeout: 180_000 }, async () => {
    database = await engine.create()
    await look(async ({ auth }) => {
      await auth.migrate()
      await auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
    })
    const told: Told = { registered: new Set(), sessions: new Map(), reset: new Map(), pictured: new Set(), uploading: 0, answered: 0, unanswered: 0 }
    const roll = dice(20_261_124)
    for (let round = 0; round < rounds; round += 1) {
      const links = await invite(round)
      const { child, visitor } = await start(database, folder, told, round === 1 ? 16 : 0)
      // Who was there before is there for the next process.
      await logIn(visitor(), [...told.registered].at(-1) ?? 'ada')
      const work = crowd(round, told, visitor, links)
      // Told by answers, so that a slow machine dies as far into its work as a quick one.
      const [last, pictures] = [told.answered + 40 + Math.floor(roll() * 60), told.pictured.size + 2 + Math.floor(roll() * 2)]
      while (child.process.exitCode === null && child.process.signalCode === null && (told.answered < last || told.pictured.size < pictures))
        await sleep(1)
      await sleep(roll() * 15)
      // The second dies by itself, between a user and their profile.
      if (round === 1) await child.ended
      else await kill(child)
      await work
      await expectWhole(told)
    }
    const acknowledged = [...told.reset.values()].filter(Boolean).length
    console.info(
      `${told.registered.size} registered, ${told.sessions.size} sessions, ${acknowledged} resets, ${told.pictured.size} with pictures; ${told.unanswered} unanswered`,
    )
    for (const many of [told.registered.size, told.sessions.size, acknowledged, told.pictured.size, told.unanswered]) expect(many).toBeGreaterThan(1)
  })
})
