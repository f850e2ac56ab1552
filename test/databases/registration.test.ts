import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured, PermissionDenied } from '../../src/index.js'
import { RESERVED_NAMES } from '../../src/emails/registration-settings.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, eachAccounts, expectRedirect, PASSWORD, type Accounts } from '../support/account-pages.js'
import { codesOf, posted } from '../support/form-data.js'
import { StatementCounter } from '../support/statements.js'
import type { Visitor } from '../support/visitor.js'

let count = 0

function nextName(): string {
  count += 1
  return `mina${count}`
}

async function someone({ auth }: Accounts, values: object = {}) {
  const username = nextName()
  return auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD, ...values })
}

const fieldsFor = (username: string) => ({ username, password1: PASSWORD, password2: PASSWORD })

/** The path of the newest link to an address. */
async function linkTo({ auth, mailbox }: Accounts, address: string): Promise<string> {
  await auth.idle()
  const mail = mailbox.to(address).at(-1)
  mailbox.clear()
  return mail === undefined ? '' : new URL(mailbox.linksIn(mail)[0] ?? '').pathname
}

/** Opens a link; the page of its form, or an empty text. */
async function formBehind(visitor: Visitor, link: string): Promise<string> {
  const page = (await visitor.get(link)).headers.get('location') ?? ''
  if (page !== '') await visitor.get(page)
  return page
}

async function isVoid(response: Response): Promise<boolean> {
  return (await response.text()).includes('This link no longer works')
}

