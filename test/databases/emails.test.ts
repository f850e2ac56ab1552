import { describe, expect, test } from 'vitest'
import { eachAccounts, expectRedirect, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'
import { StatementCounter } from '../support/statements.js'
import type { Visitor } from '../support/visitor.js'

let count = 0

async function someone({ auth }: Accounts, values: object = {}) {
  count += 1
  const username = `rosa${count}`
  return auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD, ...values })
}

/** What was mailed to an address, emptied afterwards; oldest first. */
async function mailsTo({ auth, mailbox }: Accounts, address: string) {
  await auth.idle()
  const found = mailbox.to(address)
  const mails = found.map((one) => ({ subject: one.subject, path: new URL(mailbox.linksIn(one)[0] ?? '').pathname }))
  mailbox.clear()
  return mails
}

async function linkTo(site: Accounts, address: string): Promise<string> {
  return (await mailsTo(site, address)).at(-1)?.path ?? ''
}

/** Opens a link as a person does: the page, then its button. */
async function use(visitor: Visitor, link: string): Promise<Response> {
  const opened = await visitor.get(link)
  const page = opened.headers.get('location') ?? ''
  if (page === '') return opened
  await visitor.get(page)
  return visitor.post(page)
}

async function emailOf({ auth }: Accounts, pk: unknown): Promise<string> {
  return (await auth.users.get({ pk } as never)).email
}

