import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  abstractBaseUser,
  abstractUser,
  charField,
  foreignKey,
  ImproperlyConfigured,
  manyToManyField,
  model,
  oneToOneField,
  User,
} from '../../src/index.js'
import { portcullis } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { eachSite, quick } from '../support/shop.js'

class Team extends model('club.Team', { fields: { members: manyToManyField(() => User) } }) {}

describe('a model of nothing but its key and relations', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, models: [Team] }),
    (open) => {
      test('is created, one or many at once', async () => {
        const site = await open()
        const teams = site.objects(Team)
        const made = [await teams.create({}), ...(await teams.bulkCreate([{}, {}, {}]))]
        expect(new Set(made.map((one) => one.pk)).size).toBe(4)
        expect((await teams.all({ orderBy: 'id' })).map((one) => one.pk)).toEqual(made.map((one) => one.pk))
      })

      test('permissions are ordered and cut as asked, with their app too', async () => {
        const { permissions } = await open()
        const found = await permissions.filter({ appLabel: 'club' }, { orderBy: '-codename', limit: 2 })
        expect(found.map((one) => one.codename)).toEqual(['view_team', 'delete_team'])
        await expect(permissions.filter({}, { limit: -1 })).rejects.toThrow(ImproperlyConfigured)
        await expect(permissions.filter({ appLabel: 'club' }, { offset: 1 })).rejects.toThrow(ImproperlyConfigured)
      })
    },
  )
})

describe('a user model', () => {
  test('may declare its password’s column anew, and the hash stays hidden (K4)', async () => {
    class Longer extends abstractUser('club.Longer', { fields: { password: charField({ maxLength: 255, column: 'passwd' }) } }) {}
    const site = portcullis({ ...quick, database: sqlite(':memory:'), user: Longer })
    await site.migrate()
    await site.users.createUser({ username: 'ada', password: 'notes' })
    const ada = await site.users.get({ username: 'ada' })
    expect(await ada.checkPassword('notes')).toBe(true)
    for (const shown of [JSON.stringify(ada), inspect(ada, { showHidden: true }), inspect({ ...ada })]) expect(shown).not.toContain('pbkdf2')
    await site.close()
  })

  test('has no field that would hide a method or an answer every user gives', () => {
    for (const name of ['hasPerm', 'checkPassword', 'isAuthenticated', 'getUsername', 'toString', '__proto__', 'backend']) {
      expect(() => abstractUser('club.Odd', { fields: { [name]: charField({ maxLength: 9 }) } }), name).toThrow(ImproperlyConfigured)
    }
    expect(() =>
      abstractBaseUser('club.Plain', {
        fields: { username: charField({ maxLength: 9, unique: true }), isActive: charField({ maxLength: 9 }) },
        usernameField: 'username',
      }),
    ).not.toThrow()
  })
})

describe('a field', () => {
  test('says what is missing in it', () => {
    const charAny = charField as (options?: object) => ReturnType<typeof charField>
    for (const options of [undefined, {}, { maxLength: 0 }, { maxLength: '10' }, { maxLength: 1.5 }])
      expect(() => charAny(options)).toThrow(/maxLength/)
    expect(() => foreignKey(Team as never)).toThrow('() => Team')
    expect(() => manyToManyField(Team as never)).toThrow('() => Team')
    expect(() => oneToOneField(undefined as never)).toThrow(ImproperlyConfigured)
    expect(() => foreignKey(() => Team, { onDelete: 'setNull' })).toThrow('null: true')
    expect(() => foreignKey(() => Team, { onDelete: 'CASCADE' as never })).toThrow(/cascade, setNull, protect/)
    expect(() => model('club.Odd', { fields: { name: charField as never } })).toThrow('club.Odd.name is no field')
  })

  test('two models on one table are refused (models.E028)', () => {
    class Copy extends model('club.Copy', { table: 'auth_user', fields: {} }) {}
    expect(() => portcullis({ ...quick, database: sqlite(':memory:'), models: [Copy] })).toThrow(/auth.User.*club.Copy|club.Copy.*auth.User/)
  })
})
