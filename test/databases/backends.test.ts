import { describe, expect, test } from 'vitest'
import {
  abstractBaseUser,
  abstractUser,
  bigAutoField,
  booleanField,
  charField,
  ImproperlyConfigured,
  integerField,
  ModelBackend,
  model,
  PermissionDenied,
  portcullis,
  RemoteUserBackend,
  uuidField,
  type Backend,
  type Credentials,
  type BaseUser,
} from '../../src/index.js'
import { PasswordService } from '../../src/passwords/password-service.js'
import { sqlite } from '../../src/sqlite.js'
import { eachSite, quick } from '../support/shop.js'

const PASSWORD = 'lètmein'
const OLD = 'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM='

/** Logs in with a number, has a 64-bit key, and is active by a column of another name. */
class Guard extends abstractBaseUser('club.Guard', {
  fields: {
    id: bigAutoField(),
    badge: integerField({ unique: true }),
    isActive: booleanField({ default: true, column: 'on_duty' }),
  },
  usernameField: 'badge',
  withPermissions: true,
}) {}
class Member extends abstractUser('club.Member', { fields: { id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }) } }) {}
/** Has no column that could switch it off. */
class Reader extends abstractBaseUser('club.Reader', {
  fields: { name: charField({ maxLength: 20, unique: true }) },
  usernameField: 'name',
  withPermissions: true,
}) {}
class Gate extends model('club.Gate', { permissions: { 'open.wide': 'Can open wide' } }) {}

describe('a site’s backends', () => {
  const make =
    (...backends: Backend[]) =>
    () =>
      portcullis({ ...quick, database: sqlite(':memory:'), authenticationBackends: backends.map((one) => () => one) })

  test('B-2 cannot be none', () => {
    expect(make()).toThrow(ImproperlyConfigured)
    expect(make()).toThrow(/authenticationBackends/)
  })

  test('B-3 have paths of their own, by which sessions name them', () => {
    expect(make({ path: '' })).toThrow(/empty `path`/)
    expect(make({ path: 'a' }, { path: 'b' }, { path: 'a' })).toThrow(/'a'/)
    expect(make({ path: 'a' }, { path: 'b' })).not.toThrow()
  })
})

describe('getUser', () => {
  eachSite(
    (database) => portcullis({ ...quick, database }),
    (open) => {
      test('finds by the key as sessions keep it, and nobody by anything else', async () => {
        const site = await open()
        const [ada, off] = [await site.users.createUser({ username: 'ada' }), await site.users.createUser({ username: 'off', isActive: false })]
        const getUser = async (key: unknown): Promise<unknown> => (await site.internals.backends[0]?.getUser?.(key))?.pk
        expect([await getUser(ada.pk), await getUser(String(ada.pk)), await getUser(off.pk)]).toEqual([ada.pk, ada.pk, undefined])
        for (const key of [
          '',
          ' ',
          `${ada.pk} `,
          `${ada.pk}.0`,
          '1e0',
          '0x1',
          '９',
          '\0',
          '9'.repeat(19),
          '9'.repeat(400),
          -1,
          0.5,
          Number.NaN,
          null,
          undefined,
          [],
          [ada.pk],
          {},
          { gt: 0 },
          true,
        ]) {
          expect([key, await getUser(key)]).toEqual([key, undefined])
        }
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Member }),
    (open) => {
      test('a UUID is read from text', async () => {
        const site = await open()
        const ada = await site.users.createUser({ username: 'ada' })
        const getUser = async (key: unknown): Promise<unknown> => (await site.internals.backends[0]?.getUser?.(key))?.pk
        expect(await getUser(String(ada.pk))).toBe(ada.pk)
        for (const key of ['', '1', 1, `${ada.pk}0`, '%', null]) expect(await getUser(key)).toBeUndefined()
      })
    },
  )
})

describe('users of another shape', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, user: Guard, models: [Gate] }),
    (open) => {
      test('log in with numbers, have 64-bit keys, and are found by what they may, whatever their columns are called (U-26)', async () => {
        const site = await open()
        const large = 2n ** 53n + 1n
        const [seven, eight, chief] = await site.users.bulkCreate([
          { id: large, badge: 7, password: PASSWORD },
          { id: large + 1n, badge: 8, isActive: false, password: PASSWORD },
          { id: large + 2n, badge: 9, isSuperuser: true },
        ])
        for (const one of [seven, eight]) await one?.userPermissions.add('club.view_gate')
        const login = async (credentials: Credentials): Promise<unknown> => (await site.authenticate(null, credentials))?.pk
        for (const badge of [7, '7']) expect(await login({ badge, password: PASSWORD })).toBe(large)
        expect(await login({ username: '7', password: PASSWORD })).toBe(large)
        for (const badge of [8, '7 ', '07x', 7.5, 2 ** 60, null, [7], { gte: 0 }])
          expect([badge, await login({ badge, password: PASSWORD })]).toEqual([badge, undefined])
        expect((await site.internals.backends[0]?.getUser?.(String(large)))?.pk).toBe(large)

        const holders = async (options: object): Promise<unknown[]> => (await site.users.withPerm('club.view_gate', options)).map((one) => one.badge)
        expect(await holders({})).toEqual([7, 9])
        expect(await holders({ includeSuperusers: false })).toEqual([7])
        expect(await holders({ isActive: false })).toEqual([8])
        expect(await holders({ isActive: null })).toEqual([7, 8, 9])
        const fresh = await site.users.get({ badge: 7 })
        expect([await fresh.hasPerm('club.view_gate'), (await site.explain(fresh, 'club.view_gate')).direct]).toEqual([true, true])
        expect(await (await site.users.get({ badge: 9 })).hasPerm('club.add_gate')).toBe(chief?.isSuperuser)
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Reader }),
    (open) => {
      test('where no column can switch a user off, all are active and none is not (U-25)', async () => {
        const site = await open()
        await site.users.bulkCreate([{ name: 'ada', isSuperuser: true }])
        const names = async (isActive: boolean | null): Promise<string[]> =>
          (await site.users.withPerm('club.view_reader', { isActive })).map((one) => one.name)
        expect([await names(true), await names(false), await names(null)]).toEqual([['ada'], [], ['ada']])
      })
    },
  )
})