eachAccounts(
  (open) => {
    describe('a registration that tells nothing', () => {
      test('A7: an address that somebody has answers and costs the same as a free one; its owner is told', async () => {
        const site = await open()
        const victim = await someone(site)
        const ask = async (email: string) => {
          const visitor = site.visitor()
          await visitor.getJson('/accounts/register/')
          site.mailbox.clear()
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const answer = await visitor.postJson('/accounts/register/', { email })
          const statements = counter.stop().length
          await site.auth.idle()
          const queued = site.mailbox.messages.length
          return { status: answer.status, body: await answer.text(), headers: [...answer.headers.keys()], statements, queued }
        }
        const free = await ask('somebody.new@example.com')
        expect(free).toMatchObject({ status: 200, body: '{"accepted":true}', queued: 1 })
        expect(site.mailbox.last.subject).toBe('Your account at Harbour Shop')
        expect(await ask(victim.email.replace('mina', 'MINA'))).toEqual(free)
        expect(site.mailbox.last).toMatchObject({ to: { address: victim.email }, subject: 'You already have an account at Harbour Shop' })
        expect(site.mailbox.linksIn()).toEqual(['http://shop.example/accounts/login/'])
        for (const email of ['mina', 'a@evil.test,b@corp.test', ''])
          expect((await site.visitor().postJson('/accounts/register/', { email })).status).not.toBe(200)
        site.mailbox.clear()
      })

      test('the link leads to the form; the account has the proven address, whatever is sent, and is let in', async () => {
        const site = await open()
        const [username, visitor] = [nextName(), site.visitor()]
        const html = await (await visitor.get('/accounts/register/')).text()
        expect(html).toContain('Send me a link')
        expect(html).not.toContain('name="username"')
        expectRedirect(await visitor.post('/accounts/register/', { email: `${username}@example.com` }), '/accounts/register/done/')
        expect(await (await visitor.get('/accounts/register/done/')).text()).toContain('Look into your mailbox')
        const link = await linkTo(site, `${username}@example.com`)
        const before = await site.auth.users.count()
        const other = site.visitor()
        expect(await formBehind(other, link)).toBe('/accounts/register/account/')
        const form = await (await other.get('/accounts/register/account/')).text()
        expect([
          form.includes(`<span>${username}@example.com</span>`),
          form.includes('name="email"'),
          form.includes(link.split('/')[4] ?? '-'),
        ]).toEqual([true, false, false])
        expect((await other.post('/accounts/register/account/', { ...fieldsFor(username), password2: 'another' })).status).toBe(422)
        expect(await site.auth.users.count()).toBe(before)
        expectRedirect(await other.post('/accounts/register/account/', { ...fieldsFor(username), email: 'victim@example.com' }), '/accounts/profile/')
        const user = await site.auth.users.get({ username })
        expect([user.email, await site.auth.emails.isVerified(user)]).toEqual([`${username}@example.com`, true])
        expect((await other.get('/accounts/profile/')).status).toBe(200)
        expect(await isVoid(await site.visitor().get(link))).toBe(true)
      })

      test('of 50 who use a link at once one has an account', async () => {
        const site = await open()
        const [name, visitor] = [nextName(), site.visitor()]
        await visitor.get('/accounts/register/')
        await visitor.post('/accounts/register/', { email: `${name}@example.com` })
        const page = await formBehind(visitor, await linkTo(site, `${name}@example.com`))
        const answers = await Promise.all(Array.from({ length: 50 }, async (_, at) => visitor.copy().post(page, fieldsFor(`${name}x${at}`))))
        expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
        expect(await site.auth.users.count({ email: `${name}@example.com` })).toBe(1)
      })

      test('a link counts a day, and not once the address has an account', async () => {
        const site = await open()
        const ask = async (email: string): Promise<string> => {
          const visitor = site.visitor()
          await visitor.get('/accounts/register/')
          await visitor.post('/accounts/register/', { email })
          return linkTo(site, email)
        }
        const late = await ask('late@example.com')
        site.clock.advance(86_401)
        expect(await isVoid(await site.visitor().get(late))).toBe(true)
        const taken = await ask('soon.taken@example.com')
        await someone(site, { email: 'soon.taken@example.com' })
        expect(await isVoid(await site.visitor().get(taken))).toBe(true)
        // Nobody's address is in a link to another.
        const [moved, own] = [await ask('one@example.com'), await ask('two@example.com')]
        const mixed = [...moved.split('/').slice(0, 4), own.split('/')[4], ''].join('/')
        expect(await isVoid(await site.visitor().get(mixed))).toBe(true)
        for (const bad of ['x', '%00', 'x'.repeat(10_000), `${'a'.repeat(22)}.x`])
          expect(await isVoid(await site.visitor().get(`/accounts/register/${moved.split('/')[3] ?? ''}/${bad}/`))).toBe(true)
      })

      test('as JSON', async () => {
        const site = await open()
        const [username, visitor] = [nextName(), site.visitor()]
        const asked = (await (await visitor.getJson('/accounts/register/')).json()) as { fields: { name: string }[] }
        expect(asked.fields.map((one) => one.name)).toEqual(['email'])
        await visitor.postJson('/accounts/register/', { email: `${username}@example.com` })
        const link = await linkTo(site, `${username}@example.com`)
        expect(await (await visitor.getJson(link)).json()).toEqual({ isValid: true, url: '/accounts/register/account/' })
        const form = (await (await visitor.getJson('/accounts/register/account/')).json()) as { fields: object[] }
        expect(form.fields).toContainEqual(expect.objectContaining({ name: 'email', type: 'readonly', value: `${username}@example.com` }))
        const made = await visitor.postJson('/accounts/register/account/', fieldsFor(username))
        expect([made.status, await made.json()]).toMatchObject([201, { user: { username } }])
        const again = await visitor.postJson('/accounts/register/account/', fieldsFor(nextName()))
        expect([again.status, await again.json()]).toMatchObject([422, { errors: { __all__: [{ code: 'invalid_link' }] } }])
      })
    })
  },
  { registration: { mode: 'private' } },
)

