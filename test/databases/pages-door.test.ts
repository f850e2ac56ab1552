import { describe, expect, test } from 'vitest'
import { eachAccounts, expectRedirect, hiddenFields, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'

let count = 0

/** Somebody with an account, and a name nobody had before. */
async function someone({ auth }: Accounts, values: object = {}) {
  count += 1
  const username = `ada${count}`
  return auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD, ...values })
}

eachAccounts((open) => {
  describe('login', () => {
    test('shows a form with a token, and keeps it out of every cache', async () => {
      const response = await (await open()).visitor().get('/accounts/login/')
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(hiddenFields(await response.text())['csrfmiddlewaretoken']).toMatch(/^[A-Za-z0-9]{64}$/)
    })

    test('HEAD is GET without a body', async () => {
      const response = await (await open()).visitor().request('/accounts/login/', { method: 'HEAD', headers: { accept: 'text/html' } })
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/html; charset=utf-8', ''])
    })

    test('lets in who names the right password, with the token of the page', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      const html = await (await visitor.get('/accounts/login/')).text()
      const response = await visitor.post('/accounts/login/', { ...hiddenFields(html), username: ada.username, password: PASSWORD })
      expectRedirect(response, '/accounts/profile/')
      expect((await visitor.get('/accounts/profile/')).status).toBe(200)
    })

    test('W-4: says 422 to a wrong password, with the name and without the password', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/', { username: ada.username, password: 'not this one at all' })
      const html = await response.text()
      expect(response.status).toBe(422)
      expect(html).toContain(`value="${ada.username}"`)
      expect(html).not.toContain('not this one at all')
      expect(html).toContain('role="alert"')
      expect(visitor.sessionCookie).toBe(null)
    })

    test('refuses a form without its token, with a page of ours', async () => {
      const site = await open()
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/', { csrfmiddlewaretoken: '', username: 'ada', password: PASSWORD })
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('This form has grown old')
    })

    test.each([
      ['/cart/?item=1', '/cart/?item=1'],
      ['http://localhost/cart/', '/cart/'],
      ['//evil.test/', '/accounts/profile/'],
      ['https://evil.test/', '/accounts/profile/'],
      ['/\\evil.test', '/accounts/profile/'],
      ['javascript:alert(1)', '/accounts/profile/'],
    ])('W-1: next=%s leads to %s', async (next, target) => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      const html = await (await visitor.get(`/accounts/login/?next=${encodeURIComponent(next)}`)).text()
      expect(html).not.toContain('evil.test')
      const response = await visitor.post('/accounts/login/', { ...hiddenFields(html), username: ada.username, password: PASSWORD })
      expectRedirect(response, target)
    })

    test('F3, 3.7.2, W-1: what the form says counts, also when it is not safe', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/?next=/cart/', { next: '//evil.test', username: ada.username, password: PASSWORD })
      expectRedirect(response, '/accounts/profile/')
    })

    test('W-1: other hosts may be allowed', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor({ allowedRedirectHosts: ['pay.example'] })
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/?next=https://pay.example/basket', { username: ada.username, password: PASSWORD })
      expectRedirect(response, 'https://pay.example/basket')
    })

    test('15.3.7, K2: two values of next are refused, whichever is meant', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = await site.loggedIn(ada.username)
      const twice = '?next=/a/&next=//evil.test'
      for (const page of ['login', 'register']) {
        expect([page, (await visitor.get(`/accounts/${page}/${twice}`)).status]).toEqual([page, 400])
        expect([page, (await visitor.post(`/accounts/${page}/${twice}`, { username: ada.username, password: PASSWORD })).status]).toEqual([page, 400])
      }
      expect((await visitor.post(`/accounts/logout/${twice}`, {})).status).toBe(400)
      // Nothing was done.
      expect((await visitor.get('/accounts/profile/')).status).toBe(200)
      expect((await visitor.get('/accounts/login/?a=1;next=//evil.test')).status).toBe(200)
    })

    test('F5: the page that sent somebody here is never where they are sent', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.get('/accounts/login/', { referer: 'http://evil.test/' })
      const response = await visitor.post(
        '/accounts/login/',
        { username: ada.username, password: PASSWORD },
        { referer: 'http://localhost/elsewhere/' },
      )
      expectRedirect(response, '/accounts/profile/')
    })

    test('W-3: whoever is logged in may be sent on, but never in a circle', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = await site.loggedIn(ada.username, { redirectAuthenticatedUser: true })
      expectRedirect(await visitor.get('/accounts/login/?next=/cart/'), '/cart/', 302)
      const before = site.errors.length
      expect((await visitor.get('/accounts/login/?next=/accounts/login/')).status).toBe(500)
      expect(String(site.errors[before])).toContain('redirectAuthenticatedUser')
      site.errors.length = 0
    })

    test('shows who is logged in already, and what for', async () => {
      const site = await open()
      const ada = await someone(site, { firstName: 'Ada', lastName: 'Lovelace' })
      const visitor = await site.loggedIn(ada.username)
      const html = await (await visitor.get('/accounts/login/?next=/secret/')).text()
      expect(html).toContain('You are logged in as <strong>Ada Lovelace</strong>')
    })

    test('as JSON: a token and fields, errors by name, then the person and a token that works', async () => {
      const site = await open()
      const ada = await someone(site, { firstName: 'Ada' })
      const visitor = site.visitor()
      const blank = (await (await visitor.getJson('/accounts/login/?next=/cart/')).json()) as {
        fields: { name: string }[]
        next: string
        csrfToken: string
      }
      expect([blank.fields.map((one) => one.name), blank.next]).toEqual([['username', 'password'], '/cart/'])
      const wrong = await visitor.postJson('/accounts/login/', { username: ada.username, password: 'not this one at all' })
      expect(wrong.status).toBe(422)
      expect(await wrong.json()).toMatchObject({ errors: { __all__: [{ code: 'invalid_login' }] } })
      const right = await visitor.postJson('/accounts/login/', { username: ada.username, password: PASSWORD, next: '/cart/' })
      const { csrfToken, ...rest } = (await right.json()) as { csrfToken: string }
      expect(right.status).toBe(200)
      expect(rest).toEqual({ user: { id: ada.id, username: ada.username, name: 'Ada', picture: null }, next: '/cart/' })
      const headers = { accept: 'application/json', 'content-type': 'application/json', origin: 'http://localhost', 'x-csrftoken': csrfToken }
      expect((await visitor.request('/accounts/logout/', { method: 'POST', body: '{}', headers })).status).toBe(200)
    })

    test('B10: a password that is no text gets nowhere near an account', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.getJson('/accounts/login/')
      for (const password of [0, null, [], { $ne: '' }, ['a', 'b'], true]) {
        expect((await visitor.postJson('/accounts/login/', { username: ada.username, password })).status).toBe(422)
      }
    })
  })

  describe('logout', () => {
    test('E7: GET does not log out, and says what does', async () => {
      const site = await open()
      const visitor = await site.loggedIn((await someone(site)).username)
      const response = await visitor.get('/accounts/logout/')
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
      expect((await visitor.get('/accounts/profile/')).status).toBe(200)
    })

    test('W-5, 14.3.1: ends the session, and has the browser forget', async () => {
      const site = await open()
      const visitor = await site.loggedIn((await someone(site)).username)
      const thief = visitor.copy()
      const response = await visitor.post('/accounts/logout/')
      expect(response.status).toBe(200)
      expect(response.headers.get('clear-site-data')).toBe('"cache", "storage"')
      expect(await response.text()).toContain('You are logged out')
      expect(visitor.sessionCookie).toBe(null)
      expectRedirect(await thief.get('/accounts/profile/'), '/accounts/login/?next=/accounts/profile/', 302)
    })

    test('W-5: goes on to a safe next', async () => {
      const site = await open()
      const { username } = await someone(site)
      expectRedirect(await (await site.loggedIn(username)).post('/accounts/logout/', { next: '/bye/' }), '/bye/')
      expect((await (await site.loggedIn(username)).post('/accounts/logout/', { next: '//evil.test' })).status).toBe(200)
      expect((await (await site.loggedIn(username)).post('/accounts/logout/', { next: '/accounts/logout/' })).status).toBe(200)
    })

    test('D3: nobody who logs out leaves no row', async () => {
      const site = await open()
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      expect((await visitor.post('/accounts/logout/')).status).toBe(200)
      expect(visitor.sessionCookie).toBe(null)
    })
  })

  describe('register', () => {
    test('makes an account with an address, and lets its owner in', async () => {
      const site = await open()
      const visitor = site.visitor()
      const html = await (await visitor.get('/accounts/register/?next=/cart/')).text()
      expect(html).toContain('name="email"')
      const response = await visitor.post('/accounts/register/', {
        ...hiddenFields(html),
        username: 'grace',
        email: 'Grace@EXAMPLE.com',
        password1: PASSWORD,
        password2: PASSWORD,
      })
      expectRedirect(response, '/cart/')
      expect(await site.auth.users.get({ username: 'grace' })).toMatchObject({ email: 'Grace@example.com', isStaff: false, isSuperuser: false })
      expect(await (await visitor.get('/accounts/profile/')).text()).toContain('Welcome! Your account is ready')
      expect(await (await visitor.get('/accounts/profile/')).text()).not.toContain('Welcome! Your account is ready')
      expect(await (await visitor.get('/accounts/sessions/')).text()).toContain('this device')
    })

    test('says what is wrong, and keeps what was typed', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.get('/accounts/register/')
      const response = await visitor.post('/accounts/register/', {
        username: ada.username,
        email: 'new@example.com',
        password1: PASSWORD,
        password2: OTHER_PASSWORD,
      })
      const html = await response.text()
      expect(response.status).toBe(422)
      expect(html).toContain('value="new@example.com"')
      expect(html).not.toContain(PASSWORD)
      expect(html).toContain('That username is already taken.')
    })

    test('I11: nobody registers with rights', async () => {
      const site = await open()
      const visitor = site.visitor()
      await visitor.getJson('/accounts/register/')
      const rights = { is_staff: true, is_superuser: true, groups: [1], date_joined: '1999-01-01' }
      const account = { username: 'mallory', email: 'm@example.com', password1: PASSWORD, password2: PASSWORD }
      const asProgram = await visitor.postJson('/accounts/register/', { ...account, ...rights })
      expect([asProgram.status, Object.keys(((await asProgram.json()) as { errors: object }).errors).sort()]).toEqual([
        422,
        Object.keys(rights).sort(),
      ])
      const asForm = await visitor.post('/accounts/register/', { ...account, is_staff: 'on', is_superuser: 'on' })
      expect(asForm.status).toBe(303)
      expect(await site.auth.users.get({ username: 'mallory' })).toMatchObject({ isStaff: false, isSuperuser: false })
    })

    test('may be closed', async () => {
      const site = await open()
      const visitor = site.visitor({ register: false })
      const html = await (await visitor.get('/accounts/login/')).text()
      expect(html).not.toContain('/accounts/register/')
      const response = await visitor.get('/accounts/register/')
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('No new accounts here')])
      expect((await visitor.post('/accounts/register/', { username: 'x', password1: PASSWORD, password2: PASSWORD })).status).toBe(403)
      expect(await (await visitor.getJson('/accounts/register/')).json()).toMatchObject({ error: { code: 'registration_closed' } })
    })

    test('takes a form of the site’s own', async () => {
      const site = await open()
      const form = site.auth.forms.userCreation({ fields: ['username', 'phone'] })
      const visitor = site.visitor({ register: { form, successUrl: '/welcome/' } })
      expect(await (await visitor.get('/accounts/register/')).text()).toContain('name="phone"')
      const response = await visitor.post('/accounts/register/', { username: 'hedy', phone: '+43', password1: PASSWORD, password2: PASSWORD })
      expectRedirect(response, '/welcome/')
      expect((await site.auth.users.get({ username: 'hedy' })).phone).toBe('+43')
    })

    test('as JSON: 201 with the person', async () => {
      const site = await open()
      const visitor = site.visitor()
      await visitor.getJson('/accounts/register/')
      const response = await visitor.postJson('/accounts/register/', {
        username: 'edsger',
        email: 'e@example.com',
        password1: PASSWORD,
        password2: PASSWORD,
      })
      expect([response.status, await response.json()]).toMatchObject([201, { user: { username: 'edsger' }, next: '/accounts/profile/' }])
    })
  })
})
