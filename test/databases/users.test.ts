import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  abstractBaseUser,
  abstractUser,
  AnonymousUser,
  bigAutoField,
  charField,
  DoesNotExist,
  emailField,
  foreignKey,
  ImproperlyConfigured,
  model,
  oneToOneField,
  portcullis,
  Secret,
  textField,
  UniqueViolation,
  uuidField,
  ValidationError,
} from '../../src/index.js'
import type { Profile } from '../support/shop.js'
import { eachShop, eachSite, Product, quick, type Shop } from '../support/shop.js'

describe('users', () => {
  eachShop((open) => {
    test('createUser normalises the name and the address, hashes the password and fills every column', async () => {
      const { users } = await open()
      const ada = await users.createUser({ username: 'ｉａｍ-ada', email: ' Ada@EXAMPLE.com ', password: 'notes on the engine', phone: '+44 20' })
      expect(ada.username).toBe('iam-ada')
      expect(ada.email).toBe('Ada@example.com')
      expect(ada.password).toMatch(/^pbkdf2_sha256\$2\$/)
      expect([ada.isActive, ada.isStaff, ada.isSuperuser, ada.firstName, ada.lastLogin, ada.phone, ada.newsletter]).toEqual([
        true,
        false,
        false,
        '',
        null,
        '+44 20',
        false,
      ])
      const read = await users.get({ username: 'iam-ada' })
      expect({ ...read.toJSON() }).toEqual({ ...ada.toJSON() })
      expect(read.displayName).toBe('iam-ada')
      expect(await read.checkPassword('notes on the engine')).toBe(true)
      expect(await read.checkPassword(new Secret('notes on the engine'))).toBe(true)
      expect(await read.checkPassword('notes on the engines')).toBe(false)
      await ada.delete()
    })

    test('U-15 an empty name is refused, a taken one too, and nothing is left behind', async () => {
      const shop = await open()
      await expect(shop.users.createUser({ username: '' })).rejects.toThrow(ValidationError)
      const ada = await shop.users.createUser({ username: 'ada' })
      await expect(shop.users.createUser({ username: 'ada' })).rejects.toThrow(UniqueViolation)
      expect(await shop.users.count()).toBe(1)
      expect(await shop.profiles.count()).toBe(1)
      await ada.delete()
      expect(await shop.profiles.count()).toBe(0)
    })

    test('without a password nothing that is typed is right', async () => {
      const { users } = await open()
      const user = await users.createUser({ username: 'sso' })
      expect(user.password).toMatch(/^![A-Za-z0-9]{40}$/)
      expect(user.hasUsablePassword()).toBe(false)
      for (const guess of ['', '!', user.password]) expect(await user.checkPassword(guess)).toBe(false)
      await user.setPassword('one')
      expect([user.hasUsablePassword(), await user.checkPassword('one')]).toEqual([true, true])
      const before = user.password
      const written = user.setUnusablePassword()
      expect(user.hasUsablePassword()).toBe(false)
      await written
      const read = await users.get({ pk: user.pk })
      expect(read.password).not.toBe(before)
      expect(read.hasUsablePassword()).toBe(false)
      await user.delete()
    })

    test('U-16 a superuser has both flags, and cannot be made without', async () => {
      const { users } = await open()
      const root = await users.createSuperuser({ username: 'root', password: 'x' })
      expect([root.isStaff, root.isSuperuser]).toEqual([true, true])
      await expect(users.createSuperuser({ username: 'other', isStaff: false })).rejects.toThrow(ImproperlyConfigured)
      await expect(users.createSuperuser({ username: 'other', isSuperuser: false })).rejects.toThrow(ImproperlyConfigured)
      await root.delete()
    })

    test('the hash shows in no JSON, no inspection, no spread', async () => {
      const { users } = await open()
      const ada = await users.createUser({ username: 'ada', password: 'x' })
      for (const user of [ada, await users.get({ username: 'ada' })]) {
        const hash = user.password.split('$').at(-1) as string
        for (const shown of [
          JSON.stringify(user),
          inspect(user, { showHidden: true, depth: 9 }),
          JSON.stringify({ ...user }),
          String(user),
          Object.keys(user).join(),
          JSON.stringify(Object.entries(user)),
        ]) {
          expect(shown).not.toContain(hash)
        }
      }
      await ada.delete()
    })

    test('a password is not written as if it were any column', async () => {
      const { users } = await open()
      const ada = await users.createUser({ username: 'ada', password: 'x' })
      await expect(users.update({ username: 'ada' }, { password: 'plain' } as never)).rejects.toThrow(/setPassword/)
      await expect(ada.update({ password: 'plain' } as never)).rejects.toThrow(/setPassword/)
      expect(await (await users.get({ username: 'ada' })).checkPassword('x')).toBe(true)
      await ada.delete()
    })

    test('an old hash is replaced when its password is right, unless somebody set another meanwhile', async () => {
      const shop = await open()
      const [ada] = await shop.users.bulkCreate([
        { username: 'ada', encodedPassword: 'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=' },
      ])
      if (ada === undefined) throw new Error('no user')
      const stale = await shop.users.get({ username: 'ada' })
      expect(await ada.checkPassword('wrong')).toBe(false)
      expect((await shop.users.get({ username: 'ada' })).password).toMatch(/^pbkdf2_sha256\$1\$/)
      await shop.users.get({ username: 'ada' }).then(async (other) => other.setPassword('the new one'))
      const reset = (await shop.users.get({ username: 'ada' })).password
      // The reset stands although this object still holds the old hash and is given the old password.
      expect(await stale.checkPassword('lètmein')).toBe(true)
      expect((await shop.users.get({ username: 'ada' })).password).toBe(reset)
      await ada.delete()
    })

    test('names across databases', async () => {
      const { users } = await open()
      const ada = await users.createUser({ username: 'ada', firstName: 'Ada', lastName: 'Lovelace' })
      expect((await users.getByNaturalKey('ada')).pk).toBe(ada.pk)
      expect(ada.naturalKey()).toEqual(['ada'])
      expect([ada.getFullName(), ada.getShortName(), ada.getUsername(), String(ada)]).toEqual(['Ada Lovelace', 'Ada', 'ada', 'ada'])
      await expect(users.getByNaturalKey('nobody')).rejects.toThrow(DoesNotExist)
      await ada.delete()
    })

    test('custom fields are typed and found by', async () => {
      const { users } = await open()
      await users.bulkCreate([
        { username: 'a', phone: '+44 20' },
        { username: 'b', phone: '+49 30', newsletter: true },
      ])
      expect((await users.filter({ phone: { startsWith: '+44' } })).map((one) => one.username)).toEqual(['a'])
      expect(await users.update({ newsletter: true }, { phone: '' })).toBe(1)
      const a = await users.get({ username: 'a' })
      await a.update({ newsletter: true, email: 'A@B.EXAMPLE' })
      expect((await users.get({ username: 'a' })).email).toBe('A@b.example')
      expect((await users.delete({})).byModel).toEqual({ 'shop.Customer': 2, 'shop.Profile': 2 })
    })

    test('U-13 the session hash follows the password', async () => {
      const { users } = await open()
      const ada = await users.createUser({ username: 'ada', password: 'x' })
      const before = ada.getSessionAuthHash()
      expect(before).toMatch(/^[0-9a-f]{64}$/)
      expect(ada.getSessionAuthFallbackHash()).toEqual([])
      await ada.setPassword('x')
      expect(ada.getSessionAuthHash()).not.toBe(before)
      await ada.delete()
    })

    test('signals tell of a password that was set, and of rights that changed', async () => {
      const shop = await open()
      const seen: string[] = []
      const stops = [
        shop.signals.passwordChanged.connect(({ user }) => {
          seen.push(`password ${user.displayName}`)
        }),
        shop.signals.permissionsChanged.connect(({ relation, added, removed }) => {
          seen.push(`${relation} +${added.length} -${removed.length}`)
        }),
      ]
      const ada = await shop.users.createUser({ username: 'ada' })
      await ada.setPassword('x')
      const group = await shop.groups.create({ name: 'editors', permissions: ['shop.change_product', 'shop.publish_product'] })
      await ada.groups.add(group)
      await ada.userPermissions.set(['shop.view_product'])
      await group.permissions.remove('shop.publish_product')
      await ada.groups.clear()
      expect(seen).toEqual(['password ada', 'permissions +2 -0', 'groups +1 -0', 'userPermissions +1 -0', 'permissions +0 -1', 'groups +0 -1'])
      stops.push(
        shop.signals.permissionsChanged.connect(() => {
          throw new Error('vetoed')
        }),
      )
      await expect(ada.groups.add(group)).rejects.toThrow('vetoed')
      expect(await ada.groups.has(group)).toBe(false)
      for (const stop of stops) stop()
      await ada.delete()
      await group.delete()
    })
  })
})

