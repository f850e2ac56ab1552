import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { abstractBaseUser, emailField, portcullis, uuidField } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { createFactories, createMailbox, testClock } from '../../src/testing.js'
import { createMailer } from '../../src/mail.js'
import { runChild } from '../support/child-process.js'
import { eachShop, quick, type Customer } from '../support/shop.js'

eachShop((shop) => {
  describe('createFactories', () => {
    test('makes users with names, addresses and profiles of their own, and no password that could be right', async () => {
      const site = await shop()
      const factories = createFactories(site)
      const [first, second] = [await factories.user(), await factories.user()]
      expect(first.username).not.toBe(second.username)
      expect(first.email).not.toBe(second.email)
      expect(first.hasUsablePassword()).toBe(false)
      expect(await site.profiles.find({ user: first.pk })).not.toBeNull()
      expect(await site.users.get({ username: first.username })).toMatchObject({ pk: first.pk, isActive: true, isStaff: false, isSuperuser: false })
    })

    test('says what a test says, typed with the site’s user', async () => {
      const factories = createFactories(await shop())
      const ada = await factories.user({ username: 'ada', firstName: 'Ada', phone: '+44 21', isActive: false })
      expectTypeOf(ada).toExtend<Customer>()
      expect(ada).toMatchObject({ username: 'ada', phone: '+44 21', isActive: false })
      // @ts-expect-error a misspelt field
      const misspelt = async () => factories.user({ phon: '1' })
      expect(misspelt).toBeTypeOf('function')
    })

    test('hashes a password once, in a way that no login renews', async () => {
      const site = await shop()
      const factories = createFactories(site)
      const [one, another] = [await factories.user({ password: 'open sesame' }), await factories.user({ password: 'open sesame' })]
      expect(await site.authenticate(null, { username: one.username, password: 'open sesame' })).toMatchObject({ pk: one.pk })
      expect(await another.checkPassword('open sesame')).toBe(true)
      expect(another.password).toBe(one.password)
      expect((await site.users.get({ username: one.username })).password).toBe(one.password)
    })

    test('makes many at once', async () => {
      const site = await shop()
      const factories = createFactories(site)
      const before = await site.users.count()
      const many = await factories.users(150, (index) => ({ lastName: `Number ${index}` }))
      expect(await site.users.count()).toBe(before + 150)
      expect(many[149]?.lastName).toBe('Number 149')
      expect(new Set(many.map((user) => user.username)).size).toBe(150)
      expect(await factories.users(0)).toEqual([])
    })

    test('makes superusers and groups', async () => {
      const site = await shop()
      // Two factories of one site do not take each other's names.
      const root = await createFactories(site).superuser()
      expect(root).toMatchObject({ isStaff: true, isSuperuser: true })
      const factories = createFactories(site)
      const editors = await factories.group(['shop.publish_product'])
      const others = await factories.group([], 'others')
      expect([editors.name === (await factories.group()).name, others.name]).toEqual([false, 'others'])
      const ada = await factories.user()
      await ada.groups.add(editors)
      expect([await ada.hasPerm('shop.publish_product'), await ada.hasPerm('shop.add_product')]).toEqual([true, false])
      // @ts-expect-error a misspelt permission
      await expect(factories.group(['shop.pubish_product'])).rejects.toThrow()
    })
  })
})

describe('a user model of another shape', () => {
  class Member extends abstractBaseUser('club.Member', {
    fields: { id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }), email: emailField({ unique: true }) },
    usernameField: 'email',
  }) {}
  const site = portcullis({ ...quick, database: sqlite(':memory:'), user: Member })
  afterAll(async () => site.close())

  test('gets an address to log in with', async () => {
    await site.migrate()
    const [member, chosen] = [await createFactories(site).superuser(), await createFactories(site).user({ email: 'ada@example.com' })]
    expect(member.getUsername()).toMatch(/^user\d+@example\.com$/)
    expect(chosen.email).toBe('ada@example.com')
  })
})

test('a test’s clock and mailbox go into a site as they are', async () => {
  const [clock, mailbox] = [testClock(), createMailbox()]
  const before = clock.now()
  clock.advance(3600)
  expect(clock.now().getTime() - before.getTime()).toBe(3_600_000)
  const mailer = createMailer({ transport: mailbox, clock })
  mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'https://shop.example/' })
  await mailer.idle()
  expect(mailbox.last.date).toEqual(clock.now())
})

test('no test runner is needed', async () => {
  const said = await runChild(`
    import { portcullis } from './src/index.js'
    import { sqlite } from './src/sqlite.js'
    import { createFactories } from './src/testing.js'
    const site = portcullis({ secretKey: 'x'.repeat(60), database: sqlite(':memory:') })
    await site.migrate()
    console.log((await createFactories(site).user()).username)
    await site.close()`)
  expect(said).toBe('user1\n')
}, 20_000)
