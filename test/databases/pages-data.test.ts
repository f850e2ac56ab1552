import { describe, expect, test } from 'vitest'
import { keepCookie } from '../../src/base/cookie-jar.js'
import { eachAccounts, expectRedirect, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'

const PAGE = '/accounts/data/'
let count = 0

async function somebody(site: Accounts) {
  count += 1
  const username = `mary${count}of`
  const user = await site.auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD })
  await (await site.auth.profiles.get(user)).update({ bio: `the life of ${username}` } as never)
  const visitor = await site.loggedIn(username)
  await visitor.get(PAGE)
  return { user, visitor }
}

eachAccounts(
  (open) => {
    describe('download of what is held about somebody', () => {
      test('is for who is logged in: a browser is shown the way, a program told', async () => {
        const site = await open()
        const stranger = site.visitor()
        expectRedirect(await stranger.get(PAGE), '/accounts/login/?next=/accounts/data/', 302)
        await stranger.get('/accounts/login/')
        expectRedirect(await stranger.post(PAGE, { password: PASSWORD }), '/accounts/login/?next=/accounts/data/')
        const told = await stranger.postJson(PAGE, { password: PASSWORD })
        expect([told.status, await told.json()]).toMatchObject([401, { error: { code: 'login_required' } }])
      })

      test('the profile leads to a page that says what is in the file, and gives none of it', async () => {
        const site = await open()
        const { user, visitor } = await somebody(site)
        expect(await (await visitor.get('/accounts/profile/')).text()).toContain('href="/accounts/data/"')
        const html = await (await visitor.get(PAGE)).text()
        expect(html).toContain('<h1>Download your data</h1>')
        expect(html).toContain('autocomplete="current-password"')
        expect(html).not.toContain(user.email)
        expect(await (await visitor.getJson(PAGE)).json()).toMatchObject({ fields: [{ name: 'password', type: 'password', required: true }] })
      })

      test('K1, 14.3.2: is sent as a file that nothing stores or opens, and holds nobody else’s', async () => {
        const site = await open()
        const [{ user, visitor }, other] = [await somebody(site), await somebody(site)]
        const response = await visitor.post(PAGE, { password: PASSWORD })
        expect(response.status).toBe(200)
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'content-type': 'application/json; charset=utf-8',
          'content-disposition': 'attachment; filename="my-data.json"',
          'cache-control': 'private, no-store',
          'x-content-type-options': 'nosniff',
        })
        const text = await response.text()
        const data = JSON.parse(text) as { parts: { events: { name: string }[] } }
        expect(data).toMatchObject({
          user: { id: user.id, username: user.username, email: user.email },
          profile: { bio: `the life of ${user.username}` },
        })
        expect(data.parts.events.map((one) => one.name)).toContain('login')
        expect(text).not.toMatch(/pbkdf2|argon2|\$/)
        expect(text).not.toContain(visitor.sessionCookie)
        for (const secret of [other.user.username, other.user.email]) expect(text).not.toContain(secret)
        // Whose data it is follows from the session, whatever is sent along.
        const forged = await visitor.post(`${PAGE}?user=${other.user.id}`, {
          password: PASSWORD,
          user: String(other.user.id),
          id: String(other.user.id),
        })
        expect(await forged.json()).toMatchObject({ user: { id: user.id } })
      })

      test('wants the present password, and shows the form again', async () => {
        const site = await open()
        const { user, visitor } = await somebody(site)
        for (const fields of [{ password: OTHER_PASSWORD }, { password: '' }, {}]) {
          const response = await visitor.post(PAGE, fields as Record<string, string>)
          const html = await response.text()
          expect([response.status, response.headers.get('content-disposition')]).toEqual([422, null])
          expect(html).toContain('<h1>Download your data</h1>')
          expect(html).toContain('id="id_password_error"')
          expect(html).not.toContain(user.email)
        }
      })

      test('E5: is given to no other site, nor without a token', async () => {
        const { visitor } = await somebody(await open())
        expect((await visitor.post(PAGE, { password: PASSWORD }, { origin: 'https://evil.test' })).status).toBe(403)
        expect((await visitor.post(PAGE, { password: PASSWORD, csrfmiddlewaretoken: '' })).status).toBe(403)
      })

      test('as JSON: the data, or what is wrong', async () => {
        const site = await open()
        const { user, visitor } = await somebody(site)
        const wrong = await visitor.postJson(PAGE, { password: OTHER_PASSWORD })
        expect([wrong.status, await wrong.json()]).toMatchObject([422, { errors: { password: [{ code: 'password_incorrect' }] } }])
        const unknown = await visitor.postJson(PAGE, { password: PASSWORD, user: 1 })
        expect([unknown.status, await unknown.json()]).toMatchObject([422, { errors: { user: [{ code: 'unknown_field' }] } }])
        const right = await visitor.postJson(PAGE, { password: PASSWORD })
        expect([right.status, await right.json()]).toMatchObject([200, { user: { id: user.id }, sessions: [{ isCurrent: false }] }])
      })

      test('6.3.1: tries at the password are counted as at the door, and a wait holds for the right one too', async () => {
        const site = await open()
        const { user, visitor } = await somebody(site)
        const answers: number[] = []
        for (let tries = 0; tries < 11; tries += 1) answers.push((await visitor.postJson(PAGE, { password: OTHER_PASSWORD })).status)
        expect(answers).toEqual([...Array.from({ length: 10 }, () => 422), 429])
        const locked = await visitor.postJson(PAGE, { password: PASSWORD })
        expect([locked.status, await locked.json()]).toMatchObject([429, { error: { code: 'locked' } }])
        expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
        await site.auth.lockouts.unlock({ username: user.username })
        expect((await visitor.postJson(PAGE, { password: PASSWORD })).status).toBe(200)
      })

      test('is sent ten times an hour to one person, and a wrong password takes none of them', async () => {
        const site = await open()
        const [{ visitor }, other] = [await somebody(site), await somebody(site)]
        await visitor.postJson(PAGE, { password: OTHER_PASSWORD })
        for (let sent = 0; sent < 10; sent += 1) expect((await visitor.postJson(PAGE, { password: PASSWORD })).status).toBe(200)
        const late = await visitor.postJson(PAGE, { password: PASSWORD })
        expect([late.status, await late.json()]).toMatchObject([429, { error: { code: 'too_many_requests' } }])
        expect((await other.visitor.postJson(PAGE, { password: PASSWORD })).status).toBe(200)
      })

      test('is an event, once it was sent', async () => {
        const site = await open()
        const { user, visitor } = await somebody(site)
        const heard = async () => site.auth.idle().then(async () => site.auth.events.list({ name: 'data_exported', user }))
        await visitor.post(PAGE, { password: OTHER_PASSWORD })
        expect(await heard()).toEqual([])
        await visitor.post(PAGE, { password: PASSWORD })
        expect(await heard()).toMatchObject([
          { actor: String(user.pk), target: `user:${String(user.pk)}`, address: '203.0.113.9', path: PAGE, outcome: 'success' },
        ])
      })

      test('who has no password gives none, and gets nothing', async () => {
        const site = await open()
        const { user } = await somebody(site)
        await user.setUnusablePassword()
        const visitor = site.visitor()
        const entered = await site.auth.handle(new Request('http://localhost/'), async (request) => {
          await site.auth.login(request, user, { backend: 'django.contrib.auth.backends.ModelBackend' })
          return new Response('welcome')
        })
        for (const text of entered.headers.getSetCookie()) keepCookie(visitor.cookies, text)
        expect((await visitor.get(PAGE)).status).toBe(200)
        for (const password of [PASSWORD, '!', user.password]) {
          const response = await visitor.postJson(PAGE, { password })
          expect([response.status, await response.json()]).toMatchObject([422, { errors: { password: [{ code: 'password_incorrect' }] } }])
        }
      })
    })
  },
  { lockouts: {}, rateLimits: {}, events: {} },
)