describe('withPerm', () => {
  const other: Backend = { path: 'tests.Other' }
  const listing: Backend = { path: 'tests.Listing', withPerm: async () => [] as BaseUser[] }
  eachSite(
    (database) =>
      portcullis({
        ...quick,
        database,
        models: [Gate],
        authenticationBackends: [(site) => new ModelBackend(site), () => other, () => listing],
      }),
    (open) => {
      test('asks the backend that is named, one statement, by permission or name (U-18)', async () => {
        const site = await open()
        const backend = 'django.contrib.auth.backends.ModelBackend'
        const dotted = await site.permissions.get({ codename: 'open.wide' })
        const [ada, eve] = await site.users.bulkCreate(['ada', 'eve', 'bob'].map((username) => ({ username })))
        const group = await site.groups.create({ name: 'porters', permissions: [dotted] })
        await ada?.groups.add(group)
        await ada?.userPermissions.add(dotted)
        await eve?.userPermissions.add('auth.add_user')
        let statements = 0
        const stop = site.internals.registry.database.onStatement(() => {
          statements += 1
        })
        expect((await site.users.withPerm(dotted, { backend })).map(String)).toEqual(['ada'])
        expect((await site.users.withPerm('auth.add_user', { backend })).map(String)).toEqual(['eve'])
        stop()
        expect(statements).toBe(2)
        expect(await site.users.withPerm('auth.add_user', { backend, object: {} })).toEqual([])
        for (const name of ['tests.Other', 'tests.Listing']) expect(await site.users.withPerm('auth.add_user', { backend: name })).toEqual([])
        for (const refused of ['club.open.wide', 'auth', '', 5, null, ['auth.add_user']])
          await expect(site.users.withPerm(refused as never, { backend })).rejects.toThrow(ImproperlyConfigured)
        await expect(site.users.withPerm('auth.add_user')).rejects.toThrow(/several.*tests\.Other/)
        await expect(site.users.withPerm('auth.add_user', { backend: 'tests.Nobody' })).rejects.toThrow(/no authentication backend 'tests\.Nobody'/)
      })
    },
  )
})

describe('permission questions', () => {
  const generous: Backend = {
    path: 'tests.Generous',
    hasPerm: async (_who, permission, object) => {
      if (permission === 'auth.delete_user') throw new PermissionDenied()
      return permission === 'auth.view_user' && object !== undefined
    },
    hasModulePerms: async (_who, appLabel) => {
      if (appLabel === 'sessions') throw new PermissionDenied()
      return appLabel === 'open'
    },
    getAllPermissions: async () => new Set(['open.door']),
  }
  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [() => generous, (site) => new ModelBackend(site)] }),
    (open) => {
      test('are put to every backend for a stranger too (U-22), and a veto ends them (P-10, P-12)', async () => {
        const site = await open()
        const nobody = site.anonymousUser
        expect([await nobody.hasPerm('auth.view_user', {}), await nobody.hasPerm('auth.view_user'), await nobody.hasModulePerms('open')]).toEqual([
          true,
          false,
          true,
        ])
        expect([[...(await nobody.getAllPermissions())], (await nobody.getGroupPermissions()).size]).toEqual([['open.door'], 0])
        const ada = await site.users.createUser({ username: 'ada' })
        await ada.userPermissions.set(['auth.delete_user', 'auth.add_user', 'sessions.add_session'])
        expect([await ada.hasPerm('auth.delete_user'), await ada.hasPerm('auth.add_user')]).toEqual([false, true])
        expect([await ada.hasModulePerms('sessions'), await ada.hasModulePerms('auth'), await ada.hasModulePerms('au')]).toEqual([false, true, false])
        expect([...(await ada.getAllPermissions())].toSorted()).toEqual(['auth.add_user', 'auth.delete_user', 'open.door', 'sessions.add_session'])
        // An active superuser is above all vetoes; an inactive one may nothing (P-18).
        const root = await site.users.createSuperuser({ username: 'root' })
        expect([
          await root.hasPerm('auth.delete_user', {}),
          await root.hasPerm('no.such' as 'auth.add_user'),
          await root.hasModulePerms('sessions'),
        ]).toEqual([true, true, true])
        await root.update({ isActive: false })
        expect([await root.hasPerm('auth.add_user'), await root.hasPerms([]), await root.hasPerms(['auth.add_user'])]).toEqual([false, true, false])
        for (const list of ['auth.add_user', 5, null, undefined]) await expect(ada.hasPerms(list as never)).rejects.toThrow(ImproperlyConfigured)
      })
    },
  )
})