describe('profiles', () => {
  eachShop((open) => {
    test('every user has one from the beginning', async () => {
      const shop = await open()
      const ada = await shop.users.createUser({ username: 'ada' })
      const profile = await shop.profiles.get(ada)
      expect([profile.user, profile.bio, profile.picture]).toEqual([ada.id, '', null])
      await profile.update({ bio: 'Enchantress of numbers' })
      expect((await shop.profiles.get(ada)).bio).toBe('Enchantress of numbers')
      expect((await shop.profiles.filter({ user: ada })).length).toBe(1)
      await ada.delete()
    })

    test('a user who came by another way gets one when asked for, and at the next migration', async () => {
      const shop = await open()
      const made = await shop.users.bulkCreate([{ username: 'a' }, { username: 'b' }, { username: 'c' }])
      await shop.db.deleteFrom('shop_profile').execute()
      expect((await shop.profiles.get(made[0] as (typeof made)[0])).user).toBe(made[0]?.id)
      expect(await shop.profiles.count()).toBe(1)
      await shop.migrate()
      expect(await shop.profiles.count()).toBe(3)
      await shop.users.delete({})
    })

    test('of a thousand that are asked for at once there is one for each user', async () => {
      const shop = await open()
      const users = await shop.users.bulkCreate(Array.from({ length: 10 }, (_, index) => ({ username: `u${index}` })))
      await shop.db.deleteFrom('shop_profile').execute()
      const profiles = await Promise.all(Array.from({ length: 1000 }, async (_, index) => shop.profiles.get(users[index % 10] as (typeof users)[0])))
      expect(new Set(profiles.map((one) => one.pk)).size).toBe(10)
      expect(await shop.profiles.count()).toBe(10)
      await shop.users.delete({})
    })

    test('a thousand users created at once have a thousand profiles', async () => {
      const shop = await open()
      await Promise.all(Array.from({ length: 1000 }, async (_, index) => shop.users.createUser({ username: `p${index}` })))
      expect([await shop.users.count(), await shop.profiles.count()]).toEqual([1000, 1000])
      expect((await shop.users.delete({})).total).toBe(2000)
    })
  })

  test('a profile that could not be made by itself is refused at the start', async () => {
    const { sqlite } = await import('../../src/sqlite.js')
    class Demanding extends model('shop.Demanding', { fields: { user: oneToOneField('auth.User'), nickname: charField({ maxLength: 9 }) } }) {}
    class Lonely extends model('shop.Lonely', { fields: { bio: textField({ blank: true }) } }) {}
    expect(() => portcullis({ ...quick, database: sqlite(':memory:'), profile: Demanding })).toThrow(/Demanding.nickname must not be required/)
    expect(() => portcullis({ ...quick, database: sqlite(':memory:'), profile: Lonely })).toThrow(/no one-to-one field/)
  })
})

