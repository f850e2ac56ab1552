/**
 * Who may call what, and what everybody else is told.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { visits } from '../application.js'
import { Visitor } from '../client.js'
import { logIn, type Stage } from '../stage.js'

/** Runs something, and tells whether a handler behind a guard was called. */
async function handled(work: () => Promise<unknown>): Promise<boolean> {
  const before = visits.count
  await work()
  return visits.count > before
}

export function guardCases(stage: Stage): void {
  const { cannot = {} } = stage.subject

  describe('guards', () => {
    test('a browser without a login is sent to the login page, and comes back', async () => {
      const visitor = stage.visitor()
      const called = await handled(async () => {
        const answer = await visitor.get('/private?a=1&b=/x')
        expect(answer.status).toBe(302)
        expect(answer.headers.get('location')).toBe('/accounts/login/?next=/private%3Fa%3D1%26b%3D/x')
        expect(answer.text).toBe('')
      })
      expect(called).toBe(false)
    })

    test('a form without a login is not sent on: the browser fetches the login page', async () => {
      const visitor = stage.visitor()
      await visitor.get('/token')
      const answer = await visitor.post('/private')
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/accounts/login/?next=/private'])
    })

    test('a program without a login gets 401 with a code', async () => {
      const answer = await stage.visitor().getJson('/private')
      expect(answer.status).toBe(401)
      expect(answer.json()).toMatchObject({ error: { code: 'login_required', loginUrl: '/accounts/login/?next=/private' } })
    })

    test('E7: HEAD is guarded as GET is', async () => {
      for (const path of ['/private', '/add', '/add-or-403', '/staff']) {
        const called = await handled(async () => {
          const answer = await stage.visitor().request(path, { method: 'HEAD' })
          expect([302, 403]).toContain(answer.status)
          expect(answer.text).toBe('')
        })
        expect(called).toBe(false)
      }
    })

    test('a user passes', async () => {
      const visitor = await stage.loggedIn('grace')
      expect((await visitor.get('/private')).text).toBe('Hello grace')
      expect((await visitor.post('/private')).text).toBe('Hello grace')
      expect((await visitor.request('/private', { method: 'HEAD' })).status).toBe(200)
    })

    test('a permission lets in who has it', async () => {
      const [ada, grace, root] = await Promise.all([stage.loggedIn('ada'), stage.loggedIn('grace'), stage.loggedIn('root')])
      for (const path of ['/add', '/add-or-403', '/any']) {
        expect((await ada.get(path)).text).toBe('Hello ada')
        expect((await root.get(path)).text).toBe('Hello root')
        expect(await handled(async () => expect((await grace.get(path)).status).toBeGreaterThan(300))).toBe(false)
      }
      expect((await root.get('/all')).text).toBe('Hello root')
      expect(await handled(async () => expect((await ada.get('/all')).status).toBe(302))).toBe(false)
    })

    test('a browser that lacks the permission may log in as somebody else; a program learns that it lacks it', async () => {
      const grace = await stage.loggedIn('grace')
      const page = await grace.get('/add')
      expect([page.status, page.headers.get('location')]).toEqual([302, '/accounts/login/?next=/add'])
      const program = await grace.getJson('/add')
      expect(program.status).toBe(403)
      expect(program.json()).toMatchObject({ error: { code: 'permission_denied' } })
      expect(program.text).not.toContain('add_product')
    })

    test('with raiseException everybody who lacks it gets 403', async () => {
      for (const visitor of [stage.visitor(), await stage.loggedIn('grace')]) {
        const answer = await visitor.get('/add-or-403')
        expect([answer.status, answer.headers.get('location')]).toEqual([403, null])
        expect(answer.text).not.toContain('add_product')
      }
    })

    test('a test of the application’s decides', async () => {
      expect((await (await stage.loggedIn('root')).get('/staff')).text).toBe('Hello root')
      expect((await (await stage.loggedIn('ada')).getJson('/staff')).status).toBe(403)
      expect((await stage.visitor().getJson('/staff')).status).toBe(401)
    })

    test('16.3.2, 16.5.1: what a handler throws to refuse is 403, and tells nobody the reason', async () => {
      const ada = await stage.loggedIn('ada')
      const page = await ada.get('/denied')
      expect([page.status, page.headers.get('location')]).toEqual([403, null])
      const program = await ada.getJson('/denied')
      expect(program.status).toBe(403)
      expect(program.json()).toMatchObject({ error: { code: 'permission_denied' } })
      for (const { text } of [page, program]) expect(text).not.toMatch(/secret|stack|at .*\.ts/)
      expect(stage.told.refusals.at(-1)).toMatchObject({ reason: 'a secret reason' })
      expect((await ada.get('/look')).json()).toEqual({ count: 'denied' })
    })

    test('I12: no refusal repeats the request', async () => {
      const visitor = stage.visitor()
      await visitor.get('/token')
      const marked = '?q=%3Cscript%3Emarked'
      for (const answer of [
        await visitor.get(`/denied${marked}`),
        await visitor.get(`/add-or-403${marked}`),
        await visitor.post(`/echo${marked}`, { csrfmiddlewaretoken: 'x' }),
        await visitor.get(`/pages/nothing/${marked}`),
        await visitor.get('/plain', { host: 'marked.example' }),
      ]) {
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.text).not.toContain('marked')
      }
    })
  })

  if (cannot.closed !== undefined) return
  describe('a site that asks everybody to log in', () => {
    test('closes everything, and opens for users', async () => {
      const { send } = await stage.start({ options: { loginRequired: true } })
      const visitor = new Visitor(send)
      for (const path of ['/plain', '/who', '/count', '/private']) {
        const answer = await visitor.get(path)
        expect([answer.status, answer.headers.get('location')]).toEqual([302, `/accounts/login/?next=${path}`])
        expect((await visitor.getJson(path)).status).toBe(401)
      }
      expect((await visitor.get('/pages/hello/')).text).toBe('pages at /pages for nobody')
      const ada = await stage.loggedIn('ada')
      const user = new Visitor(send)
      for (const [name, value] of ada.cookies) user.cookies.set(name, value)
      expect((await user.get('/plain')).text).toBe('plain')
    })

    if (cannot.open === undefined) {
      test('lets a route say that it is open', async () => {
        const { send } = await stage.start({ options: { loginRequired: true } })
        expect((await new Visitor(send).get('/open')).text).toBe('open')
      })
    }

    if (cannot.except !== undefined) return
    test('F9: opens the paths it names, in no other spelling', async () => {
      const { send } = await stage.start({ options: { loginRequired: { except: ['/plain', '/token', '/login'] } } })
      const visitor = new Visitor(send)
      expect((await visitor.get('/plain')).text).toBe('plain')
      expect((await visitor.get('/plain?x=1')).text).toBe('plain')
      const asked = cannot.nowhere === undefined ? [302] : [302, 404]
      for (const path of ['/plain/', '//plain', '/%70lain', '/PLAIN', '/plain;x', '/x/plain', '/plain2', '/who', '/plain/../who']) {
        const { status } = await visitor.get(path)
        expect({ path, isAsked: asked.includes(status) }).toEqual({ path, isAsked: true })
      }
      await logIn(visitor, 'ada')
      expect((await visitor.get('/who')).json()).toMatchObject({ username: 'ada' })
    })
  })
}
