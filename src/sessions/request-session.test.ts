import { describe, expect, test } from 'vitest'
import { FixedClock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { Keys } from '../crypto/keys.js'
import { CacheStore } from './cache-store.js'
import { SessionEncoding } from './encoding.js'
import { RequestSession } from './request-session.js'
import { MemoryCache } from './session-cache.js'
import { settleSessions, type SessionCookieOptions } from './settings.js'

function site(options: SessionCookieOptions = {}) {
  const clock = new FixedClock('2026-11-23T08:00:00Z')
  const settings = settleSessions(options)
  const encoding = new SessionEncoding({ keys: new Keys('a secret key for tests: 0123456789 abcdefghijklmnopqrstuvwxyz'), clock })
  const store = new CacheStore({ name: 'memory', cache: new MemoryCache(clock), clock, encoding, settings, records: null, lookup: null })
  /** A request that comes with this cookie. */
  const visit = async (cookie: string | null = null): Promise<RequestSession> =>
    new RequestSession({ store, clock, settings, cookie, stored: cookie === null ? null : await store.load(cookie) })
  /** A visitor whose session holds these values. */
  const visitor = async (values: Readonly<Record<string, unknown>> = { cart: ['mug'] }): Promise<string> => {
    const session = await visit()
    session.update(values)
    await session.save()
    return session.cookie ?? ''
  }
  return { clock, store, visit, visitor }
}

describe('RequestSession', () => {
  test('is a dictionary that survives requests', async () => {
    const { visit, visitor } = site()
    const cookie = await visitor({ cart: ['mug'], count: 2, nothing: null })
    const session = await visit(cookie)
    expect(session.get('cart')).toEqual(['mug'])
    expect(session.get('missing')).toBeUndefined()
    expect([session.has('nothing'), session.has('missing')]).toEqual([true, false])
    expect(session.keys()).toEqual(['cart', 'count', 'nothing'])
    expect(session.entries()).toEqual([
      ['cart', ['mug']],
      ['count', 2],
      ['nothing', null],
    ])
    expect(session.pop('count')).toBe(2)
    expect(session.pop('count', 7)).toBe(7)
    expect(session.setDefault('theme', 'dark')).toBe('dark')
    expect(session.setDefault('theme', 'light')).toBe('dark')
    expect([session.delete('theme'), session.delete('theme')]).toEqual([true, false])
    expect(session.toObject()).toEqual({ cart: ['mug'], nothing: null })
    expect(await session.save()).toBe('saved')
    expect((await visit(cookie)).toObject()).toEqual({ cart: ['mug'], nothing: null })
  })

  test('names are data: __proto__ and constructor are names like any other', async () => {
    const { visit, visitor } = site()
    const session = await visit(await visitor(JSON.parse('{"__proto__":{"admin":true},"a":1}') as Record<string, unknown>))
    expect(session.get('__proto__')).toEqual({ admin: true })
    expect(session.get('admin')).toBeUndefined()
    expect(session.has('constructor')).toBe(false)
    expect(session.has('toString')).toBe(false)
    session.set('constructor', 1)
    expect(session.keys()).toEqual(['__proto__', 'a', 'constructor'])
  })

  test('SE-9: reading shows as accessed, changing as modified, and a change inside a value only when it is said', async () => {
    const { visit, visitor } = site()
    const cookie = await visitor({ list: [1], other: 1 })
    const flags = async (act: (session: RequestSession) => unknown): Promise<[boolean, boolean]> => {
      const session = await visit(cookie)
      act(session)
      return [session.accessed, session.modified]
    }
    expect(await flags(() => null)).toEqual([false, false])
    for (const cookieOnly of ['isEmpty', 'cookie', 'savedNow'] as const) expect(await flags((session) => session[cookieOnly])).toEqual([false, false])
    expect(await flags((session) => session.getExpiryAge())).toEqual([false, false])
    for (const read of ['keys', 'entries', 'toObject', 'testCookieWorked'] as const)
      expect(await flags((session) => session[read]())).toEqual([true, false])
    expect(await flags((session) => session.get('list'))).toEqual([true, false])
    expect(await flags((session) => session.has('list'))).toEqual([true, false])
    expect(await flags((session) => (session.get('list') as number[]).push(2))).toEqual([true, false])
    expect(await flags((session) => session.pop('missing'))).toEqual([true, false])
    expect(await flags((session) => session.delete('missing'))).toEqual([true, false])
    expect(await flags((session) => session.setDefault('list', 0))).toEqual([true, false])
    expect(await flags((session) => session.pop('other'))).toEqual([true, true])
    expect(await flags((session) => session.delete('other'))).toEqual([true, true])
    expect(await flags((session) => session.set('list', [1]))).toEqual([true, true])
    expect(await flags((session) => session.update({}))).toEqual([true, true])
    expect(await flags((session) => session.clear())).toEqual([true, true])
    const session = await visit(cookie)
    ;(session.get('list') as number[]).push(2)
    session.modified = true
    await session.save()
    expect(session.modified).toBe(false)
    expect((await visit(cookie)).get('list')).toEqual([1, 2])
  })

  test('SE-9: is empty without key and values', async () => {
    const { visit, visitor } = site()
    const session = await visit()
    expect(session.isEmpty).toBe(true)
    session.set('a', 1)
    expect(session.isEmpty).toBe(false)
    session.clear()
    expect(session.isEmpty).toBe(true)
    const known = await visit(await visitor())
    known.clear()
    expect(known.isEmpty).toBe(false)
    await known.flush()
    expect(known.isEmpty).toBe(true)
  })

  test('nothing is stored before it is saved, and a session that was never saved has no cookie', async () => {
    const { visit } = site()
    const session = await visit()
    session.set('a', 1)
    expect([session.cookie, session.storedKey, session.savedNow, session.hasNewKey]).toEqual([null, null, false, false])
    await session.save()
    expect(session.cookie).toMatch(/^[a-z0-9]{32}$/)
    expect(session.storedKey).toMatch(/^[0-9a-f]{40}$/)
    expect([session.savedNow, session.hasNewKey]).toEqual([true, true])
    const again = await visit(session.cookie)
    again.set('a', 2)
    await again.save()
    expect([again.cookie, again.savedNow, again.hasNewKey]).toEqual([session.cookie, true, false])
  })

  test('D1: a key that the visitor chose is never adopted', async () => {
    const { visit } = site()
    const planted = 'a'.repeat(32)
    const session = await visit(planted)
    expect([session.cookie, session.isEmpty]).toEqual([null, true])
    session.set('a', 1)
    await session.save()
    expect(session.cookie).not.toBe(planted)
    expect((await visit(planted)).isEmpty).toBe(true)
  })

  test('D1: cycleKey keeps the values under a new key, and the old one opens nothing', async () => {
    const { visit, visitor } = site()
    const before = await visitor()
    const session = await visit(before)
    await session.cycleKey()
    await session.cycleKey()
    session.set('user', 7)
    expect((await visit(before)).get('cart')).toEqual(['mug'])
    expect(await session.save()).toBe('saved')
    expect([session.cookie === before, session.hasNewKey]).toEqual([false, true])
    expect((await visit(before)).isEmpty).toBe(true)
    expect((await visit(session.cookie)).toObject()).toEqual({ cart: ['mug'], user: 7 })
  })

  test('renew: of several requests at once one gives the session another key, and the others go on with what they read', async () => {
    const { store, visit, visitor } = site()
    const cookie = await visitor({ cart: ['mug'], hash: 'old' })
    const sessions = [await visit(cookie), await visit(cookie), await visit(cookie)]
    for (const session of sessions) await session.renew('hash', 'new')
    expect(sessions.map((one) => one.renewal)).toEqual(['renewed', 'overtaken', 'overtaken'])
    expect(sessions.map((one) => [one.savedNow, one.modified, one.isEmpty])).toEqual([
      [true, false, false],
      [false, false, false],
      [false, false, false],
    ])
    for (const session of sessions) expect(session.toObject()).toEqual({ cart: ['mug'], hash: 'new' })
    expect(await store.load(cookie)).toBeNull()
    expect((await visit(sessions[0]?.cookie ?? '')).toObject()).toEqual({ cart: ['mug'], hash: 'new' })
    // What is changed afterwards is kept by the one, and would be lost by the others: they say so (D5).
    for (const session of sessions) session.set('cart', [])
    expect([await sessions[0]?.save(), await sessions[1]?.save()]).toEqual(['saved', 'gone'])
  })

  test('D5: renew does not bring back a session that ended meanwhile, and makes none where there is none', async () => {
    const { store, visit, visitor } = site()
    const cookie = await visitor()
    const slow = await visit(cookie)
    await (await visit(cookie)).flush()
    await slow.renew('hash', 'new')
    expect([slow.renewal, slow.savedNow, await store.load(cookie)]).toEqual(['overtaken', false, null])
    const nobody = await visit()
    await nobody.renew('hash', 'new')
    expect([nobody.isEmpty, nobody.renewal]).toEqual([true, null])
  })

  test('cycleKey on a visitor without a session makes none', async () => {
    const { visit } = site()
    const session = await visit()
    await session.cycleKey()
    expect(session.isEmpty).toBe(true)
  })

  test('D5: a slow request does not bring back a session that ended meanwhile', async () => {
    const { visit, visitor } = site()
    const cookie = await visitor({ user: 7 })
    const slow = await visit(cookie)
    await (await visit(cookie)).flush()
    slow.set('last page', '/')
    expect(await slow.save()).toBe('gone')
    expect([slow.cookie, slow.isEmpty, slow.savedNow, slow.modified]).toEqual([null, true, false, false])
    expect((await visit(cookie)).isEmpty).toBe(true)
  })

  test('D5: not under another key either, unless a login started it anew', async () => {
    const { visit, visitor } = site()
    const cookie = await visitor({ user: 7 })
    const [slow, login] = [await visit(cookie), await visit(cookie)]
    await (await visit(cookie)).flush()
    await slow.cycleKey()
    expect(await slow.save()).toBe('gone')
    expect(slow.isEmpty).toBe(true)
    await login.cycleKey({ ifGone: 'start' })
    login.set('user', 8)
    expect(await login.save()).toBe('saved')
    expect((await visit(login.cookie)).get('user')).toBe(8)
  })

  test('D2: flush ends the session at once, and what is set afterwards starts another', async () => {
    const { visit, visitor } = site()
    const cookie = await visitor({ user: 7 })
    const session = await visit(cookie)
    await session.cycleKey()
    await session.flush()
    expect([session.cookie, session.isEmpty, session.toObject()]).toEqual([null, true, {}])
    expect((await visit(cookie)).isEmpty).toBe(true)
    expect((await visit('')).isEmpty).toBe(true)
    session.set('a', 1)
    await session.save()
    expect(session.cookie).not.toBe(cookie)
    expect((await visit(session.cookie)).toObject()).toEqual({ a: 1 })
  })

  test('SE-7: lasts as long as the site says, or as it says itself', async () => {
    const { clock, visit, visitor } = site({ cookieAge: 600 })
    const session = await visit(await visitor())
    expect([session.getExpiryAge(), session.getExpireAtBrowserClose()]).toEqual([600, false])
    session.setExpiry(60)
    expect([session.getExpiryAge(), session.getExpiryDate()]).toEqual([60, new Date('2026-11-23T08:01:00Z')])
    session.setExpiry(0)
    expect([session.getExpiryAge(), session.getExpireAtBrowserClose()]).toEqual([600, true])
    session.setExpiry(new Date('2026-11-23T09:00:00.5Z'))
    expect(session.toObject()['_session_expiry']).toBe('2026-11-23T09:00:00.500000+00:00')
    expect([session.getExpiryAge(), session.getExpireAtBrowserClose()]).toEqual([3600, false])
    clock.advance(60)
    expect(session.getExpiryAge()).toBe(3540)
    session.setExpiry(null)
    expect(session.has('_session_expiry')).toBe(false)
    expect(() => session.setExpiry(1.5)).toThrow(ImproperlyConfigured)
    expect(() => session.setExpiry(new Date(Number.NaN))).toThrow(ImproperlyConfigured)
    session.setExpiry(new Date(8.64e15))
    expect(session.getExpiryDate().getUTCFullYear()).toBe(9999)
    session.setExpiry(Number.MAX_SAFE_INTEGER)
    expect(session.getExpiryDate().getUTCFullYear()).toBe(9999)
  })

  test('the site may end sessions with the browser, and a session may say otherwise', async () => {
    const { visit } = site({ expireAtBrowserClose: true })
    const session = await visit()
    expect(session.getExpireAtBrowserClose()).toBe(true)
    session.setExpiry(60)
    expect(session.getExpireAtBrowserClose()).toBe(false)
  })

  test('SE-8: tells whether a visitor takes cookies', async () => {
    const { visit } = site()
    const session = await visit()
    expect(session.testCookieWorked()).toBe(false)
    session.setTestCookie()
    await session.save()
    const next = await visit(session.cookie)
    expect([next.testCookieWorked(), next.get('testcookie')]).toEqual([true, 'worked'])
    next.deleteTestCookie()
    expect(next.testCookieWorked()).toBe(false)
  })

  test('D9: shows neither key nor values when it is printed', async () => {
    const { visit, visitor } = site()
    const session = await visit(await visitor({ secret: 'canary' }))
    const { inspect } = await import('node:util')
    for (const printed of [inspect(session, { depth: 5, showHidden: true }), JSON.stringify(session), String(session)]) {
      expect(printed).not.toContain('canary')
      expect(printed).not.toContain(session.cookie)
    }
  })
})
