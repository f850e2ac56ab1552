import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { problem, ValidationError } from '../../src/base/errors.js'
import { messageFor } from '../../src/base/messages.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { abstractUser, autoField, booleanField, charField, decimalField, foreignKey, model, portcullis } from '../../src/index.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories } from '../../src/testing.js'
import { formIn, pageOf, statementsOf, textIn } from '../support/admin-forms.js'
import { eachSite, quick, type Shop } from '../support/shop.js'

class Reader extends abstractUser('library.Reader', { fields: { card: charField({ maxLength: 20 }) } }) {}
class Shelf extends model('library.Shelf', { fields: { name: charField({ maxLength: 40 }) } }) {}
class Book extends model('library.Book', {
  fields: {
    title: charField({ maxLength: 80, unique: true }),
    price: decimalField({ maxDigits: 8, decimalPlaces: 2, default: '0' }),
    lent: booleanField({ default: false }),
    shelf: foreignKey(() => Shelf, { null: true }),
  },
  permissions: { lend_book: 'Can lend books' },
}) {}
/** The key of its rows is not called `id`. */
class Chapter extends model('library.Chapter', {
  fields: { number: autoField(), heading: charField({ maxLength: 40 }), book: foreignKey(() => Book) },
}) {}

function libraryOn(database: DatabaseSource) {
  return portcullis({ ...quick, database, user: Reader, models: [Shelf, Book, Chapter] })
}