eachAccounts(
  (open) => {
    describe('invitations', () => {
      test('G9, 6.4.1: make one account with the invited address, in the groups, with a password of its own; once', async () => {
        const site = await open()
        const username = nextName()
        const heard: object[] = []
        const stops = [
          site.auth.signals.invitationCreated.connect(({ invitation }) => void heard.push({ created: invitation.email })),
          site.auth.signals.invitationUsed.connect(({ user }) => void heard.push({ used: user?.username })),
        ]
        const editors = await site.auth.groups.create({ name: `editors ${username}`, permissions: ['shop.change_product'] })
        const made = await site.auth.invitations.create({ email: `${username}@EXAMPLE.com`, groups: [editors] })
        expect(new URL(made.link).pathname).toBe(await linkTo(site, `${username}@example.com`))
        expect((await site.auth.invitations.list()).map((one) => one.id)).toContain(made.id)
        const [visitor, link] = [site.visitor(), new URL(made.link).pathname]
        const page = await formBehind(visitor, link)
        expect(page).toBe('/accounts/invitation/')
        expectRedirect(await visitor.post(page, { ...fieldsFor(username), email: 'else@example.com', is_staff: 'on' }), '/accounts/profile/')
        const user = await site.auth.users.get({ username })
        expect([user.email, user.isStaff, await user.hasPerm('shop.change_product'), await site.auth.emails.isVerified(user)]).toEqual([
          `${username}@example.com`,
          false,
          true,
          true,
        ])
        expect(await isVoid(await site.visitor().get(link))).toBe(true)
        expect((await site.auth.invitations.list()).map((one) => one.id)).not.toContain(made.id)
        expect(heard).toEqual([{ created: `${username}@example.com` }, { used: username }])
        for (const stop of stops) stop()
      })

      test('of 50 who use one at once one has an account, and a name that is taken uses nothing up', async () => {
        const site = await open()
        const [name, taken] = [nextName(), await someone(site)]
        const { link } = await site.auth.invitations.create({ email: `${name}@example.com`, mail: false })
        const visitor = site.visitor()
        const page = await formBehind(visitor, new URL(link).pathname)
        expect((await visitor.post(page, fieldsFor(taken.username))).status).toBe(422)
        const answers = await Promise.all(Array.from({ length: 50 }, async (_, at) => visitor.copy().post(page, fieldsFor(`${name}x${at}`))))
        expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
        expect(await site.auth.users.count({ email: `${name}@example.com` })).toBe(1)
      })

      test('G4: end, are taken back, and nothing else opens their accounts', async () => {
        const site = await open()
        const invite = async (expires = 3600) => {
          const email = `${nextName()}@example.com`
          return site.auth.invitations.create({ email, expires, mail: false })
        }
        const [late, back, whole] = [await invite(60), await invite(), await invite()]
        site.clock.advance(61)
        expect(await isVoid(await site.visitor().get(new URL(late.link).pathname))).toBe(true)
        expect([await site.auth.invitations.revoke(back.id), await site.auth.invitations.revoke(back.id)]).toEqual([true, false])
        expect(await isVoid(await site.visitor().get(new URL(back.link).pathname))).toBe(true)
        const reset = site.visitor()
        await reset.get('/accounts/password_reset/')
        await reset.post('/accounts/password_reset/', { email: whole.email })
        expect(await linkTo(site, whole.email)).toBe('')
        // D4: its token is good in no other place, nor another invitation's in its.
        const [, , , id = '', token = ''] = new URL(whole.link).pathname.split('/')
        for (const place of ['register', 'reset', 'email/verify', 'email/change', 'email/revert'])
          expect([place, (await site.visitor().get(`/accounts/${place}/${id}/${token}/`)).status]).not.toEqual([place, 302])
        const other = await invite()
        expect(await isVoid(await site.visitor().get(`/accounts/invitation/${other.id}/${token}/`))).toBe(true)
        expect(await site.auth.invitations.clearExpired()).toBeGreaterThan(0)
      })

      test('I6: nobody invites into groups that grant what they lack, nor keeps an invitation beyond their rights', async () => {
        const site = await open()
        const by = await someone(site)
        const group = await site.auth.groups.create({ name: `readers ${by.username}`, permissions: ['shop.view_product'] })
        const invite = async () => site.auth.invitations.create({ email: `${nextName()}@example.com`, groups: [group.name], by, mail: false })
        await expect(invite()).rejects.toThrow(PermissionDenied)
        await by.userPermissions.add('shop.add_customer')
        await by.refresh()
        await expect(
          site.auth.invitations.create({ email: `${nextName()}@example.com`, groups: [group], by: await again(site, by.pk) }),
        ).rejects.toThrow(PermissionDenied)
        await by.userPermissions.add('shop.view_product')
        const made = await site.auth.invitations.create({
          email: `${nextName()}@example.com`,
          groups: [group.id],
          by: await again(site, by.pk),
          mail: false,
        })
        const visitor = site.visitor()
        const page = await formBehind(visitor, new URL(made.link).pathname)
        await by.userPermissions.remove('shop.view_product')
        expect(await isVoid(await visitor.post(page, fieldsFor(nextName())))).toBe(true)
        await by.userPermissions.add('shop.view_product')
        expect((await visitor.get(page)).status).toBe(200)
        await by.update({ isActive: false })
        expect(await isVoid(await visitor.get(page))).toBe(true)
      })

      test('say what is wrong with them', async () => {
        const site = await open()
        const user = await someone(site)
        const { invitations } = site.auth
        await expect(invitations.create({ email: 'mina' })).rejects.toThrow(/e-mail address/)
        await expect(invitations.create({ email: user.email })).rejects.toThrow(/already taken/)
        await expect(invitations.create({ email: 'new@example.com', groups: ['nobody’s'] })).rejects.toThrow(/no group “nobody’s”/)
        await expect(invitations.create({ email: 'new@example.com', expires: -1 })).rejects.toThrow(ImproperlyConfigured)
      })

      test('are the only way in: the page of registration says so', async () => {
        const site = await open()
        const visitor = site.visitor()
        const page = await visitor.get('/accounts/register/')
        expect([page.status, (await page.text()).includes('Accounts are by invitation')]).toEqual([403, true])
        expect(await (await visitor.get('/accounts/login/')).text()).not.toContain('/accounts/register/')
        const refused = await visitor.postJson('/accounts/register/', fieldsFor(nextName()))
        expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'invitation_only' } }])
      })
    })
  },
  { registration: { mode: 'invitation' } },
)

