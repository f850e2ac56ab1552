import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { abstractUser, charField, foreignKey, model, portcullis } from '../../src/index.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories } from '../../src/testing.js'
import { formIn, pageOf, textIn } from '../support/admin-forms.js'
import { eachSite, quick } from '../support/shop.js'

class League extends model('club.League', { fields: { name: charField({ maxLength: 40 }) } }) {}
class Team extends model('club.Team', { fields: { name: charField({ maxLength: 40 }), league: foreignKey(() => League, { null: true }) } }) {}
class Member extends abstractUser('club.Member', { fields: { team: foreignKey(() => Team, { null: true }) } }) {}

function clubOn(database: DatabaseSource) {
  return portcullis({ ...quick, database, user: Member, models: [League, Team] })
}

eachSite(clubOn, (open, engine) => {
  let club: ReturnType<typeof clubOn>
  let admin: AdminSite
  let count = 0
  const rights = ['change_team', 'view_team', 'delete_team', 'add_member', 'change_member', 'view_member', 'delete_member'].map(
    (name) => `club.${name}`,
  )
  const clientOf = async () => {
    const user = await createFactories(club).user({ isStaff: true } as never)
    await user.userPermissions.add(...(rights as never[]))
    const client = createClient(club, (request) => admin.fetch(request))
    await client.loginAs(user)
    return client
  }
  const team = async (...members: object[]): Promise<[Team, Member[]]> => {
    const one = await club.objects(Team).create({ name: 'Rovers' })
    const made: Member[] = []
    for (const values of members)
      made.push((await club.users.createUser({ username: `member-${(count += 1)}`, team: one, ...values } as never)) as Member)
    return [one, made]
  }
  const change = (one: Team): string => `/admin/club/team/${one.id}/change/`
  const again = async (one: Member | undefined): Promise<Member> => (await club.users.get({ pk: one?.id ?? 0 })) as Member

  /** Called once, in the middle of the transaction that deletes a team. */
  let inTheMiddle: (() => Promise<void>) | null = null

  beforeAll(async () => {
    club = await open()
    admin = club.admin()
    admin.register(Team, {
      inlines: [{ model: Member, fields: ['username', 'email', 'isSuperuser', 'isStaff'] }],
      hasDeletePermission: async (request) => {
        const work = club.internals.registry.database.isInAtomic ? inTheMiddle : null
        if (work !== null) inTheMiddle = null
        await work?.()
        return (request.user as unknown as Member).hasPerm('club.delete_team' as never)
      },
    })
    admin.register(League, { inlines: [{ model: Team, fields: ['name'] }] })
    await club.users.createSuperuser({ username: 'root', password: 'seven mugs of cold tea' })
  })

  describe('I6: people as rows of another object', () => {
    test('are changed like people, and made no superusers', async () => {
      const client = await clientOf()
      const [one, [weak]] = await team({ email: 'a@example.com' })
      const html = await pageOf(await client.get(change(one)))
      await formIn(html).set('member_set-0-email', 'B@EXAMPLE.com').send(client)
      expect((await again(weak)).email).toBe('B@example.com')
      const forged = formIn(await pageOf(await client.get(change(one))))
        .set('member_set-0-is_superuser', 'on')
        .set('name', 'Changed')
      const response = await forged.send(client)
      // Either the field is out of reach, or the whole is refused: nobody becomes a superuser.
      expect([303, 422]).toContain(response.status)
      expect((await again(weak)).isSuperuser).toBe(false)
      const adding = formIn(await pageOf(await client.get(change(one))))
      adding.set('member_set-1-username', `made-${(count += 1)}`).set('member_set-1-is_superuser', 'on')
      expect([303, 422]).toContain((await adding.send(client)).status)
      expect(await club.users.count({ isSuperuser: true } as never)).toBe(1)
    })

    test('who is stronger is out of reach, by field and by deletion', async () => {
      const client = await clientOf()
      const [one, [strong, weak]] = await team({ isSuperuser: true, email: 'strong@example.com' }, { email: 'weak@example.com' })
      const form = formIn(await pageOf(await client.get(change(one))))
      form.set('member_set-0-email', 'mine@example.com').set('member_set-0-username', 'mine').set('member_set-1-email', 'other@example.com')
      expect((await form.send(client)).status).toBe(303)
      expect([(await again(strong)).email, (await again(weak)).email]).toEqual(['strong@example.com', 'other@example.com'])
      const deleting = formIn(await pageOf(await client.get(change(one)))).set('member_set-0-DELETE', 'on')
      expect([403, 422]).toContain((await deleting.send(client)).status)
      expect(await club.users.exists({ pk: strong?.id ?? 0 })).toBe(true)
      await club.users.delete({ pk: strong?.id ?? 0 })
    })

    test('who is stronger does not go with what they belong to', async () => {
      const client = await clientOf()
      const [one, [strong]] = await team({ isSuperuser: true }, {})
      const page = `/admin/club/team/${one.id}/delete/`
      const html = await pageOf(await client.get(page))
      const response = await client.post(page, { form: { post: 'yes' } })
      expect([403, 422]).toContain(response.status)
      expect(textIn(html)).toContain('Members: 2')
      expect(await club.users.exists({ pk: strong?.id ?? 0 })).toBe(true)
      await club.users.delete({ pk: strong?.id ?? 0 })
    })

    test('the last active superuser stays, whatever goes', async () => {
      const root = (await club.users.get({ username: 'root' })) as Member
      const [one] = await team()
      await root.update({ team: one.id } as never)
      const client = createClient(club, (request) => admin.fetch(request))
      await client.loginAs(root as never)
      const page = `/admin/club/team/${one.id}/delete/`
      await client.get(page)
      const response = await client.post(page, { form: { post: 'yes' } })
      expect(textIn(await pageOf(response, 422))).toContain('last active superuser')
      expect(await club.users.exists({ username: 'root' })).toBe(true)
    })

    test('nor do they go with a row of a page that they belong to', async () => {
      const root = (await club.users.get({ username: 'root' })) as Member
      const league = await club.objects(League).create({ name: 'First' })
      const [one] = await team()
      await one.update({ league: league.id } as never)
      await root.update({ team: one.id } as never)
      const client = createClient(club, (request) => admin.fetch(request))
      await client.loginAs(root as never)
      const page = formIn(await pageOf(await client.get(`/admin/club/league/${league.id}/change/`)))
      const refused = await page.set('team_set-0-DELETE', 'on').send(client)
      expect(textIn(await pageOf(refused, 422))).toContain('last active superuser')
      expect(await club.users.exists({ username: 'root' })).toBe(true)
    })

    // Nothing holds single rows of SQLite: who writes has the whole file.
    if (engine.engine !== 'sqlite') {
      test('are waited for before the row that they would go with is held', async () => {
        const root = (await club.users.get({ username: 'root' })) as Member
        const league = await club.objects(League).create({ name: 'Second' })
        const [one] = await team()
        await one.update({ league: league.id } as never)
        const [client, other] = [createClient(club, (request) => admin.fetch(request)), createClient(club, (request) => admin.fetch(request))]
        for (const each of [client, other]) await each.loginAs(root as never)
        const page = formIn(await pageOf(await client.get(`/admin/club/league/${league.id}/change/`)))
        await other.get('/admin/')
        const hasBegun = Promise.withResolvers<void>()
        inTheMiddle = async () => {
          hasBegun.resolve()
          // Long enough for the other to come as far as they can.
          await wait(300)
        }
        const first = page.set('team_set-0-DELETE', 'on').send(client)
        await hasBegun.promise
        const second = other.post(`/admin/club/member/${root.pk}/change/`, { json: { team: one.id } })
        // Whoever comes second finds the team gone.
        expect([(await first).status, (await second).status]).toEqual([303, 422])
      })
    }
  })
})
