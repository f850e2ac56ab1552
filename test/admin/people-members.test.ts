import { beforeAll, describe, expect, test } from 'vitest'
import { abstractBaseUser, booleanField, charField, emailField, FixedClock, portcullis, uuidField } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, createMailbox, type TestClient } from '../../src/testing.js'
import { eachSite, quick } from '../support/shop.js'

/** Users of another kind: a key that is no number, an address to log in by, a field that has to be filled in. */
class Member extends abstractBaseUser('club.Member', {
  fields: {
    id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }),
    email: emailField({ unique: true }),
    name: charField({ maxLength: 60 }),
    isStaff: booleanField({ default: false }),
    isActive: booleanField({ default: true }),
  },
  usernameField: 'email',
  withPermissions: true,
}) {}

const PASSWORD = 'seven mugs of cold tea'
const clubOn = (database: DatabaseSource) =>
  portcullis({
    ...quick,
    clock: new FixedClock('2026-11-23T08:00:00.000Z'),
    database,
    user: Member,
    baseUrl: 'http://club.example',
    mail: { transport: createMailbox() },
  })

eachSite(clubOn, (open) => {
  let club: ReturnType<typeof clubOn>
  let admin: AdminSite
  const members = '/admin/club/member/'
  const make = async (permissions: readonly string[], values: object = {}): Promise<Member> => {
    const member = (await createFactories(club).user({ name: 'Somebody', ...values } as never)) as unknown as Member
    if (permissions.length > 0) await member.userPermissions.add(...(permissions as never[]))
    return member
  }
  const clientOf = async (member: Member): Promise<TestClient> => {
    const client = createClient(club, (request) => admin.fetch(request))
    await client.loginAs(member as never)
    return client as never
  }
  const fresh = async (member: Member): Promise<Member> => (await club.users.get({ pk: member.pk } as never)) as never

  beforeAll(async () => {
    club = await open()
    admin = club.admin()
  })

  describe('users of a model of one’s own', () => {
    test('are listed, added, changed and given another password', async () => {
      const client = await clientOf(await make([], { isStaff: true, isSuperuser: true }))
      expect((await client.get(members)).status).toBe(200)
      const added = await client.post(`${members}add/`, {
        form: { email: 'New@Club.Example', name: 'New', usable_password: 'true', password1: PASSWORD, password2: PASSWORD },
      })
      expect(added.status).toBe(303)
      const made = (await club.users.get({ name: 'New' } as never)) as unknown as Member
      expect(await made.checkPassword(PASSWORD)).toBe(true)
      for (const name of ['change', 'password', 'permissions', 'sessions', 'history', 'delete'])
        expect([name, (await client.get(`${members}${made.pk}/${name}/`)).status]).toEqual([name, 200])
      expect((await client.post(`${members}${made.pk}/change/`, { json: { name: 'Newer' } })).status).toBe(200)
      expect((await client.post(`${members}${made.pk}/reset-link/`)).status).toBe(303)
      expect((await client.post(`${members}${made.pk}/sessions/`, { form: { all: 'on' } })).status).toBe(303)
      expect((await client.post(`${members}${made.pk}/password/`, { form: { usable_password: 'false', 'unset-password': '1' } })).status).toBe(303)
      expect((await fresh(made)).hasUsablePassword()).toBe(false)
    })

    test('I6: are guarded by what they may, whatever their keys are', async () => {
      const client = await clientOf(
        await make(['club.change_member', 'club.view_member', 'auth.change_group', 'auth.view_group', 'auth.view_permission'], { isStaff: true }),
      )
      const [weak, strong] = [await make(['auth.view_group']), await make(['auth.delete_group'])]
      const rename = async (member: Member): Promise<number> => (await client.post(`${members}${member.pk}/change/`, { json: { name: 'X' } })).status
      expect([await rename(weak), await rename(strong)]).toEqual([200, 403])
      const publishers = await createFactories(club).group(['auth.delete_group' as never])
      expect((await client.post(`${members}${weak.pk}/change/`, { json: { groups: [publishers.id] } })).status).toBe(422)
      const team = await createFactories(club).group([], 'The team')
      await weak.groups.add(team as never)
      const { id } = await club.permissions.get('auth.view_permission')
      const preview = await (await client.post('/admin/auth/group/matrix/', { form: { grant: `${team.id}:${id}` } })).text()
      expect(preview.replaceAll('<wbr/>', '')).toMatch(new RegExp(`${weak.email}.*auth\\.view_permission`, 's'))
      expect(await (await client.get(`/admin/auth/group/${team.pk}/members/?q=${weak.email}`)).text()).toContain(weak.email)
    })

    test('the last superuser among them stays', async () => {
      await club.users.update({ isSuperuser: true } as never, { isSuperuser: false } as never)
      const last = await make([], { isStaff: true, isSuperuser: true })
      const client = await clientOf(last)
      expect((await client.post(`${members}${last.pk}/change/`, { json: { is_superuser: false } })).status).toBe(422)
      expect((await client.post(`${members}${last.pk}/delete/`, { form: { post: 'yes' } })).status).toBe(422)
      const preview = await client.post(`${members}${(await make([])).pk}/change/`, { json: { is_superuser: true } })
      expect(preview.status).toBe(200)
    })
  })
})