/** Lets something happen after a password was found right and before its new hash is written. */
class Interrupted extends PasswordService {
  readonly #meanwhile: () => Promise<void>

  constructor(service: PasswordService, meanwhile: () => Promise<void>) {
    super({ hashers: service.hashers, pool: service.pool })
    this.#meanwhile = meanwhile
  }

  override async verifyAndUpgrade(
    ...[password, encoded, save, options]: Parameters<PasswordService['verifyAndUpgrade']>
  ): ReturnType<PasswordService['verifyAndUpgrade']> {
    const late: typeof save = async (fresh, replaces) => {
      await this.#meanwhile()
      return save(fresh, replaces)
    }
    return super.verifyAndUpgrade(password, encoded, late, options)
  }
}

describe('a hash renewed at login', () => {
  eachSite(
    (database) => portcullis({ ...quick, database }),
    (open) => {
      test('does not undo what happened to the account meanwhile (security finding 2)', async () => {
        const site = await open()
        const { registry, passwords } = site.internals
        const during = async (meanwhile: (id: number) => Promise<unknown>): Promise<[login: string | null, stored: string | null]> => {
          await site.users.delete({})
          const [user] = await site.users.bulkCreate([{ username: 'ada', encodedPassword: OLD }])
          const service = new Interrupted(passwords, async () => void (await meanwhile(user?.pk as number)))
          const found = await new ModelBackend({ registry, users: site.users as never, passwords: service }).authenticate(null, {
            username: 'ada',
            password: PASSWORD,
          })
          return [found?.getUsername() ?? null, (await site.users.find({ username: 'ada' }))?.password ?? null]
        }
        const owner = (id: number) => site.users.get({ id })
        let reset: string | null = null
        const [late, kept] = await during(async (id) => {
          const user = await owner(id)
          await user.setPassword('a new one entirely')
          reset = user.password
        })
        expect([late, kept]).toEqual([null, reset])
        const [locked, unusable] = await during(async (id) => (await owner(id)).setUnusablePassword())
        expect([locked, unusable?.[0]]).toEqual([null, '!'])
        expect(await during(async (id) => (await owner(id)).delete())).toEqual([null, null])
        // Two logins at once renew it once, and both are let in.
        const [second, renewed] = await during(() => site.authenticate(null, { username: 'ada', password: PASSWORD }))
        expect([second, renewed?.startsWith('pbkdf2_sha256$2$')]).toEqual(['ada', true])
        const [off] = await during(async (id) => {
          await (await owner(id)).setPassword(PASSWORD)
          await (await owner(id)).update({ isActive: false })
        })
        expect(off).toBeNull()
      })
    },
  )
})

describe('RemoteUserBackend', () => {
  const made: boolean[] = []
  eachSite(
    (database) =>
      portcullis({
        ...quick,
        database,
        authenticationBackends: [
          (site) => new ModelBackend(site),
          (site) =>
            new RemoteUserBackend(site, {
              configureUser: (_request, user, created) => {
                made.push(created)
                return user
              },
            }),
        ],
      }),
    (open) => {
      test('takes a proxy’s word alone, never one that came beside a password (A-1)', async () => {
        const site = await open()
        for (const more of [{ username: 'x' }, { password: 'x' }, { username: 'x', password: 'x' }, { extra: null }]) {
          expect(await site.authenticate(null, { remoteUser: 'root', ...more })).toBeNull()
        }
        for (const remoteUser of ['x'.repeat(151), 'a\0b', '\uD800', ' '.repeat(1_000_000)])
          expect(await site.authenticate(null, { remoteUser })).toBeNull()
        expect(await site.users.count()).toBe(0)
      })

      test('tells configureUser which of many made the account', async () => {
        const site = await open()
        made.length = 0
        await Promise.all(Array.from({ length: 12 }, async () => site.authenticate(null, { remoteUser: 'ada' })))
        expect(made.toSorted()).toEqual([...Array<boolean>(11).fill(false), true])
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [(site) => new RemoteUserBackend(site, { createUnknownUser: false })] }),
    (open) => {
      test('makes nobody where it is told not to', async () => {
        const site = await open()
        await site.users.createUser({ username: 'ada' })
        expect([
          (await site.authenticate(null, { remoteUser: 'ada' }))?.username,
          await site.authenticate(null, { remoteUser: 'eve' }),
          await site.users.count(),
        ]).toEqual(['ada', null, 1])
      })
    },
  )
})