eachSite(libraryOn, (open) => {
  let library: ReturnType<typeof libraryOn>
  let admin: AdminSite
  let count = 0
  /** Titles of books that nobody may change, and of those that hooks have seen. */
  let kept = new Set<string>()
  const seen: string[] = []
  /** Called once, as soon as the right to change anything was asked for outside a transaction. */
  let beforehand: (() => Promise<void>) | null = null
  let cardAccess: 'edit' | 'hidden' = 'edit'
  const books = '/admin/library/book/'
  const people = '/admin/library/reader/'
  const once = async (): Promise<void> => {
    const work = library.internals.registry.database.isInAtomic ? null : beforehand
    if (work !== null) beforehand = null
    await work?.()
  }
  const holds = async (request: { readonly user: unknown }, name: string): Promise<boolean> => (request.user as Reader).hasPerm(name as never)

  const clientOf = async (...permissions: string[]) => {
    const user = await createFactories(library).user({ isStaff: true, card: 'staff' } as never)
    if (permissions.length > 0) await user.userPermissions.add(...(permissions as never[]))
    const client = createClient(library, (request) => admin.fetch(request))
    await client.loginAs(user)
    await client.get('/admin/')
    return Object.assign(client, { staff: user })
  }
  const book = async (values: object = {}): Promise<Book> => library.objects(Book).create({ title: `Book ${(count += 1)}`, ...values } as never)
  const reader = async (values: object = {}): Promise<Reader> =>
    (await library.users.createUser({ username: `reader-${(count += 1)}`, card: 'c', ...values } as never)) as Reader
  const again = async <M extends Book>(one: M): Promise<Book> => library.objects(Book).get({ id: one.id })
  const chosen = (action: string, rows: readonly { readonly pk: unknown }[], more: Record<string, string> = {}): FormData => {
    const data = new FormData()
    for (const [name, value] of Object.entries({ action, ...more })) data.append(name, value)
    for (const row of rows) data.append('_selected_action', String(row.pk))
    return data
  }
  const cells = (rows: readonly { readonly pk: unknown; readonly values: Record<string, readonly [was: string, now: string]> }[]): FormData => {
    const data = new FormData()
    data.append('_save', '1')
    for (const { pk, values } of rows) {
      data.append('_row', String(pk))
      for (const [name, [was, now]] of Object.entries(values)) {
        data.append(`${String(pk)}-${name}-was`, was)
        data.append(`${String(pk)}-${name}`, now)
      }
    }
    return data
  }
  const notes = async (): Promise<number> => library.objects(LogEntry).count()

  beforeAll(async () => {
    library = await open()
    admin = library.admin()
    admin.register(Shelf)
    admin.register(Chapter)
    admin.register(Book, {
      listDisplay: ['title', 'price', 'lent', 'shelf'],
      listDisplayLinks: null,
      listEditable: ['title', 'price', 'lent', 'shelf'],
      listFilter: ['shelf'],
      saveAs: true,
      inlines: [{ model: Chapter }],
      actions: [
        { name: 'lend', label: 'Lend', run: async (rows) => void (await Promise.all(rows.map((row) => row.update({ lent: true })))) },
        {
          name: 'mark',
          label: 'Mark',
          permission: 'library.lend_book',
          confirm: 'Mark these?',
          run: async (rows) => `Marked ${rows.map((row) => row.title).join(', ')}`,
        },
        { name: 'forget', label: 'Forget', permission: 'delete', run: async (rows) => `Forgot ${rows.length}` },
      ],
      hasChangePermission: async (request, row) => {
        const isHeld = await holds(request, 'library.change_book')
        if (row === null) await once()
        return isHeld && (row === null || !kept.has(row.title))
      },
      fieldPermission: (_request, row, field) => (field === 'price' && row?.title.startsWith('Priceless') === true ? 'view' : 'edit'),
      beforeSave: (row, values) => {
        if (values['title'] === 'Forbidden') throw new ValidationError(problem('invalid', {}, 'title'))
        seen.push(`before ${row?.title}`)
      },
      afterSave: (row) => void seen.push(`after ${row.title} ${row.price}`),
    })
    admin.unregister(Reader)
    admin.register(Reader, {
      listDisplay: ['username', 'email', 'card'],
      listDisplayLinks: null,
      listEditable: ['username', 'card'],
      fieldPermission: (_request: unknown, row: unknown, field: string) => {
        if (field === 'card' && row === null) return cardAccess
        return field === 'isActive' && (row as Reader | null)?.card === 'fixed' ? 'view' : 'edit'
      },
      beforeSave: (row: unknown, values: object) => {
        if ((row as Reader | null)?.card === 'refused') throw new ValidationError(problem('invalid'))
        const { isActive } = values as { readonly isActive?: boolean }
        seen.push(`before ${(row as Reader | null)?.username ?? 'new'}${isActive === undefined ? '' : ` ${isActive}`}`)
      },
      afterSave: (row: unknown) => void seen.push(`after ${(row as Reader).username} ${(row as Reader).isActive}`),
    } as never)
    await library.users.createSuperuser({ username: 'root', password: 'seven mugs of cold tea', card: 'r' } as never)
  })

  beforeEach(() => {
    seen.length = 0
    kept = new Set()
    beforehand = null
    cardAccess = 'edit'
  })

  describe('an action', () => {
    test('I3: takes the permission that it names, in general and on each row', async () => {
      const [free, fixed] = [await book(), await book()]
      kept.add(fixed.title)
      const editor = await clientOf('library.change_book')
      expect((await editor.post(books, { formData: chosen('lend', [free, fixed]) })).status).toBe(403)
      expect((await again(free)).lent).toBe(false)
      expect((await editor.post(books, { formData: chosen('lend', [free]) })).status).toBe(303)
      expect((await again(free)).lent).toBe(true)
      // Who may delete, or change, may not therefore do something else.
      for (const [action, ...permissions] of [
        ['lend', 'library.view_book', 'library.delete_book'],
        ['forget', 'library.change_book'],
        ['mark', 'library.change_book', 'library.delete_book'],
      ] as const) {
        const client = await clientOf(...permissions)
        const response = await client.post(books, { formData: chosen(action, [free], { post: 'yes' }) })
        expect([action, response.status]).toEqual([action, 403])
      }
      // And who holds the one that it names needs no other.
      const lender = await clientOf('library.view_book', 'library.lend_book')
      const asked = await pageOf(await lender.post(books, { formData: chosen('mark', [fixed]) }))
      expect(textIn(asked)).toContain('Mark these?')
      expect((await lender.post(books, { formData: chosen('mark', [fixed], { post: 'yes' }) })).status).toBe(303)
      expect(await pageOf(await lender.get(books))).toContain(`Marked ${fixed.title}`)
      const forgetter = await clientOf('library.view_book', 'library.delete_book')
      expect((await forgetter.post(books, { formData: chosen('forget', [free]) })).status).toBe(303)
    })

    test('I3: asks again inside the transaction, of the rows and of the person as they are by then', async () => {
      const one = await book()
      const [losing, keeping] = [await clientOf('library.change_book'), await clientOf('library.change_book')]
      beforehand = async () => losing.staff.userPermissions.clear()
      expect((await losing.post(books, { formData: chosen('lend', [one]) })).status).toBe(403)
      kept.add('Kept by now')
      beforehand = async () => void (await library.objects(Book).update({ id: one.id }, { title: 'Kept by now' }))
      expect((await keeping.post(books, { formData: chosen('lend', [one]) })).status).toBe(403)
      expect([beforehand, (await again(one)).lent]).toEqual([null, false])
      // Nothing of it was read before: the rows are read, and held, once it is known who is asking.
      kept.clear()
      const statements = await statementsOf(library as unknown as Shop, async () => keeping.post(books, { formData: chosen('lend', [one]) }))
      const last = (pattern: RegExp): number => statements.findLastIndex((text) => pattern.test(text))
      const [staff, row, write] = [last(/ from ["`]library_reader["`]/i), last(/ from ["`]library_book["`]/i), last(/^update ["`]library_book["`]/i)]
      expect([staff > 0, row > staff, write > row]).toEqual([true, true, true])
    })

    test('of users leaves alone who is out of reach, and hooks see each', async () => {
      const client = await clientOf('library.view_reader', 'library.change_reader')
      const root = (await library.users.get({ username: 'root' })) as Reader
      const [one, other] = [await reader(), await reader()]
      expect((await client.post(people, { formData: chosen('deactivate', [one, root]) })).status).toBe(403)
      expect(((await library.users.get({ pk: one.pk } as never)) as Reader).isActive).toBe(true)
      await client.post(people, { formData: chosen('deactivate', [one, other]) })
      expect(seen).toEqual([
        `before ${one.username} false`,
        `before ${other.username} false`,
        `after ${one.username} false`,
        `after ${other.username} false`,
      ])
      expect(await library.users.count({ pk: { in: [one.pk, other.pk] }, isActive: false } as never)).toBe(2)
      expect(await pageOf(await client.get(people))).toContain('2 readers switched off')
    })

    test('that switches accounts keeps to hooks and field rights', async () => {
      const client = await clientOf('library.view_reader', 'library.change_reader')
      const [free, fixed, refused] = [await reader(), await reader({ card: 'fixed' }), await reader({ card: 'refused' })]
      expect((await client.post(people, { formData: chosen('deactivate', [free, fixed]) })).status).toBe(403)
      expect((await client.post(people, { formData: chosen('deactivate', [free, refused]) })).status).toBe(303)
      expect(await pageOf(await client.get(people))).toContain(messageFor('invalid'))
      expect(await library.users.count({ pk: { in: [free.pk, fixed.pk, refused.pk] }, isActive: true } as never)).toBe(3)
    })

    test('takes a thousand rows, and notes them in a few statements', async () => {
      const client = await clientOf('library.change_book', 'library.delete_book')
      const rows = await library.objects(Book).bulkCreate(Array.from({ length: 1000 }, () => ({ title: `Heap ${(count += 1)}` })))
      const before = await notes()
      let status = 0
      const statements = await statementsOf(library as unknown as Shop, async () => {
        status = (await client.post(books, { formData: chosen('delete_selected', rows, { post: 'yes' }) })).status
      })
      expect(status).toBe(303)
      expect((await notes()) - before).toBe(1000)
      expect(await library.objects(Book).count({ title: { startsWith: 'Heap' } })).toBe(0)
      expect(statements.length).toBeLessThan(100)
    })
  })

  describe('cells changed in place', () => {
    test('I11: keep to hooks and field rights', async () => {
      const client = await clientOf('library.change_book')
      const [one, priceless] = [await book({ price: '1' }), await book({ title: `Priceless ${(count += 1)}`, price: '1' })]
      const sent = cells([one, priceless].map(({ pk }) => ({ pk, values: { price: ['1.00', '2.00'] } })))
      expect((await client.post(books, { formData: sent })).status).toBe(303)
      expect([(await again(one)).price, (await again(priceless)).price]).toEqual(['2.00', '1.00'])
      expect(seen).toEqual([`before ${one.title}`, `after ${one.title} 2.00`])
      const forbidden = await client.post(books, { formData: cells([{ pk: one.pk, values: { title: [one.title, 'Forbidden'] } }]) })
      expect(textIn(await pageOf(forbidden, 422))).toContain(messageFor('invalid'))
      expect((await again(one)).title).toBe(one.title)
    })

    test('that point to something that is gone say so where they are', async () => {
      const client = await clientOf('library.change_book')
      const [there, gone] = [await library.objects(Shelf).create({ name: 'There' }), await library.objects(Shelf).create({ name: 'Gone' })]
      await library.objects(Shelf).delete({ id: gone.id })
      const [one, other] = [await book(), await book()]
      const sent = cells([
        { pk: one.pk, values: { shelf: ['', String(there.id)] } },
        { pk: other.pk, values: { shelf: ['', String(gone.id)] } },
      ])
      const html = await pageOf(await client.post(`${books}?o=-1`, { formData: sent }), 422)
      expect(html).toContain(`id="id_${other.id}-shelf_error"`)
      expect(html).not.toContain(`id="id_${one.id}-shelf_error"`)
      expect((await again(one)).shelf).toBeNull()
      await client.post(books, { formData: cells([{ pk: one.pk, values: { shelf: ['', String(there.id)] } }]) })
      expect((await again(one)).shelf).toBe(there.id)
    })

    test('that are taken say so, and nothing of the rest is written', async () => {
      const client = await clientOf('library.change_book', 'library.view_reader', 'library.change_reader')
      const [one, other] = [await book(), await book({ price: '1' })]
      const sent = cells([
        { pk: other.pk, values: { price: ['1.00', '3.00'] } },
        { pk: one.pk, values: { title: [one.title, other.title] } },
      ])
      const html = await pageOf(await client.post(`${books}?o=-1`, { formData: sent }), 422)
      expect(html).toContain(`id="id_${one.id}-title_error"`)
      expect((await again(other)).price).toBe('1.00')
      // Of people a name is taken in capitals too.
      const [ada, eve] = [await reader({ username: `ada${(count += 1)}` }), await reader()]
      const alike = cells([{ pk: eve.pk, values: { username: [eve.username, ada.username.toUpperCase()] } }])
      const refused = await pageOf(await client.post(people, { formData: alike }), 422)
      expect(refused).toContain(`id="id_${eve.id}-username_error"`)
    })

    test('take as many statements for many rows as for few, but for the writing itself', async () => {
      const client = await clientOf('library.change_book')
      const shelf = await library.objects(Shelf).create({ name: 'Long' })
      const save = async (size: number): Promise<number> => {
        const rows: Book[] = []
        for (let index = 0; index < size; index += 1) rows.push(await book())
        const sent = cells(rows.map(({ pk }) => ({ pk, values: { shelf: ['', String(shelf.id)], price: ['0.00', '5.00'] } })))
        const statements = await statementsOf(library as unknown as Shop, async () => {
          expect((await client.post(books, { formData: sent })).status).toBe(303)
        })
        expect(await library.objects(Book).count({ pk: { in: rows.map((one) => one.pk) }, price: '5.00' } as never)).toBe(size)
        return statements.filter((text) => !/^update .*library_book/i.test(text)).length
      }
      const few = await save(2)
      expect(await save(20)).toBe(few)
      expect(few).toBeLessThanOrEqual(12)
    })

    test('of users are shown in as many statements for many as for few', async () => {
      const client = await clientOf('library.view_reader', 'library.change_reader')
      const show = async (): Promise<number> => (await statementsOf(library as unknown as Shop, async () => pageOf(await client.get(people)))).length
      const few = await show()
      for (let index = 0; index < 20; index += 1) await reader()
      expect(await show()).toBe(few)
    })

    test('of rows that are gone are told of', async () => {
      const client = await clientOf('library.change_book')
      const [one, gone] = [await book(), await book()]
      await library.objects(Book).delete({ id: gone.id })
      await client.post(books, { formData: cells([one, gone].map(({ pk }) => ({ pk, values: { price: ['0.00', '7.00'] } }))) })
      expect((await again(one)).price).toBe('7.00')
      const text = textIn(await pageOf(await client.get(books)))
      expect(text).toContain('1 book changed.')
      expect(text).toContain('somebody deleted them meanwhile: 1 book.')
    })
  })

  describe('adding a user', () => {
    test('keeps to hooks and field rights', async () => {
      const client = await clientOf('library.add_reader', 'library.change_reader', 'library.view_reader')
      const form = { usable_password: 'false', card: 'typed' }
      const first = `new-${(count += 1)}`
      expect(await pageOf(await client.get(`${people}add/`))).toContain('name="card"')
      expect((await client.post(`${people}add/`, { form: { ...form, username: first } })).status).toBe(303)
      expect(seen).toEqual(['before new', `after ${first} true`])
      expect(((await library.users.get({ username: first })) as Reader).card).toBe('typed')
      cardAccess = 'hidden'
      expect((await client.get(`${people}add/`)).status).toBe(403)
      const second = `new-${(count += 1)}`
      expect((await client.post(`${people}add/`, { form: { ...form, username: second } })).status).toBe(403)
      expect(await library.users.exists({ username: second })).toBe(false)
    })
  })

  test('saving as new copies rows whatever their key is called', async () => {
    const root = createClient(library, (request) => admin.fetch(request))
    await root.loginAs((await library.users.get({ username: 'root' })) as never)
    const one = await book()
    await library.objects(Chapter).create({ heading: 'Beginning', book: one } as never)
    const page = formIn(await pageOf(await root.get(`${books}${one.id}/change/`)))
    const title = `Copy ${(count += 1)}`
    expect((await page.set('title', title).send(root, '_saveasnew')).status).toBe(303)
    const copy = await library.objects(Book).get({ title })
    expect(await library.objects(Chapter).count({ heading: 'Beginning', book: copy } as never)).toBe(1)
    expect(await library.objects(Chapter).count({ heading: 'Beginning', book: one } as never)).toBe(1)
  })
})