async function rows({ auth }: Accounts): Promise<string> {
  const { database } = auth.internals.registry
  const found = []
  for (const table of ['portcullis_email', 'portcullis_email_change', 'shop_customer'])
    found.push((await database.run({ sql: `select * from ${table} order by id`, parameters: [] })).rows)
  return JSON.stringify(found, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

eachAccounts(
  (open) => {
    const change = async (site: Accounts, visitor: Visitor, email: string): Promise<Response> => {
      await visitor.get('/accounts/email/')
      const answer = await visitor.post('/accounts/email/', { email, password: PASSWORD })
      await site.auth.idle()
      return answer
    }

    describe('proofs of addresses', () => {
      test('7.6.2, E7: a link is confirmed by a form; a scanner that opens it changes nothing', async () => {
        const site = await open()
        const user = await someone(site)
        const heard: string[] = []
        const stop = site.auth.signals.emailVerified.connect(({ address }) => void heard.push(address))
        expect([await site.auth.emails.isVerified(user), await site.auth.emails.sendVerification(user)]).toEqual([false, true])
        const link = await linkTo(site, user.email)
        const before = await rows(site)
        const visitor = site.visitor()
        const opened = await visitor.get(link)
        expectRedirect(opened, '/accounts/email/verify/', 302)
        expect(opened.headers.get('referrer-policy')).toBe('no-referrer')
        const html = await (await visitor.get('/accounts/email/verify/')).text()
        expect(html).toContain('Confirm this address')
        expect(html).not.toContain(link.split('/').at(-2))
        expect(await rows(site)).toBe(before)
        expectRedirect(await visitor.post('/accounts/email/verify/'), '/accounts/email/verify/done/')
        expect(await (await visitor.get('/accounts/email/verify/done/')).text()).toContain('Your address is confirmed')
        expect([await site.auth.emails.isVerified(user), await site.auth.emails.sendVerification(user), heard]).toEqual([true, false, [user.email]])
        // It opens no door.
        expect((await visitor.get('/accounts/profile/')).status).toBe(302)
        expect(await (await use(site.visitor(), link)).text()).toContain('This link no longer works')
        stop()
      })

      test('G1: the page without the link confirms nothing', async () => {
        const site = await open()
        await site.auth.emails.sendVerification(await someone(site))
        const visitor = site.visitor()
        const html = await (await visitor.get('/accounts/email/verify/')).text()
        expect(html).toContain('This link no longer works')
        await visitor.get('/accounts/login/')
        expect(await (await visitor.post('/accounts/email/verify/')).text()).toContain('This link no longer works')
        site.mailbox.clear()
      })

      test('of 50 confirmations at once one is the first', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.sendVerification(user)
        const heard: string[] = []
        const stop = site.auth.signals.emailVerified.connect(({ address }) => void heard.push(address))
        const visitor = site.visitor()
        await visitor.get(await linkTo(site, user.email))
        await visitor.get('/accounts/email/verify/')
        const answers = await Promise.all(Array.from({ length: 50 }, async () => visitor.copy().post('/accounts/email/verify/')))
        expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
        expect(heard).toEqual([user.email])
        stop()
      })

      test('what somebody else writes into Django’s table is not proven', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.markVerified(user)
        expect(await site.auth.emails.isVerified(user)).toBe(true)
        await site.auth.users.update({ pk: user.pk } as never, { email: 'rosa@elsewhere.example' })
        expect(await site.auth.emails.isVerified(await site.auth.users.get({ pk: user.pk } as never))).toBe(false)
        await site.auth.users.update({ pk: user.pk } as never, { email: user.email })
        expect(await site.auth.emails.isVerified(await site.auth.users.get({ pk: user.pk } as never))).toBe(true)
      })

      test('a link is void once the address is another, and after a day', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.sendVerification(user)
        const link = await linkTo(site, user.email)
        site.clock.advance(86_401)
        expect(await (await site.visitor().get(link)).text()).toContain('This link no longer works')
        await site.auth.emails.sendVerification(user)
        const next = await linkTo(site, user.email)
        await user.update({ email: 'rosa@third.example' })
        expect(await (await site.visitor().get(next)).text()).toContain('This link no longer works')
      })

      test('a link to set a new password proves the address it came to', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = site.visitor()
        await visitor.get('/accounts/password_reset/')
        await visitor.post('/accounts/password_reset/', { email: user.email })
        const opened = await visitor.get(await linkTo(site, user.email))
        const page = opened.headers.get('location') ?? ''
        await visitor.get(page)
        expectRedirect(await visitor.post(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }), '/accounts/reset/done/')
        expect(await site.auth.emails.isVerified(user)).toBe(true)
      })

      test('as JSON', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.sendVerification(user)
        const [link, visitor] = [await linkTo(site, user.email), site.visitor()]
        expect(await (await visitor.getJson(link)).json()).toEqual({ isValid: true, url: '/accounts/email/verify/' })
        expect(await (await visitor.getJson('/accounts/email/verify/')).json()).toMatchObject({ kind: 'verify', isValid: true, email: user.email })
        const done = await visitor.postJson('/accounts/email/verify/', {})
        expect([done.status, await done.json()]).toEqual([200, { email: user.email, loginUrl: '/accounts/login/' }])
        expect(await (await visitor.getJson(link)).json()).toEqual({ isValid: false })
        const again = await visitor.postJson('/accounts/email/verify/', {})
        expect([again.status, await again.json()]).toMatchObject([422, { errors: { __all__: [{ code: 'invalid_link' }] } }])
      })
    })

    describe('another address', () => {
      test('takes the present one’s place once it is confirmed; the old one is told', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = await site.loggedIn(user.username)
        const heard: object[] = []
        const stop = site.auth.signals.emailChanged.connect(({ from, to, isReverted }) => void heard.push({ from, to, isReverted }))
        const to = `new.${user.email}`
        expectRedirect(await change(site, visitor, to), '/accounts/email/done/')
        expect(await (await visitor.get('/accounts/email/done/')).text()).toContain('Look into your mailbox')
        expect([await emailOf(site, user.pk), heard]).toEqual([user.email, []])
        expectRedirect(await use(site.visitor(), await linkTo(site, to)), '/accounts/email/change/done/')
        expect([await emailOf(site, user.pk), heard]).toEqual([to, [{ from: user.email, to, isReverted: false }]])
        const [told] = await mailsTo(site, user.email)
        expect(told?.subject).toBe('Your e-mail address at Harbour Shop was changed')
        expect(await site.auth.emails.isVerified(await site.auth.users.get({ pk: user.pk } as never))).toBe(true)
        stop()
      })

      test('7.5.1, G10: wants the present password', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = await site.loggedIn(user.username)
        await visitor.get('/accounts/email/')
        const refused = await visitor.postJson('/accounts/email/', { email: 'rosa@new.example', password: OTHER_PASSWORD })
        expect([refused.status, await refused.json()]).toMatchObject([422, { errors: { password: [{ code: 'password_incorrect' }] } }])
        expect((await visitor.postJson('/accounts/email/', { email: 'rosa@new.example' })).status).toBe(422)
        const same = await visitor.postJson('/accounts/email/', { email: user.email, password: PASSWORD })
        expect([same.status, await same.json()]).toMatchObject([422, { errors: { email: [{ code: 'same_address' }] } }])
        for (const email of ['rosa', 'a@evil.test,b@corp.test', '"a,b"@evil.test', 'a@b.test\r\nBcc:x@evil.test'])
          expect((await visitor.postJson('/accounts/email/', { email, password: PASSWORD })).status).toBe(422)
        expect(await mailsTo(site, 'rosa@new.example')).toEqual([])
        expect((await site.visitor().get('/accounts/email/')).status).toBe(302)
      })

      test('I11: no form of the profile writes it', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = await site.loggedIn(user.username)
        const html = await (await visitor.get('/accounts/profile/')).text()
        expect(html).toContain('href="../email/"')
        expectRedirect(await visitor.post('/accounts/profile/', { email: 'rosa@sly.example', first_name: 'Rosa' }), '/accounts/profile/')
        await visitor.postJson('/accounts/profile/', { email: 'rosa@sly.example' })
        expect(await site.auth.users.get({ pk: user.pk } as never)).toMatchObject({ email: user.email, firstName: 'Rosa' })
      })

      test('A7: of somebody else answers and costs the same; the owner is told, and gets no link', async () => {
        const site = await open()
        const [victim, user] = [await someone(site), await someone(site)]
        const visitor = await site.loggedIn(user.username)
        await visitor.get('/accounts/email/')
        const ask = async (email: string) => {
          site.mailbox.clear()
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const answer = await visitor.postJson('/accounts/email/', { email, password: PASSWORD })
          const statements = counter.stop().length
          const queued = (await site.auth.idle(), site.mailbox.messages.length)
          return { status: answer.status, body: await answer.text(), headers: [...answer.headers.keys()], statements, queued }
        }
        // Once before, so that both find a wish to replace.
        await ask('rosa@first.example')
        const free = await ask('rosa@free.example')
        expect(site.mailbox.last.subject).toBe('Your new e-mail address at Harbour Shop')
        expect(await ask(victim.email.replace('example.com', 'EXAMPLE.com'))).toEqual(free)
        expect(site.mailbox.last).toMatchObject({ to: { address: victim.email }, subject: 'You already have an account at Harbour Shop' })
        expect(site.mailbox.linksIn()).toEqual(['http://shop.example/accounts/login/'])
        site.mailbox.clear()
      })

      test('G2: of 50 wishes and confirmations at once none mixes an address with another’s link', async () => {
        const site = await open()
        const user = await someone(site)
        const targets = Array.from({ length: 50 }, (_, number) => `mix${number}.${user.email}`)
        await Promise.all(targets.map(async (to) => site.auth.emails.change(user, to).catch(() => null)))
        await site.auth.idle()
        const links = targets.flatMap((to) => site.mailbox.to(to).map((mail) => [to, new URL(site.mailbox.linksIn(mail)[0] ?? '').pathname] as const))
        site.mailbox.clear()
        const answers = await Promise.all(links.map(async ([to, link]) => [to, await use(site.visitor(), link)] as const))
        const done = answers.filter(([, answer]) => answer.status === 303).map(([to]) => to)
        expect(done.length).toBe(1)
        expect(await emailOf(site, user.pk)).toBe(done[0])
        site.mailbox.clear()
      })

      test('G3: a wish ends with the password it was made under, whoever sets a new one, and with an account that is switched off', async () => {
        const site = await open()
        const stories: readonly ((user: Awaited<ReturnType<typeof someone>>) => Promise<unknown>)[] = [
          async (user) => {
            const owner = site.visitor()
            await owner.get('/accounts/password_reset/')
            await owner.post('/accounts/password_reset/', { email: user.email })
            const page = (await owner.get(await linkTo(site, user.email))).headers.get('location') ?? ''
            await owner.get(page)
            expectRedirect(await owner.post(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }), '/accounts/reset/done/')
          },
          async (user) => {
            const owner = await site.loggedIn(user.username)
            await owner.get('/accounts/password_change/')
            const fields = { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
            expect((await owner.post('/accounts/password_change/', fields)).status).toBe(303)
          },
          // As Django writes it.
          async (user) => {
            const id = Number(user.pk)
            await site.auth.internals.registry.database.run({
              sql: `update shop_customer set password = 'sha1$a$b' where id = ${id}`,
              parameters: [],
            })
          },
          async (user) => site.auth.users.update({ pk: user.pk } as never, { isActive: false } as never),
        ]
        for (const story of stories) {
          const user = await someone(site)
          const to = `thief.${user.email}`
          await change(site, await site.loggedIn(user.username), to)
          const [link, opened] = [await linkTo(site, to), site.visitor()]
          // One that was opened before is no better.
          await opened.get(link)
          await opened.get('/accounts/email/change/')
          await story(user)
          expect(await (await use(site.visitor(), link)).text()).toContain('This link no longer works')
          expect(await (await opened.post('/accounts/email/change/')).text()).toContain('This link no longer works')
          expect(await emailOf(site, user.pk)).toBe(user.email)
          site.mailbox.clear()
        }
      })

      test('an address that became somebody’s meanwhile is not taken from them', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.change(user, 'rosa@race.example')
        const link = await linkTo(site, 'rosa@race.example')
        await someone(site, { email: 'rosa@race.example' })
        expect(await (await use(site.visitor(), link)).text()).toContain('This link no longer works')
        expect(await emailOf(site, user.pk)).toBe(user.email)
      })
    })

    describe('the way back', () => {
      test('NIST 4.6: puts the old address back, ends every session, voids the password and asks for a new one; once', async () => {
        const site = await open()
        const user = await someone(site)
        const thief = await site.loggedIn(user.username)
        const to = `thief.${user.email}`
        await change(site, thief, to)
        await use(thief, await linkTo(site, to))
        const link = await linkTo(site, user.email)
        expect((await thief.get('/accounts/profile/')).status).toBe(200)
        const owner = site.visitor()
        const answer = await use(owner, link)
        expect(answer.status).toBe(303)
        const reset = answer.headers.get('location') ?? ''
        expect(reset).toMatch(/^\/accounts\/reset\//)
        expect([await emailOf(site, user.pk), (await thief.get('/accounts/profile/')).status]).toEqual([user.email, 302])
        await thief.get('/accounts/login/')
        expect((await thief.post('/accounts/login/', { username: user.username, password: PASSWORD })).status).toBe(422)
        const page = (await owner.get(reset)).headers.get('location') ?? ''
        await owner.get(page)
        expectRedirect(await owner.post(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }), '/accounts/reset/done/')
        expect(await site.auth.authenticate(null, { username: user.username, password: OTHER_PASSWORD })).not.toBe(null)
        expect(await (await use(site.visitor(), link)).text()).toContain('This link no longer works')
        site.mailbox.clear()
      })

      test('works whatever happened since; the thief’s address gets none', async () => {
        const site = await open()
        const user = await someone(site)
        const thief = await site.loggedIn(user.username)
        const [first, second] = [`one.${user.email}`, `two.${user.email}`]
        await change(site, thief, first)
        await use(thief, await linkTo(site, first))
        const ownersLink = await linkTo(site, user.email)
        await change(site, thief, second)
        await use(thief, await linkTo(site, second))
        const [toThief] = await mailsTo(site, first)
        expect(toThief).toEqual({ subject: 'Your e-mail address at Harbour Shop was changed', path: '/accounts/login/' })
        await site.auth.emails.change(await site.auth.users.get({ pk: user.pk } as never), `three.${user.email}`)
        const pending = await linkTo(site, `three.${user.email}`)
        expect((await use(site.visitor(), ownersLink)).status).toBe(303)
        expect(await (await use(site.visitor(), pending)).text()).toContain('This link no longer works')
        expect(await emailOf(site, user.pk)).toBe(user.email)
      })

      test('is not given to a thief when the owner repairs the address by hand, and stays with the owner', async () => {
        const site = await open()
        const user = await someone(site)
        const [thief, evil] = [await site.loggedIn(user.username), `evil.${user.email}`]
        await change(site, thief, evil)
        await use(thief, await linkTo(site, evil))
        const ownersLink = await linkTo(site, user.email)
        await change(site, await site.loggedIn(user.username), user.email)
        await use(site.visitor(), await linkTo(site, user.email))
        expect(await emailOf(site, user.pk)).toBe(user.email)
        expect((await mailsTo(site, evil)).map((one) => one.path)).toEqual(['/accounts/login/'])
        // The next theft is told with a link as the first was, and both work.
        await change(site, thief, evil)
        await use(thief, await linkTo(site, evil))
        expect(await linkTo(site, user.email)).toMatch(/^\/accounts\/email\/revert\//)
        expect((await use(site.visitor(), ownersLink)).status).toBe(303)
        expect(await emailOf(site, user.pk)).toBe(user.email)
        // A week later the account's address is its owner's for good, and has a way back of its own.
        site.clock.advance(7 * 86_400 + 1)
        const other = await someone(site)
        for (const [from, to] of [[other.email, `b.${other.email}`] as const, [`b.${other.email}`, `c.${other.email}`] as const]) {
          await site.auth.emails.change(await site.auth.users.get({ pk: other.pk } as never), to)
          await use(site.visitor(), await linkTo(site, to))
          expect(await linkTo(site, from)).toMatch(/^\/accounts\/email\/revert\//)
          site.clock.advance(7 * 86_400 + 1)
        }
      })

      test('of 50 at once one is the first, and after a week none', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.change(user, `week.${user.email}`)
        await use(site.visitor(), await linkTo(site, `week.${user.email}`))
        const link = await linkTo(site, user.email)
        const visitor = site.visitor()
        await visitor.get(link)
        await visitor.get('/accounts/email/revert/')
        const answers = await Promise.all(Array.from({ length: 50 }, async () => visitor.copy().post('/accounts/email/revert/')))
        expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
        const other = await someone(site)
        await site.auth.emails.change(other, `week.${other.email}`)
        await use(site.visitor(), await linkTo(site, `week.${other.email}`))
        const late = await linkTo(site, other.email)
        site.clock.advance(7 * 86_400 + 1)
        expect(await (await site.visitor().get(late)).text()).toContain('This link no longer works')
      })
    })

    test('14.2.7: what no link leads back from any more is forgotten, and what is known of accounts that are gone', async () => {
      const site = await open()
      const [user, gone] = [await someone(site), await someone(site)]
      await site.auth.emails.markVerified(user)
      await site.auth.emails.markVerified(gone)
      await site.auth.emails.change(user, `forgotten.${user.email}`)
      await site.auth.users.delete({ pk: gone.pk } as never)
      site.clock.advance(9 * 86_400)
      expect(await site.auth.emails.clearExpired()).toBeGreaterThan(1)
      expect([await site.auth.emails.clearExpired(), await site.auth.emails.isVerified(user)]).toEqual([0, true])
      expect((await rows(site)).includes(gone.email) || (await rows(site)).includes('forgotten.')).toBe(false)
      site.mailbox.clear()
    })

    test('D4, G3: no link about an address works in another’s place or for somebody else', async () => {
      const site = await open()
      const [user, other] = [await someone(site), await someone(site)]
      await site.auth.emails.sendVerification(user)
      const verify = await linkTo(site, user.email)
      await site.auth.emails.change(other, `other.${other.email}`)
      const done = await linkTo(site, `other.${other.email}`)
      await use(site.visitor(), done)
      const revert = await linkTo(site, other.email)
      await site.auth.emails.change(user, `moved.${user.email}`)
      const pending = await linkTo(site, `moved.${user.email}`)
      const links = { verify, change: pending, revert }
      const uid = { user: verify.split('/')[4] ?? '', other: revert.split('/')[4] ?? '' }
      for (const [kind, link] of Object.entries(links)) {
        for (const place of ['email/verify', 'email/change', 'email/revert', 'reset']) {
          for (const whose of [uid.user, uid.other]) {
            const moved = `/accounts/${place}/${whose}/${link.split('/').at(-2)}/`
            const answer = await site.visitor().get(moved)
            expect([kind, moved === link, answer.status]).toEqual([kind, moved === link, moved === link ? 302 : 200])
          }
        }
      }
      for (const bad of ['', '0', '[]', 'x'.repeat(10_000), '%00', `${'a'.repeat(22)}.x`])
        expect((await site.visitor().get(`/accounts/email/change/${uid.user}/${bad}/`)).status).toBe(bad === '' ? 404 : 200)
    })
  },
  { emails: { verification: true } },
)