class Member extends abstractBaseUser('club.Member', {
  fields: {
    id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }),
    email: emailField({ unique: true }),
    nickname: charField({ maxLength: 30, blank: true }),
  },
  usernameField: 'email',
  requiredFields: ['nickname'],
  withPermissions: true,
}) {}
class Badge extends model('club.Badge', { fields: { member: foreignKey(() => Member), text: charField({ maxLength: 20 }) } }) {}
class Account extends abstractUser('bank.Account', { fields: { id: bigAutoField() }, table: 'bank_accounts' }) {}
class Robot extends abstractBaseUser('lab.Robot', { fields: { serial: charField({ maxLength: 12, unique: true }) }, usernameField: 'serial' }) {}

describe('user models of every shape', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, user: Member, models: [Badge] }),
    (open) => {
      test('a UUID key keeps its type through relations, filters and deletions', async () => {
        const club = await open()
        const ada = await club.users.createUser({ email: 'Ada@EXAMPLE.com', password: 'x' })
        expect(ada.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect((await club.users.getByNaturalKey('Ada@example.com')).id).toBe(ada.id)
        expect(ada.isActive).toBe(true)
        const group = await club.groups.create({ name: 'board', permissions: ['club.add_badge'] })
        await ada.groups.add(group)
        await ada.userPermissions.add('club.view_member')
        const read = await club.users.get({ pk: ada.pk })
        expect([...(await read.getAllPermissions())].toSorted()).toEqual(['club.add_badge', 'club.view_member'])
        expect((await club.users.withPerm('club.add_badge')).map((one) => one.id)).toEqual([ada.id])
        const badge = await club.objects(Badge).create({ member: ada, text: 'gold' })
        expect((await club.objects(Badge).filter({ member: ada.id })).map((one) => one.pk)).toEqual([badge.pk])
        expect((await club.objects(Badge).get({ pk: badge.pk })).member).toBe(ada.id)
        expect((await ada.delete()).byModel).toEqual({ club_member_groups: 1, club_member_user_permissions: 1, 'club.Member': 1, 'club.Badge': 1 })
        await group.delete()
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Account }),
    (open) => {
      test('a 64-bit key is a bigint, beyond 2^53 too', async () => {
        const bank = await open()
        const large = 2n ** 60n + 1n
        const [first] = await bank.users.bulkCreate([{ username: 'big', id: large }])
        expect(first?.id).toBe(large)
        const read = await bank.users.get({ username: 'big' })
        expect(read.id).toBe(large)
        await read.userPermissions.add('bank.view_account')
        expect(await (await bank.users.get({ id: large })).hasPerm('bank.view_account')).toBe(true)
        const next = await bank.users.createUser({ username: 'next' })
        expect(typeof next.id).toBe('bigint')
        expect((await bank.users.delete({})).byModel['bank.Account']).toBe(2)
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Robot }),
    (open) => {
      test('a user without rights, name or flags is still a user', async () => {
        const lab = await open()
        const robot = await lab.users.createUser({ serial: 'R2-D2', password: 'beep' })
        expect([robot.isActive, robot.isAuthenticated, robot.getUsername()]).toEqual([true, true, 'R2-D2'])
        expect(await robot.checkPassword('beep')).toBe(true)
        expect((await lab.authenticate(null, { username: 'R2-D2', password: 'beep' }))?.pk).toBe(robot.pk)
        await lab.users.createSuperuser({ serial: 'C-3PO' })
        await lab.users.delete({})
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, models: [Product] }),
    (open) => {
      test('Django’s own user stands where no other is named', async () => {
        const plain = await open()
        const user = await plain.users.createUser({ username: 'ada', password: 'x' })
        await user.userPermissions.add('auth.add_user')
        expect(await (await plain.users.get({ username: 'ada' })).hasPerm('auth.add_user')).toBe(true)
        expect(() => plain.profiles).toThrow(/no profile model/)
      })
    },
  )
})

describe('AnonymousUser', () => {
  test('U-20, U-21 is nobody, may nothing, and cannot be written', async () => {
    const nobody = new AnonymousUser()
    expect([nobody.id, nobody.username, nobody.isAnonymous, nobody.isAuthenticated, nobody.isActive, String(nobody)]).toEqual([
      null,
      '',
      true,
      false,
      false,
      'AnonymousUser',
    ])
    expect([await nobody.hasPerm('shop.add_product'), await nobody.hasPerms([]), await nobody.hasModulePerms('shop')]).toEqual([false, true, false])
    expect([(await nobody.getAllPermissions()).size, await nobody.groups.all()]).toEqual([0, []])
    expect(() => nobody.setPassword()).toThrow(/no row in the database/)
  })
})

/** The shop's own types hold for what its managers give. */
export type CheckedShop = Shop extends { profiles: { model: typeof Profile } } ? true : never
