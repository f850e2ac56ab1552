import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { ServiceUnavailable } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, memoryStorage, PASSWORD, type Accounts } from '../support/account-pages.js'
import { png } from '../support/pictures.js'
import type { Visitor } from '../support/visitor.js'

const opened: (() => unknown)[] = []
afterAll(async () => {
  for (const close of opened.toReversed()) await close()
})

async function siteOn(driver: 'node:sqlite' | 'better-sqlite3', extras: Parameters<typeof accountsOn>[1] = {}): Promise<Accounts> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_test_'))
  const site = accountsOn(sqlite(join(folder, 'test.db'), { driver }), extras)
  opened.push(() => rmSync(folder, { recursive: true, force: true }), site.close)
  await site.migrate()
  await site.auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
  return site
}

/** What stands in an answer of 503. */
async function expectUnavailable(response: Response): Promise<void> {
  expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true])
  expect(await response.text()).not.toMatch(/SQLITE|ENOSPC|disk is full|no space/i)
}

async function register(visitor: Visitor, username: string): Promise<Response> {
  await visitor.get('/accounts/register/')
  return visitor.post('/accounts/register/', { username, email: `${username}@example.com`, password1: PASSWORD, password2: PASSWORD })
}

async function sendProfile(visitor: Visitor, picture: boolean, bio = ''): Promise<Response> {
  const body = new FormData()
  body.set('csrfmiddlewaretoken', visitor.csrfSecret ?? '')
  body.set('email', 'ada@example.com')
  body.set('bio', bio)
  if (picture) body.set('picture', new Blob([new Uint8Array(png(16, 16))]), 'face.png')
  return visitor.request('/accounts/profile/', { method: 'POST', body, headers: { accept: 'text/html', origin: 'http://localhost' } })
}

describe.each(['node:sqlite', 'better-sqlite3'] as const)('the disk is full: %s', (driver) => {
  test('16.5.2, 16.5.3: what cannot be written is answered with 503, nothing is there by half, and all goes on once there is room', async () => {
    const site = await siteOn(driver)
    const { database } = site.auth.internals.registry
    const pragma = async (text: string): Promise<number> =>
      Number(Object.values((await database.execute<Record<string, unknown>>(sql.raw(`pragma ${text}`)))[0] ?? {})[0])
    const ada = await site.loggedIn('ada')
    // A file that may not grow, and whose free pages are used up first.
    await pragma(`max_page_count = ${await pragma('page_count')}`)
    const made: string[] = []
    const refused: string[] = []
    for (let count = 0; refused.length < 5 && count < 2000; count += 1) {
      const [visitor, username] = [site.visitor(), `new${count}`]
      const response = await register(visitor, username)
      if (response.status === 303) made.push(username)
      else {
        await expectUnavailable(response)
        // No cookie says that somebody was let in.
        expect(visitor.sessionCookie).toBeNull()
        refused.push(username)
      }
    }
    expect(refused).toHaveLength(5)
    for (const error of site.errors) expect(error).toBeInstanceOf(ServiceUnavailable)
    expect(site.errors.length).toBeGreaterThanOrEqual(5)
    // Whoever is there can still read.
    expect((await ada.get('/accounts/profile/')).status).toBe(200)
    await expectUnavailable(await sendProfile(ada, false, 'tea '.repeat(3000)))
    const before = await site.auth.users.all()
    const there = new Set(before.map((one) => one.username))
    expect(made.filter((one) => !there.has(one))).toEqual([])
    expect(await site.auth.profiles.count()).toBe(before.length)
    expect(await database.execute(sql`pragma integrity_check`)).toEqual([{ integrity_check: 'ok' }])
    expect(await database.execute(sql`pragma foreign_key_check`)).toEqual([])
    await pragma('max_page_count = 1000000')
    for (const username of refused) {
      // The account may have had room where the session had none: it is there whole, and its owner gets in.
      if (!there.has(username)) expect((await register(site.visitor(), username)).status).toBe(303)
      await site.loggedIn(username)
    }
    expect((await sendProfile(ada, false, 'tea '.repeat(100))).status).toBe(303)
    expect(await site.auth.profiles.count()).toBe(1 + made.length + refused.length)
  })
})

describe('the room for pictures is full', () => {
  test('16.5.2: the form is answered with 503 and keeps the old picture with all else; once there is room it is taken', async () => {
    let isFull = false
    const storage = memoryStorage()
    const save: typeof storage.save = async (name, bytes) => {
      if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
      return storage.save(name, bytes)
    }
    const site = await siteOn('node:sqlite', { media: { storage: { ...storage, save } } })
    const ada = await site.loggedIn('ada')
    const profile = async () => site.auth.profiles.get(await site.auth.users.get({ username: 'ada' }))
    expect((await sendProfile(ada, true, 'before')).status).toBe(303)
    const { picture } = await profile()
    expect([...storage.kept.keys()]).toEqual([picture])
    isFull = true
    await expectUnavailable(await sendProfile(ada, true, 'meanwhile'))
    expect(site.errors.at(-1)).toBeInstanceOf(ServiceUnavailable)
    expect([(await profile()).picture, (await profile()).bio]).toEqual([picture, 'before'])
    expect([...storage.kept.keys()]).toEqual([picture])
    // A form without a picture needs no room.
    expect((await sendProfile(ada, false, 'words')).status).toBe(303)
    expect([(await profile()).picture, (await profile()).bio]).toEqual([picture, 'words'])
    isFull = false
    expect((await sendProfile(ada, true, 'afterwards')).status).toBe(303)
    const after = await profile()
    expect([after.picture === picture, after.bio]).toEqual([false, 'afterwards'])
    expect([...storage.kept.keys()]).toEqual([after.picture])
  })
})
