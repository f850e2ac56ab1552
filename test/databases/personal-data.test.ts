import { describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import {
  abstractUser,
  charField,
  emailField,
  foreignKey,
  imageField,
  IntegrityError,
  manyToManyField,
  model,
  oneToOneField,
  portcullis,
  textField,
  ValidationError,
  type PersonalDataPart,
} from '../../src/index.js'
import type { MediaStorage } from '../../src/media.js'
import { sqlite } from '../../src/sqlite.js'
import { eachSite, quick } from '../support/shop.js'

class Member extends abstractUser('club.Member', {
  fields: { phone: charField({ maxLength: 20, blank: true }), card: charField({ maxLength: 12, unique: true }) },
}) {}
class Face extends model('club.Face', {
  fields: { user: oneToOneField(() => Member), bio: textField({ blank: true }), picture: imageField({ null: true, uploadTo: 'faces' }) },
}) {}
class Letter extends model('club.Letter', { fields: { writer: foreignKey(() => Member), text: textField() } }) {}
class Scan extends model('club.Scan', { fields: { letter: foreignKey(() => Letter), file: imageField({ uploadTo: 'scans' }) } }) {}
class Invoice extends model('club.Invoice', {
  fields: { buyer: foreignKey(() => Member, { onDelete: 'protect' }), name: charField({ maxLength: 40 }) },
}) {}
class Seal extends model('club.Seal', { fields: { letter: foreignKey(() => Letter, { onDelete: 'protect' }) } }) {}
class Team extends model('club.Team', { fields: { members: manyToManyField(() => Member) } }) {}
class Tip extends model('club.Tip', { fields: { by: foreignKey(() => Member, { null: true, onDelete: 'setNull' }), email: emailField() } }) {}

const kept = new Set<string>()
const storage: MediaStorage = {
  save: async (name) => name,
  open: async () => null,
  delete: async (name) => kept.delete(name),
}
const invoices: PersonalDataPart<Member> = {
  name: 'invoices',
  export: async (user) => (await current.objects(Invoice).filter({ buyer: user })).map((one) => one.name),
  erase: async (user, { pseudonym }) => void (await current.objects(Invoice).update({ buyer: user }, { name: pseudonym })),
}
type Site = ReturnType<typeof siteOn>
let current: Site
let numbers = 0

function siteOn(database: Parameters<typeof portcullis>[0]['database']) {
  return portcullis({
    ...quick,
    lockouts: {},
    database,
    user: Member,
    profile: Face,
    models: [Letter, Scan, Invoice, Seal, Team, Tip],
    media: { storage },
    personalData: [invoices],
    events: {},
    securityLog: false,
  })
}

type User = Site['$types']['User']

async function someone(site: Site, more: object = {}): Promise<User> {
  numbers += 1
  const values = {
    username: `ada${numbers}`,
    email: `ada${numbers}@example.com`,
    firstName: 'Ada',
    lastName: 'Lovelace',
    phone: '+44 20 1',
    card: `c${numbers}`,
  }
  return site.users.createUser({ ...values, password: 'notes on the engine', ...more })
}

async function log(site: Site, by: Member, about: Member | Face, message: string): Promise<void> {
  const contentType = await site.contentTypes.getForModel(about.constructor as typeof Member)
  const values = {
    user: by,
    contentType: contentType.id,
    objectId: String(about.pk),
    objectRepr: String(about),
    actionFlag: 2,
    changeMessage: message,
  }
  await site.objects(LogEntry).create(values as never)
}

const historyOf = async (site: Site, about: Member) => {
  const contentType = await site.contentTypes.getForModel(Member)
  return site.objects(LogEntry).filter({ contentType: contentType.id, objectId: String(about.pk) } as never) as Promise<unknown> as Promise<
    LogEntry[]
  >
}

describe('personal data', () => {
  eachSite(siteOn, (open) => {
    const ready = async (): Promise<Site> => (current = await open())

    test('the export has everything that is held, and no hash', async () => {
      const site = await ready()
      const [ada, root] = [await someone(site), await someone(site, { isSuperuser: true, isStaff: true })]
      await ada.groups.add(await site.groups.create({ name: `Editors ${numbers}` }))
      await ada.userPermissions.add('club.add_letter')
      await (await site.profiles.get(ada)).update({ bio: 'Enchantress of numbers' })
      await site.objects(Invoice).create({ buyer: ada, name: 'Ada Lovelace' })
      await log(site, root, ada, '[{"changed": {"fields": ["Email address"]}}]')
      await log(site, ada, ada, 'a note of her own')
      for (let round = 0; round < 5; round++) await site.authenticate(null, { username: ada.username, password: 'wrong' })
      await expect(site.authenticate(null, { username: ada.username, password: 'wrong' })).rejects.toThrow()

      const held = await site.personalData.export(ada)
      expect(held.user).toMatchObject({ username: ada.username, email: ada.email, phone: '+44 20 1', hasUsablePassword: true })
      expect(held.profile).toMatchObject({ bio: 'Enchantress of numbers' })
      expect(held.groups).toEqual([`Editors ${numbers}`])
      expect(held.permissions).toHaveLength(1)
      expect(held.lockouts).toHaveLength(1)
      expect(held.history.suffered).toEqual([expect.objectContaining({ what: 'changed', message: '[{"changed": {"fields": ["Email address"]}}]' })])
      expect(held.history.did).toEqual([expect.objectContaining({ message: 'a note of her own' })])
      expect(held.parts['invoices']).toEqual(['Ada Lovelace'])
      expect((held.parts['events'] as { name: string }[]).map((one) => one.name)).toContain('login_failed')
      const text = JSON.stringify(held)
      expect(text).not.toContain('pbkdf2')
      expect(text).not.toContain(root.username)
      expect(JSON.parse(text)).toEqual(held)
    })

    test('who did nothing in the admin is deleted, with all that goes with them; files after that is certain', async () => {
      const site = await ready()
      const ada = await someone(site)
      const root = await someone(site, { isSuperuser: true })
      await (await site.profiles.get(ada)).update({ picture: 'faces/a.webp' } as never)
      const letter = await site.objects(Letter).create({ writer: ada, text: 'Dear Charles' })
      await site.objects(Scan).create({ letter, file: 'scans/b.webp' } as never)
      const tip = await site.objects(Tip).create({ by: ada, email: 'x@example.com' })
      await log(site, root, ada, '[{"changed": {"object": "' + ada.username + '", "fields": ["Phone"]}}]')
      await site.authenticate(null, { username: ada.username, password: 'wrong' })
      for (const name of ['faces/a.webp', 'scans/b.webp', 'faces/other.webp']) kept.add(name)

      await expect(
        site.atomic(async () => {
          await site.personalData.erase(ada)
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      expect(kept.size).toBe(3)
      expect(await site.users.find({ pk: ada.pk })).not.toBeNull()

      const erased = await site.personalData.erase(ada)
      expect(erased.outcome).toBe('deleted')
      expect(erased.pseudonym).toMatch(/^erased-[a-z0-9]{16}$/)
      expect(await site.users.find({ pk: ada.pk })).toBeNull()
      expect(await site.profiles.count({ user: ada.pk } as never)).toBe(0)
      expect(await site.objects(Letter).count({ pk: letter.pk })).toBe(0)
      expect((await site.objects(Tip).get({ pk: tip.pk })).by).toBeNull()
      expect([...kept]).toEqual(['faces/other.webp'])
      kept.clear()
      const [entry] = await historyOf(site, ada)
      expect([entry?.objectRepr, entry?.changeMessage]).toEqual([
        erased.pseudonym,
        `[{"changed": {"object": "${erased.pseudonym}", "fields": ["Phone"]}}]`,
      ])
      expect(await site.lockouts.unlock({ username: ada.username })).toBe(0)
      expect((await site.events.list({ user: ada.pk })).map((one) => one.address).filter((one) => one !== null)).toEqual([])
    })

    test('who did something stays under a pseudonym, and nothing of the person does', async () => {
      const site = await ready()
      await someone(site, { isSuperuser: true })
      const ada = await someone(site, { isStaff: true })
      const [letter, team] = [await site.objects(Letter).create({ writer: ada, text: 'Dear Charles' }), await site.objects(Team).create({})]
      await team.members.add(ada)
      await ada.groups.add(await site.groups.create({ name: `Staff ${numbers}` }))
      await ada.userPermissions.add('club.add_letter')
      await log(site, ada, ada, `${ada.username} wrote to ${ada.email}, not to ${ada.username}0`)

      const { outcome, pseudonym } = await site.personalData.erase(ada)
      expect(outcome).toBe('anonymised')
      const left = await site.users.get({ pk: ada.pk })
      expect(left.toJSON()).toMatchObject({ username: pseudonym, email: '', firstName: '', lastName: '', phone: '', lastLogin: null })
      expect([left.isActive, left.isStaff, left.isSuperuser, left.hasUsablePassword()]).toEqual([false, false, false, false])
      expect(left.card).toBe(pseudonym.slice(-12))
      expect([await left.groups.count(), await left.userPermissions.count(), await team.members.count()]).toEqual([0, 0, 0])
      expect(await site.objects(Letter).count({ pk: letter.pk })).toBe(0)
      expect(await site.profiles.count({ user: ada.pk } as never)).toBe(0)
      const [entry] = await historyOf(site, ada)
      expect([entry?.objectRepr, entry?.changeMessage]).toEqual([pseudonym, `${pseudonym} wrote to ${pseudonym}, not to ${ada.username}0`])
      expect(JSON.stringify(await site.personalData.export(left))).not.toContain(ada.username + '"')
    })

    test('rows that are protected keep the account, and what stands behind others keeps everything', async () => {
      const site = await ready()
      await someone(site, { isSuperuser: true })
      const [ada, eve] = [await someone(site), await someone(site)]
      const invoice = await site.objects(Invoice).create({ buyer: ada, name: 'Ada Lovelace' })
      const { outcome, pseudonym } = await site.personalData.erase(ada)
      expect(outcome).toBe('anonymised')
      expect((await site.objects(Invoice).get({ pk: invoice.pk })).name).toBe(pseudonym)

      await site.objects(Seal).create({ letter: await site.objects(Letter).create({ writer: eve, text: 'sealed' }) })
      await expect(site.personalData.erase(eve)).rejects.toThrow(IntegrityError)
      expect((await site.users.get({ pk: eve.pk })).username).toBe(eve.username)
    })

    test('the last active superuser is refused; of two who erase each other, one is', async () => {
      const site = await ready()
      await site.users.update({ isSuperuser: true }, { isSuperuser: false })
      const [first, second] = [await someone(site, { isSuperuser: true }), await someone(site, { isSuperuser: true })]
      const ended = await Promise.allSettled([site.personalData.erase(first), site.personalData.erase(second)])
      const refused = ended.filter((one) => one.status === 'rejected')
      expect(refused).toHaveLength(1)
      expect(refused[0]?.reason).toBeInstanceOf(ValidationError)
      expect(refused[0]?.reason).toMatchObject({ problems: [{ code: 'last_superuser' }] })
      expect(await site.users.count({ isSuperuser: true, isActive: true })).toBe(1)
    })

    test('addresses that were proven, changed and invited are told, and forgotten', async () => {
      const site = await ready()
      await someone(site, { isSuperuser: true })
      const ada = await someone(site)
      await site.emails.markVerified(ada)
      const moment = '2026-11-24 08:00:00'
      const row = {
        public_id: `invitation${numbers}`,
        email: ada.email,
        groups: '[]',
        invited_by: '',
        created: moment,
        expires: moment,
        used_at: moment,
      }
      const typed = { ...row, public_id: `typed${numbers}`, email: `typed.${ada.email}`, used_at: null }
      for (const one of [row, typed])
        await site.db
          .insertInto('portcullis_invitation' as never)
          .values(one as never)
          .execute()
      const { emails } = (await site.personalData.export(ada)).parts as { emails: { verified: unknown[]; invitations: unknown[] } }
      expect(emails.verified).toEqual([{ address: ada.email, verifiedAt: expect.any(String) }])
      expect(emails.invitations).toEqual([{ email: ada.email, created: expect.any(String), usedAt: expect.any(String) }])
      // Whoever writes somebody else's address into their account sees nothing of theirs, and takes nothing from them.
      const eve = await someone(site, { email: typed.email })
      expect((await site.personalData.export(eve)).parts).toMatchObject({ emails: { invitations: [] } })
      await site.personalData.erase(eve)
      // Proven, it is told; an open one stands all the same.
      const real = await someone(site, { email: typed.email })
      await site.emails.markVerified(real)
      expect((await site.personalData.export(real)).parts).toMatchObject({ emails: { invitations: [{ email: typed.email, usedAt: null }] } })
      await site.personalData.erase(real)
      await site.personalData.erase(ada)
      const left = await site.db
        .selectFrom('portcullis_invitation' as never)
        .selectAll()
        .execute()
      expect(JSON.stringify(left)).not.toContain(`"${ada.email}"`)
      expect(JSON.stringify(left)).toContain(`"${typed.email}"`)
      expect(
        JSON.stringify(
          await site.db
            .selectFrom('portcullis_email' as never)
            .selectAll()
            .execute(),
        ),
      ).not.toContain(ada.email)
    })

    test('whoever is gone already is not there', async () => {
      const site = await ready()
      await someone(site, { isSuperuser: true })
      const ada = await someone(site)
      await site.users.delete({ pk: ada.pk })
      await expect(site.personalData.erase(ada)).rejects.toThrow(/no longer in the database/)
    })
  })

  test('parts have names that JSON keys may be, each its own', () => {
    const make = (personalData: readonly PersonalDataPart[]) => portcullis({ ...quick, database: sqlite(':memory:'), personalData })
    expect(() => make([{ name: 'a b' }])).toThrow(/a part “a b”/)
    expect(() => make([{ name: 'events' }])).toThrow(/two parts “events”/)
    expect(() => make('orders' as never)).toThrow(/`personalData` is string/)
  })
})
