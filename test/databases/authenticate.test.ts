import { describe, expect, test } from 'vitest'
import {
  AllowAllUsersModelBackend,
  ModelBackend,
  PermissionDenied,
  portcullis,
  RemoteUserBackend,
  Secret,
  type Backend,
  type Credentials,
  type FullUser,
} from '../../src/index.js'
import { countWork } from '../../src/passwords/hash-work.js'
import { Md5Hasher } from '../../src/passwords/md5.js'
import { passwordHashers } from '../../src/passwords/password-hashers.js'
import { eachSite, quick } from '../support/shop.js'

/** Two iterations are what a new hash costs on these sites; the golden vectors hold this password at one and at a thousand. */
const OLD = 'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM='
const PASSWORD = 'lètmein'

const trace: string[] = []
/** Never knows anybody, and shows that it was asked; vetoes one name in each of the two ways. */
const guard: Backend = {
  path: 'tests.Guard',
  authenticate: async (_request, { username }) => {
    trace.push(`guard ${username}`)
    if (username === 'thrown-out') throw new PermissionDenied()
    return username === 'turned-away' ? 'veto' : null
  },
}
/** Takes badges only. */
const badges: Backend = {
  path: 'tests.Badges',
  accepts: (credentials) => 'badge' in credentials,
  authenticate: async () => {
    trace.push('badges')
    return null
  },
}

/** A hasher of before, whose next check takes as long as a test wants. */
class SlowHasher extends Md5Hasher {
  override readonly algorithm: string = 'slow'
  #gate: { readonly arrive: () => void; readonly opened: Promise<void> } | null = null

  override async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const gate = this.#gate
    this.#gate = null
    gate?.arrive()
    await gate?.opened
    return super.verify(password, encoded)
  }

  wait(): { readonly arrived: Promise<void>; opened(): void } {
    const [arrived, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.#gate = { arrive: arrived.resolve, opened: opened.promise }
    return { arrived: arrived.promise, opened: opened.resolve }
  }
}

const slow = new SlowHasher()

