import { describe, expect, test } from 'vitest'
import { eachAccounts, expectRedirect, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'
import { png } from '../support/pictures.js'
import { StatementCounter } from '../support/statements.js'
import type { Visitor } from '../support/visitor.js'

let count = 0

/** Somebody with an account, and a name nobody had before. */
async function someone({ auth }: Accounts, values: object = {}) {
  count += 1
  const username = `grace${count}`
  return auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD, ...values })
}

/** The same, logged in. */
async function somebody(site: Accounts, values: object = {}) {
  const user = await someone(site, values)
  return { user, visitor: await site.loggedIn(user.username) }
}

async function isLoggedIn(visitor: Visitor): Promise<boolean> {
  return (await visitor.get('/accounts/profile/')).status === 200
}

eachAccounts((open) => {
  describe('profile', () => {
    test('is for who is logged in: a browser is shown the way, a program told', async () => {
      const site = await open()
      expectRedirect(await site.visitor().get('/accounts/profile/?tab=1'), '/accounts/login/?next=/accounts/profile/%3Ftab%3D1', 302)
      const response = await site.visitor().getJson('/accounts/profile/')
      expect([response.status, await response.json()]).toMatchObject([401, { error: { code: 'login_required' } }])
    })

    test('keeps account and profile, says so once, and shows what is stored', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      const fields = { first_name: 'Grace', last_name: 'Hopper', email: user.email, phone: '1', bio: 'COBOL <b>' }
      expectRedirect(await visitor.post('/accounts/profile/', fields), '/accounts/profile/')
      const html = await (await visitor.get('/accounts/profile/')).text()
      expect(html).toContain('Your profile is saved.')
      expect(html).toContain('COBOL &lt;b&gt;</textarea>')
      expect(html).toContain('<h1>Grace Hopper</h1>')
      expect(await (await visitor.get('/accounts/profile/')).text()).not.toContain('Your profile is saved.')
    })

    test('I11: changes no rights, whatever is sent', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      await visitor.post('/accounts/profile/', { email: user.email, is_staff: 'on', is_superuser: 'on', user: '1', id: '1' })
      expect(await site.auth.users.get({ pk: user.pk })).toMatchObject({ isStaff: false, isSuperuser: false, id: user.id })
      const asProgram = await visitor.postJson('/accounts/profile/', { is_staff: true })
      expect([asProgram.status, await asProgram.json()]).toMatchObject([422, { errors: { is_staff: [{ code: 'unknown_field' }] } }])
    })

    test('says what is wrong, and goes on showing what was typed', async () => {
      const { visitor } = await somebody(await open())
      const response = await visitor.post('/accounts/profile/', { email: 'no address', first_name: 'Kept' })
      const html = await response.text()
      expect([response.status, html.includes('value="Kept"'), html.includes('id="id_email_error"')]).toEqual([422, true, true])
    })

    test('K2: a cookie with news of somebody else’s says nothing', async () => {
      const { visitor } = await somebody(await open())
      visitor.cookies.set('portcullis_notice', 'Your_bank_was_robbed')
      expect(await (await visitor.get('/accounts/profile/')).text()).not.toContain('pc-notice')
      visitor.cookies.set('portcullis_notice', 'constructor')
      expect((await visitor.get('/accounts/profile/')).status).toBe(200)
    })

    test('J3, J5, J6: takes a picture, shows it, takes another in its place, and removes it', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      const send = (more: Record<string, string | Blob>): Promise<Response> => {
        const body = new FormData()
        for (const [name, value] of Object.entries({ csrfmiddlewaretoken: visitor.csrfSecret ?? '', email: user.email, ...more })) {
          if (typeof value === 'string') body.set(name, value)
          else body.set(name, new File([value], '../../evil.php', { type: 'text/html;image/png' }))
        }
        return visitor.request('/accounts/profile/', { method: 'POST', body, headers: { accept: 'text/html', origin: 'http://localhost' } })
      }
      const before = site.storage.kept.size
      expectRedirect(await send({ picture: new Blob([new Uint8Array(png(40, 40))]) }), '/accounts/profile/')
      expect(site.storage.kept.size).toBe(before + 1)
      const first = /<img src="(\/accounts\/media\/faces\/[a-z0-9]+\.webp)"/.exec(await (await visitor.get('/accounts/profile/')).text())?.[1] ?? ''
      const picture = await visitor.get(first)
      expect([picture.status, picture.headers.get('content-type'), picture.headers.get('content-security-policy')]).toEqual([
        200,
        'image/webp',
        "sandbox; default-src 'none'",
      ])
      expect((await visitor.get('/accounts/sessions/')).status).toBe(200)
      expect(await (await visitor.get('/accounts/sessions/')).text()).toContain(`<img class="pc-face" src="${first}" alt=""/>`)
      expect((await send({ picture: new Blob(['no picture']) })).status).toBe(422)
      expect((await visitor.get(first)).status).toBe(200)
      expectRedirect(await send({ picture: new Blob([new Uint8Array(png(30, 30))]) }), '/accounts/profile/')
      expect([(await visitor.get(first)).status, site.storage.kept.size]).toEqual([404, before + 1])
      expectRedirect(await send({ 'picture-clear': 'on' }), '/accounts/profile/')
      expect(site.storage.kept.size).toBe(before)
    })

    test('J3: a picture that another program stored under a name of its own is not linked', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      await (await site.auth.profiles.get(user)).update({ picture: 'faces/../../secret.jpg' })
      expect(await (await visitor.getJson('/accounts/profile/')).json()).toMatchObject({ user: { picture: null } })
      expect(await (await visitor.get('/accounts/sessions/')).text()).not.toContain('secret.jpg')
    })

    test('as JSON: what is stored; what is not named stays', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site, { firstName: 'Grace', phone: '1' })
      const before = (await (await visitor.getJson('/accounts/profile/')).json()) as { fields: { name: string; value: unknown }[] }
      expect(before.fields.find((one) => one.name === 'phone')).toMatchObject({ value: '1', type: 'tel' })
      const response = await visitor.postJson('/accounts/profile/', { last_name: 'Hopper' })
      expect([response.status, await response.json()]).toMatchObject([200, { user: { id: user.id, name: 'Grace Hopper' } }])
      expect(await site.auth.users.get({ pk: user.pk })).toMatchObject({ firstName: 'Grace', lastName: 'Hopper', phone: '1' })
      expect((await visitor.postJson('/accounts/profile/', { email: 'no address' })).status).toBe(422)
    })

    test('3.5.3: being looked at writes nothing', async () => {
      const site = await open()
      const { visitor } = await somebody(site)
      await visitor.get('/accounts/profile/')
      await site.auth.idle()
      const counter = new StatementCounter(site.auth.internals.registry.database)
      for (const page of ['profile', 'sessions', 'password_change', 'login', 'register', 'password_reset']) await visitor.get(`/accounts/${page}/`)
      await site.auth.idle()
      expect(counter.stop().filter((one) => !/^\s*select/i.test(one))).toEqual([])
    })
  })

  describe('password change', () => {
    test('G10, 6.2.2, 7.4.3: wants the present one, goes on here under a new key, and ends everything else', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      const [other, thief] = [await site.loggedIn(user.username), visitor.copy()]
      const form = { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
      expect((await visitor.post('/accounts/password_change/', { ...form, old_password: 'not this one at all' })).status).toBe(422)
      expect((await visitor.post('/accounts/password_change/', form)).status).toBe(422)
      const response = await visitor.post('/accounts/password_change/', { ...form, old_password: PASSWORD })
      expectRedirect(response, '/accounts/password_change/done/')
      expect(await (await visitor.get('/accounts/password_change/done/')).text()).toContain('Your password is changed')
      const { sessions } = (await (await visitor.getJson('/accounts/sessions/')).json()) as { sessions: object[] }
      expect(sessions).toHaveLength(1)
      expect([await isLoggedIn(visitor), await isLoggedIn(other), await isLoggedIn(thief)]).toEqual([true, false, false])
    })

    test('6.3.7: its owner hears of it, by mail', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      await site.auth.idle()
      site.mailbox.clear()
      await visitor.post('/accounts/password_change/', { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
      await site.auth.idle()
      expect(site.mailbox.messages.map((one) => one.to.address)).toEqual([user.email])
      expect(site.mailbox.linksIn()).toEqual(['http://shop.example/accounts/password_reset/'])
      expect(site.mailbox.last.text).not.toContain(OTHER_PASSWORD)
    })

    test('as JSON: a token that works with the new key', async () => {
      const { visitor } = await somebody(await open())
      await visitor.getJson('/accounts/password_change/')
      const wrong = await visitor.postJson('/accounts/password_change/', { old_password: 'x', new_password1: 'y', new_password2: 'z' })
      expect([wrong.status, await wrong.json()]).toMatchObject([
        422,
        { errors: { old_password: [{ code: 'password_incorrect' }], new_password2: [{ code: 'password_mismatch' }] } },
      ])
      const data = { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
      const right = await visitor.postJson('/accounts/password_change/', data)
      const { csrfToken } = (await right.json()) as { csrfToken: string }
      const headers = { accept: 'application/json', 'content-type': 'application/json', origin: 'http://localhost', 'x-csrftoken': csrfToken }
      expect((await visitor.request('/accounts/logout/', { method: 'POST', body: '{}', headers })).status).toBe(200)
    })
  })

  describe('password reset', () => {
    const ask = async (site: Accounts, email: string): Promise<Response> => {
      const visitor = site.visitor()
      await visitor.get('/accounts/password_reset/')
      return visitor.post('/accounts/password_reset/', { email })
    }

    /** The path of the link that was mailed. */
    const linkFor = async (site: Accounts, email: string): Promise<string> => {
      await site.auth.idle()
      site.mailbox.clear()
      expectRedirect(await ask(site, email), '/accounts/password_reset/done/')
      await site.auth.idle()
      const link = site.mailbox.linksIn()[0] ?? ''
      expect(link).toMatch(/^http:\/\/shop\.example\/accounts\/reset\//)
      return link.slice('http://shop.example'.length)
    }

    /** Follows a link to the page it leads to; gives the path of that page. */
    const openLink = async (visitor: Visitor, link: string): Promise<string> => {
      const path = (await visitor.get(link)).headers.get('location') ?? ''
      expect((await visitor.get(path)).status).toBe(200)
      return path
    }

    test('R-7: says the same whoever has the address, and mails only who has it', async () => {
      const site = await open()
      const ada = await someone(site)
      await site.auth.idle()
      site.mailbox.clear()
      const answers = [await ask(site, ada.email), await ask(site, 'nobody@example.com')]
      await site.auth.idle()
      expect(new Set(answers.map((one) => `${one.status} ${one.headers.get('location')}`)).size).toBe(1)
      expect(site.mailbox.messages.map((one) => one.to.address)).toEqual([ada.email])
      expect(await (await site.visitor().get('/accounts/password_reset/done/')).text()).toContain('Look into your mailbox')
    })

    test('W-7, 14.2.1: the token leaves the address at the first visit, and no page tells it', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      const token = link.split('/').at(-2) ?? ''
      const visitor = site.visitor()
      const first = await visitor.get(link)
      const instead = link.replace(token, 'set-password')
      expectRedirect(first, instead, 302)
      expect([first.headers.get('referrer-policy'), first.headers.get('cache-control')]).toEqual(['no-referrer', 'private, no-store'])
      const page = await visitor.get(instead)
      const html = await page.text()
      expect(html).not.toContain(token)
      expect(html).toContain(`<input type="text" autocomplete="username" value="${ada.username}"`)
      // A form on a page without referrer is sent with the origin null, and refused (E3).
      expect(page.headers.get('referrer-policy')).toBe('same-origin')
      const done = await visitor.post(instead, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
      expectRedirect(done, '/accounts/reset/done/')
      expect(visitor.sessionCookie).toBe(null)
      expect(await (await visitor.get('/accounts/reset/done/')).text()).toContain('Your new password is set')
      await site.auth.idle()
      expect(site.mailbox.to(ada.email)).toHaveLength(2)
      expect(await (await site.auth.users.get({ pk: ada.pk })).checkPassword(OTHER_PASSWORD)).toBe(true)
    })

    test('W-9, 7.4.3: ends every session of the account, also the one that did it', async () => {
      const site = await open()
      const { user, visitor } = await somebody(site)
      const other = await site.loggedIn(user.username)
      const link = await linkFor(site, user.email)
      const instead = await openLink(visitor, link)
      expectRedirect(await visitor.post(instead, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }), '/accounts/reset/done/')
      expect([await isLoggedIn(visitor), await isLoggedIn(other)]).toEqual([false, false])
    })

    test('W-10: a used link says so, with a way to a new one', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      const [visitor, late] = [site.visitor(), site.visitor()]
      const instead = await openLink(visitor, link)
      await openLink(late, link)
      await visitor.post(instead, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
      for (const [who, path] of [
        [site.visitor(), link],
        [late, instead],
        [visitor, instead],
      ] as const) {
        const response = await who.get(path)
        expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('This link no longer works')])
      }
      const sent = await late.post(instead, { new_password1: PASSWORD, new_password2: PASSWORD })
      expect([sent.status, await sent.text()]).toEqual([200, expect.stringContaining('This link no longer works')])
      expect(await (await site.auth.users.get({ pk: ada.pk })).checkPassword(OTHER_PASSWORD)).toBe(true)
    })

    test('G2: of many who set a password at once by one link, one does', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      const visitors = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const visitor = site.visitor()
          return { visitor, path: await openLink(visitor, link) }
        }),
      )
      const answers = await Promise.all(
        visitors.map(({ visitor, path }, index) =>
          visitor.post(path, { new_password1: `${OTHER_PASSWORD} ${index}`, new_password2: `${OTHER_PASSWORD} ${index}` }),
        ),
      )
      expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
      const won = answers.findIndex((one) => one.status === 303)
      expect(await (await site.auth.users.get({ pk: ada.pk })).checkPassword(`${OTHER_PASSWORD} ${won}`)).toBe(true)
    })

    test('2.3.1, G1: asking for a link, or having opened another’s, sets nobody’s password', async () => {
      const site = await open()
      const [ada, eve] = [await someone(site), await someone(site)]
      await linkFor(site, ada.email)
      const uid = site.auth.resetTokens.uidOf(ada)
      const visitor = site.visitor()
      expect((await visitor.get(await linkFor(site, eve.email))).status).toBe(302)
      const path = `/accounts/reset/${uid}/set-password/`
      expect(await (await visitor.get(path)).text()).toContain('This link no longer works')
      expect((await visitor.post(path, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })).status).toBe(200)
      expect(await (await site.auth.users.get({ pk: ada.pk })).checkPassword(PASSWORD)).toBe(true)
    })

    test('G5, W-8: whatever is no link says so at once', async () => {
      const site = await open()
      const ada = await someone(site)
      const uid = site.auth.resetTokens.uidOf(ada)
      const long = 'z'.repeat(10_000)
      const paths = [
        `${uid}/x`,
        `${uid}/${long}`,
        `${long}/${long}`,
        `AAAA/${site.auth.resetTokens.makeToken(ada)}`,
        `${uid}/${long}-${long}`,
        `=/-`,
        `${uid}/%00`,
      ]
      for (const path of paths) {
        const begun = performance.now()
        const response = await site.visitor().get(`/accounts/reset/${path}/`)
        expect([path.slice(0, 30), response.status, performance.now() - begun < 500]).toEqual([path.slice(0, 30), 200, true])
        const html = await response.text()
        expect(html).toContain('This link no longer works')
        expect(html).not.toContain(path.slice(0, 200))
      }
    })

    test('G8, K-6: a login, another address or another password make a link worth nothing', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      await site.loggedIn(ada.username)
      expect(await (await site.visitor().get(link)).text()).toContain('This link no longer works')
    })

    test('may let the owner in at once', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      const visitor = site.visitor({ passwordReset: { loginAfterwards: true } })
      const instead = await openLink(visitor, link)
      expectRedirect(await visitor.post(instead, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }), '/accounts/profile/')
      expect(await isLoggedIn(visitor)).toBe(true)
    })

    test('may be switched off', async () => {
      const site = await open()
      const visitor = site.visitor({ passwordReset: false })
      expect(await (await visitor.get('/accounts/login/')).text()).not.toContain('password_reset')
      for (const path of ['password_reset/', 'password_reset/done/', 'reset/MQ/x/', 'reset/done/'])
        expect((await visitor.get(`/accounts/${path}`)).status).toBe(404)
    })

    test('as JSON: the link tells where to go on, and what is wrong with it is an error of the form', async () => {
      const site = await open()
      const ada = await someone(site)
      const link = await linkFor(site, ada.email)
      const visitor = site.visitor()
      await visitor.getJson('/accounts/login/')
      const opened = (await (await visitor.getJson(link)).json()) as { isValid: boolean; url: string }
      expect(opened).toEqual({ isValid: true, url: `/accounts/reset/${site.auth.resetTokens.uidOf(ada)}/set-password/` })
      const data = { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
      expect((await visitor.postJson(opened.url, { ...data, new_password2: 'other' })).status).toBe(422)
      expect((await visitor.postJson(opened.url, data)).status).toBe(200)
      expect(await (await visitor.getJson(link)).json()).toEqual({ isValid: false })
      const again = await visitor.postJson(opened.url, data)
      expect([again.status, await again.json()]).toMatchObject([422, { errors: { __all__: [{ code: 'invalid_link' }] } }])
      expect(await (await visitor.postJson('/accounts/password_reset/', { email: 'nobody@example.com' })).json()).toEqual({ accepted: true })
    })
  })

  describe('sessions', () => {
    test('7.5.2: lists devices by name, this one first, and ends one or all others', async () => {
      const site = await open()
      const ada = await someone(site)
      const phone = site.visitor()
      await phone.get('/accounts/login/')
      const agent = {
        'user-agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1',
      }
      await phone.post('/accounts/login/', { username: ada.username, password: PASSWORD }, agent)
      const [other, visitor] = [await site.loggedIn(ada.username), await site.loggedIn(ada.username)]
      const html = await (await visitor.get('/accounts/sessions/')).text()
      expect(html).toContain('Safari on iPhone')
      expect(html).toContain('203.0.113.9')
      const { sessions } = (await (await visitor.getJson('/accounts/sessions/')).json()) as {
        sessions: { id: string; isCurrent: boolean; device: string }[]
      }
      expect(sessions.map((one) => one.isCurrent)).toEqual([true, false, false])
      const id = sessions.find((one) => one.device === 'Safari on iPhone')?.id ?? ''
      expectRedirect(await visitor.post('/accounts/sessions/end/', { session: id }), '/accounts/sessions/')
      expect([await isLoggedIn(phone), await isLoggedIn(other)]).toEqual([false, true])
      expectRedirect(await visitor.post('/accounts/sessions/end/', { others: 'on' }), '/accounts/sessions/')
      expect([await isLoggedIn(other), await isLoggedIn(visitor)]).toEqual([false, true])
    })

    test('ending this one is logging out', async () => {
      const site = await open()
      const { visitor } = await somebody(site)
      const { sessions } = (await (await visitor.getJson('/accounts/sessions/')).json()) as { sessions: { id: string }[] }
      expectRedirect(await visitor.post('/accounts/sessions/end/', { session: sessions[0]?.id ?? '' }), '/accounts/login/')
      expect(visitor.sessionCookie).toBe(null)
      expect(await (await visitor.get('/accounts/login/')).text()).toContain('You have logged out this device.')
    })

    test('D8: nobody ends another’s session, or learns that there is one', async () => {
      const site = await open()
      const [ada, eve] = [await somebody(site), await somebody(site)]
      const { sessions } = (await (await ada.visitor.getJson('/accounts/sessions/')).json()) as { sessions: { id: string }[] }
      const answers = [
        await eve.visitor.post('/accounts/sessions/end/', { session: sessions[0]?.id ?? '' }),
        await eve.visitor.post('/accounts/sessions/end/', { session: 'x'.repeat(22) }),
      ]
      expect(answers.map((one) => one.status)).toEqual([404, 404])
      const [one, other] = await Promise.all(answers.map(async (answer) => (await answer.text()).replace(/value="[A-Za-z0-9]{64}"/, '')))
      expect(one).toBe(other)
      expect(await isLoggedIn(ada.visitor)).toBe(true)
    })

    test('D9: no page tells a session’s key', async () => {
      const site = await open()
      const { visitor } = await somebody(site)
      const key = visitor.sessionCookie ?? ''
      for (const page of ['profile', 'sessions', 'password_change']) {
        expect(await (await visitor.get(`/accounts/${page}/`)).text()).not.toContain(key)
        expect(await (await visitor.getJson(`/accounts/${page}/`)).text()).not.toContain(key)
      }
    })

    test('says 400 to who names neither one nor all', async () => {
      const { visitor } = await somebody(await open())
      expect((await visitor.post('/accounts/sessions/end/')).status).toBe(400)
    })
  })
})