eachAccounts((open) => {
  describe('without proofs', () => {
    test('the profile writes the address, as in Django, and its old owner has the way back', async () => {
      const site = await open()
      const user = await someone(site)
      const thief = await site.loggedIn(user.username)
      expect((await thief.get('/accounts/email/')).status).toBe(404)
      expectRedirect(await thief.post('/accounts/profile/', { email: 'rosa@quick.example' }), '/accounts/profile/')
      expect(await emailOf(site, user.pk)).toBe('rosa@quick.example')
      const [told] = await mailsTo(site, user.email)
      expect(told?.subject).toBe('Your e-mail address at Harbour Shop was changed')
      expect((await use(site.visitor(), told?.path ?? '')).headers.get('location')).toMatch(/^\/accounts\/reset\//)
      expect([await emailOf(site, user.pk), (await thief.get('/accounts/profile/')).status]).toEqual([user.email, 302])
      site.mailbox.clear()
    })

    test('a thief who puts the address back has no way to theirs, nor of two at once', async () => {
      const site = await open()
      const user = await someone(site)
      const [thief, evil] = [await site.loggedIn(user.username), `evil.${user.email}`]
      await thief.post('/accounts/profile/', { email: evil })
      const [first] = await mailsTo(site, user.email)
      await thief.post('/accounts/profile/', { email: user.email })
      expect((await mailsTo(site, evil)).map((one) => one.path)).toEqual(['/accounts/login/'])
      await Promise.all(
        Array.from({ length: 10 }, async (_, at) => thief.copy().post('/accounts/profile/', { email: at % 2 === 0 ? evil : user.email })),
      )
      expect((await mailsTo(site, evil)).filter((one) => one.path.includes('/revert/'))).toEqual([])
      expect((await use(site.visitor(), first?.path ?? '')).status).toBe(303)
      expect(await emailOf(site, user.pk)).toBe(user.email)
      site.mailbox.clear()
    })
  })
})

eachAccounts(
  (open) => {
    describe('requireVerifiedEmail', () => {
      test('A4, A6: a right password is answered like a wrong one, at the same cost, until the address is proven; the link is mailed', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = site.visitor()
        await visitor.getJson('/accounts/login/')
        const ask = async (username: string, password: string) => {
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const answer = await visitor.postJson('/accounts/login/', { username, password })
          return { status: answer.status, body: await answer.text(), headers: [...answer.headers.keys()], statements: counter.stop().length }
        }
        const wrong = await ask(user.username, OTHER_PASSWORD)
        expect(wrong).toMatchObject({ status: 422, statements: 2 })
        expect(await ask('nobody at all', PASSWORD)).toEqual(wrong)
        expect(await ask(user.username, PASSWORD)).toEqual(wrong)
        expect(await site.auth.authenticate(null, { username: user.username, password: PASSWORD })).toBe(null)
        const link = await linkTo(site, user.email)
        expectRedirect(await use(site.visitor(), link), '/accounts/email/verify/done/')
        expect((await ask(user.username, PASSWORD)).status).toBe(200)
      })

      test('a hundred who only claim an address hide nobody who has it', async () => {
        const site = await open()
        const email = `flood${(count += 1)}@example.com`
        const claims = Array.from({ length: 101 }, (_, at) => ({ username: `claim${count}x${at}`, email }))
        await site.auth.users.bulkCreate(claims as never)
        const sql = `insert into portcullis_email (user_key, address, verified_at, nonce) select id, email, null, 'x' from shop_customer where email = '${email}'`
        await site.auth.internals.registry.database.run({ sql, parameters: [] })
        const invite = async () => site.auth.invitations.create({ email, mail: false })
        await invite()
        await site.auth.emails.markVerified(await someone(site, { email }))
        await expect(invite()).rejects.toThrow('already taken')
        await site.auth.users.delete({ email } as never)
        site.mailbox.clear()
      })

      test('a reminder under way takes no proof back', async () => {
        const site = await open()
        const user = await someone(site)
        await site.auth.emails.sendVerification(user)
        const [link, visitor] = [await linkTo(site, user.email), site.visitor()]
        await visitor.get('/accounts/login/')
        // Its reminder waits until somebody asks for the mails.
        await visitor.post('/accounts/login/', { username: user.username, password: PASSWORD })
        await site.auth.emails.markVerified(user)
        expect(await mailsTo(site, user.email)).toEqual([])
        expect([await site.auth.emails.isVerified(user), link]).toEqual([true, expect.stringContaining('/verify/')])
      })

      test('A7: registering with somebody’s address answers and costs the same as with a free one; its owner is told', async () => {
        const site = await open()
        const victim = await someone(site)
        await site.auth.emails.markVerified(victim)
        const register = async (username: string, email: string) => {
          site.mailbox.clear()
          const visitor = site.visitor()
          await visitor.getJson('/accounts/register/')
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const fields = { username, email, password1: PASSWORD, password2: PASSWORD }
          const answer = await visitor.postJson('/accounts/register/', fields)
          const statements = counter.stop().length
          await site.auth.idle()
          return {
            status: answer.status,
            body: await answer.text(),
            headers: [...answer.headers.keys()],
            statements,
            queued: site.mailbox.messages.length,
            // Whether the name is free tells nothing either.
            isMade: (await site.auth.users.count({ username })) === 1,
          }
        }
        const free = await register(`free${victim.username}`, `free.${victim.email}`)
        expect(free).toMatchObject({ status: 201, body: '{"accepted":true}', queued: 1, isMade: true })
        const link = site.mailbox.linksIn()[0] ?? ''
        expect(await register(`sly${victim.username}`, victim.email)).toEqual(free)
        expect(site.mailbox.last).toMatchObject({ to: { address: victim.email }, subject: 'You already have an account at Harbour Shop' })
        // Whoever registered with somebody's address gets no link later either.
        site.mailbox.clear()
        const sly = { username: `sly${victim.username}`, password: PASSWORD }
        expect([await site.auth.authenticate(null, sly), await mailsTo(site, victim.email)]).toEqual([null, []])
        const honest = { username: `free${victim.username}`, password: PASSWORD }
        expect(await site.auth.authenticate(null, honest)).toBe(null)
        expectRedirect(await use(site.visitor(), new URL(link).pathname), '/accounts/email/verify/done/')
        expect(await site.auth.authenticate(null, honest)).not.toBe(null)
        site.mailbox.clear()
      })

      test('an address that somebody only registered with keeps nobody out', async () => {
        const site = await open()
        const email = `early${(count += 1)}@example.com`
        const register = async (username: string): Promise<string> => {
          const visitor = site.visitor()
          await visitor.get('/accounts/register/')
          const fields = { username, email, password1: PASSWORD, password2: PASSWORD }
          expectRedirect(await visitor.post('/accounts/register/', fields), '/accounts/register/done/')
          expect((await visitor.get('/accounts/profile/')).status).toBe(302)
          return (await mailsTo(site, email))[0]?.subject ?? ''
        }
        expect(await register(`squatter${count}`)).toBe('Your e-mail address at Harbour Shop')
        expect(await register(`owner${count}`)).toBe('Your e-mail address at Harbour Shop')
      })
    })
  },
  { requireVerifiedEmail: true },
)