describe('authenticate', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [() => badges, () => guard, (context) => new ModelBackend(context)] }),
    (open) => {
      const counted = async (site: Awaited<ReturnType<typeof open>>, credentials: Credentials) => {
        let statements = 0
        const stop = site.internals.registry.database.onStatement(() => {
          statements += 1
        })
        const { result, work } = await countWork(() => site.authenticate(null, credentials))
        stop()
        return { who: result?.username ?? null, statements, units: [...work.values()].reduce((sum, one) => sum + one, 0) }
      }

      test('A1, A2, A4, 6.3.8: an unknown name, a wrong, unusable or garbled password, an old hash and an inactive account cost and answer the same', async () => {
        const site = await open()
        await site.users.bulkCreate([
          { username: 'right', password: PASSWORD },
          { username: 'unusable' },
          { username: 'old', encodedPassword: OLD },
          { username: 'inactive', password: PASSWORD, isActive: false },
        ])
        await site.users.createUser({ username: 'garbled' })
        await site.db.updateTable('auth_user').set({ password: 'pbkdf2_sha256$x$y$z' }).where('username', '=', 'garbled').execute()
        const refused = { who: null, statements: 1, units: 2 }
        for (const username of ['nobody', 'right', 'unusable', 'old', 'garbled', 'inactive']) {
          expect([username, await counted(site, { username, password: 'wrong' })]).toEqual([username, refused])
        }
        expect(await counted(site, { username: 'inactive', password: PASSWORD })).toEqual(refused)
        expect(await counted(site, { username: 'right', password: PASSWORD })).toEqual({ who: 'right', statements: 1, units: 2 })
        expect((await counted(site, { username: 'right', password: new Secret(PASSWORD) as never })).who).toBe('right')
        await site.users.delete({})
      })

      test('NIST 3.1.1.2f: an old hash is renewed at login', async () => {
        const site = await open()
        const [old] = await site.users.bulkCreate([{ username: 'old', encodedPassword: OLD }])
        const user = await site.authenticate(null, { username: 'old', password: PASSWORD })
        expect(user?.pk).toBe(old?.pk)
        const renewed = (await site.users.get({ username: 'old' })).password
        expect(renewed).toMatch(/^pbkdf2_sha256\$2\$/)
        expect(user?.password).toBe(renewed)
        await site.users.delete({})
      })

      test('backends are asked in order, those that credentials do not fit are passed over, and a veto ends it (A-1, A-2)', async () => {
        const site = await open()
        await site.users.bulkCreate(['ada', 'thrown-out', 'turned-away'].map((username) => ({ username, password: PASSWORD })))
        trace.length = 0
        const ada = await site.authenticate(null, { username: 'ada', password: PASSWORD })
        expect(ada?.backend).toBe('django.contrib.auth.backends.ModelBackend')
        for (const username of ['thrown-out', 'turned-away'])
          expect(await counted(site, { username, password: PASSWORD })).toEqual({ who: null, statements: 0, units: 0 })
        await site.authenticate(null, { badge: 7 })
        expect(trace).toEqual(['guard ada', 'guard thrown-out', 'guard turned-away', 'badges', 'guard undefined'])
        await site.users.delete({})
      })

      test('who failed is told without anything secret (A-4)', async () => {
        const site = await open()
        const told: unknown[] = []
        const stop = site.signals.userLoginFailed.connect((event) => {
          told.push(event)
        })
        await site.authenticate('the request', { username: 'nobody', password: 'hunter2', ApiKey: 'k', keyboard: 'qwerty', colour: 'red' })
        stop()
        const hidden = '*'.repeat(20)
        expect(told).toEqual([
          { request: 'the request', credentials: { username: 'nobody', password: hidden, ApiKey: hidden, keyboard: hidden, colour: 'red' } },
        ])
      })

      test('B10, B11: names that could be nobody’s are nobody’s, without an error', async () => {
        const site = await open()
        for (const username of ['', '\0', 'x'.repeat(1_000_000), '\uD800', "' or 1=1 --", '%', '__proto__'])
          expect(await site.authenticate(null, { username, password: 'x' })).toBeNull()
        for (const username of [0, null, [], { $ne: '' }, true])
          expect(await site.authenticate(null, { username, password: 'x' } as never)).toBeNull()
        for (const password of [0, null, [], {}, undefined]) expect(await site.authenticate(null, { username: 'x', password } as never)).toBeNull()
      })

      test('C11: a password above 4,096 bytes is refused when it is set, and costs as much as any wrong one when it is tried', async () => {
        const site = await open()
        await expect(site.users.createUser({ username: 'long', password: 'x'.repeat(4097) })).rejects.toThrow(/4096|4,096/)
        const ada = await site.users.createUser({ username: 'ada', password: 'ä'.repeat(2048) })
        expect(await ada.checkPassword('ä'.repeat(2048))).toBe(true)
        expect(await counted(site, { username: 'ada', password: 'x'.repeat(1_000_000) })).toEqual({ who: null, statements: 1, units: 2 })
        await ada.delete()
      })
    },
  )

  eachSite(
    (database) =>
      portcullis({
        ...quick,
        database,
        passwords: { hashers: passwordHashers({ preferred: new Md5Hasher(), accepted: [slow] }), pool: { concurrency: 2 } },
      }),
    (open) => {
      test('finding 2: a password that is set while the old one is being checked stands, and the old one is right no more', async () => {
        const site = await open()
        const user = await site.users.createUser({ username: 'ada', encodedPassword: await slow.encode(Buffer.from(PASSWORD), 'seasalt') } as never)
        const { arrived, opened } = slow.wait()
        const trying = site.authenticate(null, { username: 'ada', password: PASSWORD })
        await arrived
        await (await site.users.get({ pk: user.pk })).setPassword('a new one entirely')
        const { password } = await site.users.get({ pk: user.pk })
        opened()
        expect(await trying).toBeNull()
        const after = await site.users.get({ pk: user.pk })
        expect(after.password).toBe(password)
        expect([await after.checkPassword('a new one entirely'), await after.checkPassword(PASSWORD)]).toEqual([true, false])
        // Where nobody comes between, the same login renews the hash.
        await site.db
          .updateTable('auth_user')
          .set({ password: await slow.encode(Buffer.from(PASSWORD), 'seasalt') })
          .execute()
        expect((await site.authenticate(null, { username: 'ada', password: PASSWORD }))?.pk).toBe(user.pk)
        expect((await site.users.get({ pk: user.pk })).password).toMatch(/^md5\$/)
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [(context) => new AllowAllUsersModelBackend(context)] }),
    (open) => {
      test('AllowAllUsersModelBackend lets inactive accounts in, and they still may nothing', async () => {
        const site = await open()
        const user = await site.users.createUser({ username: 'off', password: PASSWORD, isActive: false })
        await user.userPermissions.add('auth.view_user')
        const found = await site.authenticate(null, { username: 'off', password: PASSWORD })
        expect([found?.username, await found?.hasPerm('auth.view_user')]).toEqual(['off', false])
      })
    },
  )

  eachSite(
    (database) =>
      portcullis({
        ...quick,
        database,
        authenticationBackends: [
          (context) =>
            new RemoteUserBackend(context, {
              cleanUsername: (name) => name.replace(/@.*/, ''),
              configureUser: async (_request, user, created) => {
                if (created) await (user as FullUser & { update(values: object): Promise<void> }).update({ email: 'new@example.com' })
                return user
              },
            }),
        ],
      }),
    (open) => {
      test('RemoteUserBackend makes an account for a name it does not know, once, however many requests bring it', async () => {
        const site = await open()
        const found = await Promise.all(Array.from({ length: 20 }, async () => site.authenticate(null, { remoteUser: 'ada@CORP' })))
        expect(new Set(found.map((one) => one?.pk)).size).toBe(1)
        const ada = await site.users.get({ username: 'ada' })
        expect([ada.hasUsablePassword(), ada.email]).toEqual([false, 'new@example.com'])
        await ada.update({ isActive: false })
        expect(await site.authenticate(null, { remoteUser: 'ada' })).toBeNull()
        for (const remoteUser of ['', null, 0, undefined]) expect(await site.authenticate(null, { remoteUser })).toBeNull()
        expect(await site.authenticate(null, { username: 'ada', password: '' })).toBeNull()
        expect(await site.users.count()).toBe(1)
      })
    },
  )
})
