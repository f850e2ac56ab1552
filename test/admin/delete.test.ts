import { beforeAll, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { planDeletion } from '../../src/database/deletion-plan.js'
import { booleanField, charField, foreignKey, manyToManyField, model, portcullis } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import type { AdminSite } from '../../src/site-admin.js'
import { formIn, lastNote, pageOf, statementsOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { Customer, eachSite, quick, type Shop } from '../support/shop.js'

class Country extends model('geo.Country', { fields: { name: charField({ maxLength: 40 }) }, verboseNamePlural: 'countries' }) {}
class Word extends model('geo.Word', { fields: { name: charField({ maxLength: 40 }) } }) {}
class City extends model('geo.City', {
  fields: {
    name: charField({ maxLength: 40 }),
    country: foreignKey(() => Country),
    twin: foreignKey('self', { null: true }),
    words: manyToManyField(() => Word),
  },
  verboseNamePlural: 'cities',
}) {}
class Street extends model('geo.Street', {
  fields: { name: charField({ maxLength: 40 }), city: foreignKey(() => City), kept: booleanField({ default: false }) },
}) {}
class Note extends model('geo.Note', {
  fields: { name: charField({ maxLength: 40 }), city: foreignKey(() => City, { null: true, onDelete: 'setNull' }) },
}) {}
class Treaty extends model('geo.Treaty', {
  fields: { name: charField({ maxLength: 40 }), country: foreignKey(() => Country, { onDelete: 'protect' }) },
  verboseNamePlural: 'treaties',
}) {}

function worldOn(database: DatabaseSource) {
  return portcullis({ ...quick, database, user: Customer, models: [Country, Word, City, Street, Note, Treaty] })
}

eachSite(worldOn, (open) => {
  let world: ReturnType<typeof worldOn>
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  const rights = ['country', 'city', 'street'].flatMap((name) => [`geo.delete_${name}`, `geo.view_${name}`])
  const remove = (one: { readonly id: number }, what = 'country'): string => `/admin/geo/${what}/${one.id}/delete/`

  /** A country with two cities, twins of each other, five streets, and a note. */
  const country = async (name = 'Atlantis', streets = 5): Promise<Country> => {
    const one = await world.objects(Country).create({ name })
    const [north, south] = (await world.objects(City).bulkCreate([
      { name: `${name} North`, country: one },
      { name: `${name} South`, country: one },
    ])) as [City, City]
    await north.update({ twin: south.id })
    await south.update({ twin: north.id })
    await north.words.add(await world.objects(Word).create({ name: 'wet' }))
    await world.objects(Street).bulkCreate(Array.from({ length: streets }, (_, index) => ({ name: `${name} street ${index}`, city: south })))
    await world.objects(Note).create({ name: `${name} note`, city: north })
    return one
  }

  beforeAll(async () => {
    world = await open()
    admin = world.admin()
    admin.register(Country)
    admin.register(City)
    admin.register(Street, {
      hasDeletePermission: async (request, row) =>
        row?.kept !== true && (await (request.user as unknown as { hasPerm(name: string): Promise<boolean> }).hasPerm('geo.delete_street')),
    })
    admin.register(Treaty)
    staff = visitorsOf(world as unknown as Shop, () => admin)
  })

  describe('deleting one object', () => {
    test('asks first, and names everything that goes with it', async () => {
      const client = await staff(...rights)
      const one = await country()
      const html = await pageOf(await client.get(remove(one)))
      const text = textIn(html)
      for (const part of [
        'Delete “Atlantis”?',
        'Country: 1',
        'Cities: 2',
        'Atlantis North',
        'Streets: 5',
        'Atlantis street 3',
        '1 link: City – word',
        'What stays, and no longer points here',
        'Note: 1',
        'Atlantis note',
      ])
        expect(text).toContain(part)
      expect(await world.objects(Country).exists({ pk: one.id })).toBe(true)
      const response = await formIn(html).send(client, 'x')
      expect([response.status, response.headers.get('location')]).toEqual([303, '/admin/geo/country/'])
      expect([await world.objects(Country).count(), await world.objects(City).count(), await world.objects(Street).count()]).toEqual([0, 0, 0])
      expect((await world.objects(Note).get({ name: 'Atlantis note' })).city).toBeNull()
      const note = await lastNote(world as unknown as Shop, one.id)
      expect([note.actionFlag, note.changeMessage, note.objectRepr]).toEqual([3, '', 'Atlantis'])
      expect(textIn(await pageOf(await client.get('/admin/geo/country/')))).toContain('The country “Atlantis” was deleted.')
    })

    test('AD-10: takes the right to delete all that goes, of registered models', async () => {
      const one = await country('Lemuria')
      const client = await staff('geo.delete_country', 'geo.view_country', 'geo.delete_street')
      const html = await pageOf(await client.get(remove(one)))
      expect(textIn(html)).toContain('may be deleted only by somebody who may delete city.')
      expect(html).not.toContain('Yes, delete it')
      // Who may not see them is told how many there are, and no names.
      expect(textIn(html)).toContain('Cities: 2')
      expect(html).not.toContain('Lemuria North')
      expect((await client.post(remove(one), { form: { post: 'yes' } })).status).toBe(403)
      expect(await world.objects(City).count({ country: one.id })).toBe(2)
    })

    test('a right that depends on the row holds for rows that go along', async () => {
      const one = await country('Mu')
      const client = await staff(...rights)
      await world.objects(Street).update({ name: 'Mu street 4' }, { kept: true })
      expect(textIn(await pageOf(await client.get(remove(one))))).toContain('somebody who may delete street.')
      await client.get('/admin/')
      expect((await client.post(remove(one), { form: { post: 'yes' } })).status).toBe(403)
      expect(await world.objects(Street).count({ name: { startsWith: 'Mu' } })).toBe(5)
    })

    test('where more goes than is looked at, a right that depends on the row is not taken for granted', async () => {
      const one = await country('Pangaea', 10_010)
      const last = await world.objects(Street).get({ name: 'Pangaea street 10009' })
      await last.update({ kept: true })
      const client = await staff(...rights)
      await client.get('/admin/')
      const refused = await client.post(remove(one), { form: { post: 'yes' } })
      expect(textIn(await pageOf(refused, 422))).toContain('cannot be looked at in one go')
      expect(await world.objects(Country).exists({ pk: one.id })).toBe(true)
    })

    test('what is protected keeps it, and is named', async () => {
      const one = await country('Utopia')
      await world.objects(Treaty).create({ name: 'Peace', country: one })
      const client = await staff(...rights, 'geo.view_treaty')
      const html = await pageOf(await client.get(remove(one)))
      expect(textIn(html)).toMatch(/cannot be deleted while these still need it: Treaty: 1 Peace/)
      expect(html).not.toContain('Yes, delete it')
      const refused = await pageOf(await client.post(remove(one), { form: { post: 'yes' } }), 422)
      expect(textIn(refused)).toContain('Still needed, and keeping this from being deleted: Treaty (1).')
      expect(await world.objects(Country).exists({ pk: one.id })).toBe(true)
    })

    test('one that is gone is said on the first page; one that nobody may delete is 403 before anything is looked for', async () => {
      const client = await staff(...rights)
      expect((await client.get(remove({ id: 999_999 }))).headers.get('location')).toBe('/admin/')
      const viewer = await staff('geo.view_country')
      expect([(await viewer.get(remove({ id: 999_999 }))).status, (await viewer.get(remove(await country('Seen', 1)))).status]).toEqual([403, 403])
    })

    test('E7: a link deletes nothing', async () => {
      const client = await staff(...rights)
      const one = await country('Linked', 1)
      await client.get(`${remove(one)}?post=yes&action=delete_selected`)
      await client.request('HEAD', `${remove(one)}?post=yes`)
      expect(await world.objects(Country).exists({ pk: one.id })).toBe(true)
    })

    test('is written with everything or not at all, and the note before', async () => {
      const one = await country('Order', 1)
      const client = await staff(...rights)
      const statements = await statementsOf(world as unknown as Shop, async () => client.post(remove(one), { form: { post: 'yes' } }))
      const noted = statements.findIndex((text) => /^insert into .?django_admin_log/i.test(text))
      const deleted = statements.findIndex((text) => /^delete from .?geo_country/i.test(text))
      expect(noted).toBeGreaterThan(0)
      expect(deleted).toBeGreaterThan(noted)
      expect(await world.objects(LogEntry).count({ objectId: String(one.id), actionFlag: 3 })).toBeGreaterThan(0)
    })
  })

  describe('a plan', () => {
    test('names the first hundred and counts the rest, in statements that do not grow', async () => {
      const client = await staff(...rights)
      const [small, large] = [await country('Small', 3), await country('Large', 250)]
      const few = await statementsOf(world as unknown as Shop, async () => pageOf(await client.get(remove(small))))
      let html = ''
      const many = await statementsOf(world as unknown as Shop, async () => (html = await pageOf(await client.get(remove(large)))))
      expect(many.length).toBe(few.length)
      expect(textIn(html)).toContain('Streets: 250')
      expect(textIn(html)).toContain('and 150 more')
      expect(html.match(/Large street/g)).toHaveLength(100)
    })

    test('stops counting where nobody reads on, and tells what else there may be', async () => {
      const one = await country('Huge', 50)
      const plan = await planDeletion(world.internals.registry, Country, [one.id], { rows: 10 })
      expect(plan.isComplete).toBe(false)
      expect(plan.rows.reduce((sum, { keys }) => sum + keys.length, 0)).toBe(10)
      expect(plan.reachable.map((each) => each.label)).toEqual(['geo.Country', 'geo.City', 'geo.Street'])
    })

    test('follows a circle once', async () => {
      const one = await country('Circle', 1)
      const plan = await planDeletion(world.internals.registry, Country, [one.id])
      expect([plan.isComplete, ...plan.rows.map(({ model: { meta }, keys }) => `${meta.name} ${keys.length}`)]).toEqual([
        true,
        'Country 1',
        'City 2',
        'Street 1',
      ])
    })
  })
})