async function again({ auth }: Accounts, pk: unknown) {
  return auth.users.get({ pk } as never)
}

describe('a closed registration', () => {
  test('says so, to people and programs, and takes no invitations', async () => {
    const site = accountsOn(sqlite(':memory:'), { registration: { mode: 'closed' } })
    await site.migrate()
    const visitor = site.visitor()
    const page = await visitor.get('/accounts/register/')
    expect([page.status, (await page.text()).includes('No new accounts here')]).toEqual([403, true])
    const refused = await visitor.postJson('/accounts/register/', fieldsFor(nextName()))
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'registration_closed' } }])
    await expect(site.auth.invitations.create({ email: 'new@example.com' })).rejects.toThrow(/closed/)
    await site.close()
  })

  test('a mode there is not is a slip of the pen', () => {
    expect(() => accountsOn(sqlite(':memory:'), { registration: { mode: 'open-ish' as never } })).toThrow(/registration\.mode/)
  })
})

eachAccounts((open) => {
  describe('names', () => {
    test('B7: nobody registers with a reserved one, nor with what looks like it', async () => {
      const { auth } = await open()
      const form = auth.forms.userCreation()
      for (const username of ['admin', 'Admin', 'ROOT', 'postmaster', 'аdmin', 'ａｄｍｉｎ', 'rооt', 'suppοrt', 'wеbmaster'])
        expect([username, codesOf(await form.bind(posted(fieldsFor(username))))]).toEqual([username, { username: ['invalid'] }])
      for (const username of ['admina', 'rooted', 'björn', 'ада', 'δημος', '東京ada', 'ada.1+x@y'])
        expect([username, (await form.bind(posted(fieldsFor(username)))).isValid]).toEqual([username, true])
      expect(new Set(RESERVED_NAMES).size).toBe(RESERVED_NAMES.length)
    })

    test('B7: nor with letters of two alphabets that look alike, nor with a twin of a name that is there', async () => {
      const { auth } = await open()
      const form = auth.forms.userCreation()
      for (const username of ['pаypal', 'ωmega', 'kоrova', 'Ꭺda'])
        expect([username, codesOf(await form.bind(posted(fieldsFor(username))))]).toEqual([username, { username: ['invalid'] }])
      await auth.users.createUser({ username: 'соха', password: PASSWORD })
      await auth.users.createUser({ username: 'соре', password: PASSWORD })
      for (const username of ['coxa', 'Cope']) expect(codesOf(await form.bind(posted(fieldsFor(username))))).toEqual({ username: ['unique'] })
      expect((await form.bind(posted(fieldsFor('copse')))).isValid).toBe(true)
    })

    test('staff may give any, and who has one keeps it', async () => {
      const { auth } = await open()
      const staff = await auth.forms.adminUserCreation().bind(posted({ ...fieldsFor('webmaster'), usable_password: 'true' }))
      expect(staff.isValid).toBe(true)
      const user = await auth.users.createUser({ username: 'support', password: PASSWORD, email: 'support@example.com' })
      const ChangeForm = auth.forms.userChange({ fields: ['username', 'firstName'] })
      expect((await ChangeForm.bindData({ username: 'support', first_name: 'Sue' }, { user })).isValid).toBe(true)
      expect(codesOf(await ChangeForm.bindData({ username: 'root', first_name: 'Sue' }, { user }))).toEqual({ username: ['invalid'] })
    })
  })
})

describe('reserved names', () => {
  test('are the site’s to say', async () => {
    const site = accountsOn(sqlite(':memory:'), { registration: { reservedNames: ['harbour'] } })
    await site.migrate()
    const form = site.auth.forms.userCreation()
    expect(codesOf(await form.bind(posted(fieldsFor('Harbour'))))).toEqual({ username: ['invalid'] })
    expect((await form.bind(posted(fieldsFor('admin')))).isValid).toBe(true)
    await site.close()
  })
})
