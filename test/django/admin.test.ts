/**
 * Django's admin and ours in turns on the same rows: whatever one writes, of users, groups, products and their history, the other reads,
 * shows and goes on with (AD-21 to AD-25).
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest'
import { textIn, type PageForm } from '../support/admin-forms.js'
import { eachAdminPair, type AdminVisitor } from '../support/admin-pair.js'
import { DIRECTIONS, loggedIn, logIn, nameOf, otherThan, PASSWORD, type SideName } from '../support/sides.js'

const ROOT = 'root'
const NEW_PASSWORD = 'the difference of two'
const users = '/admin/auth/user/'
const groups = '/admin/auth/group/'
const products = '/admin/shop/product/'

/** Django's words and ours for the same. */
const inWordsOf = (name: SideName, sentence: string): string =>
  name === 'Django' ? sentence : sentence.replace('No fields changed.', 'Nothing was changed.').replace('Changed Stars for', 'Changed Stars of')

describe('two admins on the same rows', () => {
  eachAdminPair((pair) => {
    let count = 0
    const fresh = (name: string): string => `${name}${++count}`
    const find = async (username: string) => pair().site.users.get({ username })
    const enter = async (name: SideName): Promise<AdminVisitor> => pair().enter(ROOT, name)
    const permissionKeys = async (...names: readonly string[]): Promise<string[]> =>
      Promise.all(names.map(async (one) => String((await pair().site.permissions.get(one as never)).id)))

    /** Sends a form; it is taken, and the browser sent on. */
    const done = async (admin: AdminVisitor, form: PageForm, button?: string, value?: string): Promise<string> => {
      const response = await admin.send(form, button, value)
      expect(response.status).toSatisfy((status) => status === 302 || status === 303)
      return response.headers.get('location') ?? ''
    }
    /** In two steps, as in either. */
    const addUser = async (admin: AdminVisitor): Promise<{ username: string; id: number; path: string }> => {
      const username = fresh('mary')
      const form = await admin.form(`${users}add/`, 'password1')
      const next = await done(admin, form.set('username', username).set('password1', PASSWORD).set('password2', PASSWORD))
      const { id } = await find(username)
      expect(next).toBe(`${users}${id}/change/`)
      return { username, id, path: `${users}${id}/` }
    }
    const addGroup = async (admin: AdminVisitor, ...permissions: readonly string[]): Promise<{ name: string; id: number; path: string }> => {
      const name = fresh('Editors')
      const form = await admin.form(`${groups}add/`, 'name')
      await done(admin, form.set('name', name).set('permissions', ...(await permissionKeys(...permissions))))
      const { id } = await pair().site.groups.get({ name })
      return { name, id, path: `${groups}${id}/` }
    }
    const addProduct = async (admin: AdminVisitor): Promise<{ name: string; id: number; path: string }> => {
      const name = fresh('Größe')
      const form = await admin.form(`${products}add/`, 'price')
      await done(admin, form.set('name', name).set('price', '9.50').set('review_set-0-author', 'Ada'))
      const { id } = await pair().products.get({ name })
      return { name, id, path: `${products}${id}/` }
    }
    const change = async (admin: AdminVisitor, path: string, values: Readonly<Record<string, string | readonly string[]>>): Promise<void> => {
      const form = await admin.form(`${path}change/`, '_save')
      for (const [name, value] of Object.entries(values)) form.set(name, ...(typeof value === 'string' ? [value] : value))
      await done(admin, form)
    }
    const setPassword = async (admin: AdminVisitor, path: string, password: string): Promise<void> => {
      const form = await admin.form(`${path}password/`, 'password1')
      await done(admin, form.set('password1', password).set('password2', password), 'set-password')
    }
    const remove = async (admin: AdminVisitor, path: string): Promise<void> => {
      await done(admin, await admin.form(`${path}delete/`, 'post'), 'post', 'yes')
    }
    /** What both pages tell, each in its own words, and Django's models behind them. */
    const expectHistory = async (admin: AdminVisitor, path: string, sentences: readonly string[]): Promise<void> => {
      for (const one of [admin, pair().elsewhere(admin)])
        expect([one.name, await one.history(`${path}history/`)]).toEqual([one.name, sentences.map((text) => [ROOT, inWordsOf(one.name, text)])])
      const [, , model = '', key] = path.split('/').slice(1)
      expect((await pair().told(key, model)).map(([message]) => message)).toEqual(sentences)
    }
    /** What somebody did last, on the first page. */
    const recent = async (admin: AdminVisitor): Promise<string> => {
      const page = await admin.read('/admin/')
      return textIn(page.slice(page.indexOf(admin.name === 'Django' ? '<div id="content-related"' : '<section class="pc-card pa-recent"')))
    }

    beforeAll(async () => void (await pair().site.users.createSuperuser({ username: ROOT, password: PASSWORD, email: 'root@example.com' })))

    describe('the history', () => {
      test('of a user, written here, is Django’s to the sign', async () => {
        const here = await enter('portcullis')
        const { id, path, username } = await addUser(here)
        const group = await addGroup(here)
        await change(here, path, { first_name: 'Mary', email: 'mary@example.com', is_staff: 'on' })
        await change(here, path, { groups: String(group.id) })
        await change(here, path, {})
        await setPassword(here, path, NEW_PASSWORD)
        const list = await here.form(users, 'action')
        await done(here, list.set('action', 'deactivate').set('_selected_action', String(id)), '_run')
        await expectHistory(here, path, [
          'Added.',
          'Changed First name, Email address and Staff status.',
          'Changed Groups.',
          'No fields changed.',
          'Changed password.',
          'Changed Active.',
        ])
        expect(await pair().stored(id, 'user')).toEqual([
          '[{"added": {}}]',
          '[{"changed": {"fields": ["First name", "Email address", "Staff status"]}}]',
          '[{"changed": {"fields": ["Groups"]}}]',
          '[]',
          '[{"changed": {"fields": ["password"]}}]',
          '[{"changed": {"fields": ["Active"]}}]',
        ])
        expect(await recent(pair().elsewhere(here))).toContain(`${username} User`)
      })

      test('of a user, written by Django, is told here; what it noted in words too', async () => {
        const there = await enter('Django')
        const { id, path, username } = await addUser(there)
        await change(there, path, { first_name: 'Mary', is_staff: 'on' })
        await change(there, path, { email: 'mary@example.com', user_permissions: await permissionKeys('shop.add_product', 'shop.view_product') })
        await change(there, path, {})
        await setPassword(there, path, NEW_PASSWORD)
        await pair().server.shell(
          `from django.contrib.admin.models import LogEntry, CHANGE
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
who = User.objects.get(username="root").pk
LogEntry.objects.log_action(who, ContentType.objects.get_for_model(User).pk, given, "x" * 300, CHANGE, "Sent a <b>card</b>.")`,
          id,
        )
        await expectHistory(there, path, [
          'Added.',
          'Changed First name and Staff status.',
          'Changed Email address and User permissions.',
          'No fields changed.',
          'Changed password.',
          'Sent a <b>card</b>.',
        ])
        expect(await recent(pair().elsewhere(there))).toContain(`${username} User`)
      })

      test.each(DIRECTIONS)('of a group, written by %s, is told by %s; of one that is gone too', async (by) => {
        const one = await enter(by)
        const { id, name, path } = await addGroup(one, 'shop.view_product')
        await change(one, path, { name: `${name}!` })
        await change(one, path, { permissions: await permissionKeys('shop.view_product', 'shop.add_product') })
        await expectHistory(one, path, ['Added.', 'Changed Name.', 'Changed Permissions.'])
        await remove(one, path)
        expect(await pair().site.groups.find({ id })).toBeNull()
        expect((await pair().told(id, 'group')).at(-1)).toEqual(['', `Deleted “${name}!.”`])
        for (const admin of [one, pair().elsewhere(one)]) expect(await recent(admin)).toContain(`${name}! Group`)
      })

      test.each(DIRECTIONS)('of a product with its reviews, written by %s, is told by %s', async (by) => {
        const one = await enter(by)
        const { id, name, path } = await addProduct(one)
        const edit = await one.form(`${path}change/`, '_save')
        await done(one, edit.set('price', '12.00').set('review_set-0-stars', '5').set('review_set-1-author', 'Grace "the" <b>'))
        const less = await one.form(`${path}change/`, '_save')
        await done(one, less.set('review_set-0-DELETE', 'on'))
        const cells = await one.form(products, 'action')
        await done(one, cells.set(liveCell(cells, id)))
        expect((await pair().products.get({ id })).live).toBe(false)
        await expectHistory(one, path, [
          'Added. Added review “by Ada”.',
          'Changed Price. Added review “by Grace "the" <b>”. Changed Stars for review “by Ada”.',
          'Deleted review “by Ada”.',
          'Changed Live.',
        ])
        expect(await recent(pair().elsewhere(one))).toContain(`${name} Product`)
        const list = await one.form(products, 'action')
        await done(one, list.set('action', 'delete_selected').set('_selected_action', String(id)), one.name === 'Django' ? 'index' : '_run', '0')
        expect(await pair().products.find({ id })).toBeNull()
        expect((await pair().told(id, 'product')).at(-1)).toEqual(['', `Deleted “${name}.”`])
      })
    })

    describe('the same user in turns', () => {
      test.each(DIRECTIONS)('added by %s, gets groups and permissions by %s and loses them again', async (by) => {
        const [one, other] = [await enter(by), await enter(otherThan(by))]
        const { path, username } = await addUser(one)
        const group = await addGroup(other, 'shop.change_product')
        await change(other, path, { last_name: 'Shelley', is_staff: 'on', groups: String(group.id) })
        await change(one, path, { user_permissions: await permissionKeys('shop.add_product') })
        const rights = async (): Promise<unknown> => [
          [...(await (await find(username)).getAllPermissions())].toSorted(),
          await pair().server.shell(
            'from django.contrib.auth.models import User\nanswer(sorted(User.objects.get(username=given).get_all_permissions()))',
            username,
          ),
        ]
        expect(await rights()).toEqual(Array(2).fill(['shop.add_product', 'shop.change_product']))
        await change(one, group.path, { permissions: await permissionKeys('shop.delete_product') })
        await change(other, path, { user_permissions: await permissionKeys('shop.add_product', 'shop.view_product') })
        expect(await rights()).toEqual(Array(2).fill(['shop.add_product', 'shop.delete_product', 'shop.view_product']))
        await change(one, path, { groups: [] })
        await change(other, path, { user_permissions: [] })
        expect(await rights()).toEqual([[], []])
        const { lastName, isStaff } = await find(username)
        expect([lastName, isStaff]).toEqual(['Shelley', true])
      })

      test.each(DIRECTIONS)('a password set in the admin of %s is the one at %s, and every session under the old one is over', async (by) => {
        const one = await enter(by)
        const { path, username } = await addUser(one)
        const [here, there] = [pair().side(by), pair().side(otherThan(by))]
        const jars = [await loggedIn(here, username), await loggedIn(there, username)]
        await setPassword(one, path, NEW_PASSWORD)
        for (const jar of jars) expect([await nameOf(here, new Map(jar)), await nameOf(there, new Map(jar))]).toEqual([null, null])
        for (const side of [here, there]) {
          await expect(logIn(side, new Map(), username)).rejects.toThrow('was not let in')
          await logIn(side, new Map(), username, NEW_PASSWORD)
        }
        // Whoever did it is still in, on both.
        expect(await nameOf(there, one.jar)).toBe(ROOT)
      })

      test('sessions that are ended here are over at Django, whoever began them', async () => {
        const here = await enter('portcullis')
        const { path, username } = await addUser(here)
        const sides = [pair().side('Django'), pair().side('portcullis')]
        const jars = await Promise.all(sides.map(async (side) => loggedIn(side, username)))
        // One that Django began is in the list once it has been seen here.
        for (const jar of jars) for (const side of sides) expect(await nameOf(side, new Map(jar))).toBe(username)
        await done(here, await here.form(`${path}sessions/`, 'all'), 'all', 'on')
        for (const jar of jars) for (const side of sides) expect(await nameOf(side, new Map(jar))).toBeNull()
        expect((await pair().elsewhere(here).history(`${path}history/`)).at(-1)).toEqual([ROOT, 'Ended all sessions.'])
      })

      test.each(DIRECTIONS)('deleted by %s, is gone at %s with groups, permissions, sessions and what they noted', async (by) => {
        const one = await enter(by)
        const { id, path, username } = await addUser(pair().elsewhere(one))
        const group = await addGroup(one, 'shop.view_product')
        const all = { is_staff: 'on', groups: String(group.id), user_permissions: await permissionKeys('shop.add_product', 'shop.change_product') }
        await change(one, path, all)
        const jars: AdminVisitor[] = []
        for (const [side] of DIRECTIONS) {
          const staff = await pair().enter(username, side)
          await addProduct(staff)
          jars.push(staff)
        }
        await remove(one, path)
        expect(await pair().site.users.find({ id })).toBeNull()
        expect(
          await pair().server.shell(
            `from django.contrib.auth.models import User
from django.contrib.admin.models import LogEntry
answer([User.objects.filter(pk=given).count(), User.groups.through.objects.filter(user_id=given).count(), User.user_permissions.through.objects.filter(user_id=given).count(), LogEntry.objects.filter(user_id=given).count()])`,
            id,
          ),
        ).toEqual([0, 0, 0, 0])
        for (const { jar } of jars) for (const [side] of DIRECTIONS) expect(await nameOf(pair().side(side), new Map(jar))).toBeNull()
        expect((await pair().told(id, 'user')).at(-1)).toEqual(['', `Deleted “${username}.”`])
      })
    })

    test('§11.2: staff with few rights see the same models in both, and may open the same pages', async () => {
      const { site } = pair()
      const root = await enter('portcullis')
      const user = await addUser(root)
      const group = await addGroup(root)
      const product = await addProduct(root)
      const cases: readonly (readonly string[])[] = [
        [],
        ['auth.view_user'],
        ['auth.add_user'],
        ['auth.change_user'],
        ['auth.add_user', 'auth.change_user'],
        ['auth.delete_user'],
        ['auth.view_group', 'shop.add_product'],
        ['shop.change_product', 'shop.view_review'],
        ['shop.delete_product', 'shop.delete_review'],
      ]
      for (const permissions of cases) {
        const username = fresh('staff')
        const staff = await site.users.createUser({ username, password: PASSWORD, isStaff: true })
        if (permissions.length > 0) await staff.userPermissions.add(...(permissions as never[]))
        const here = await pair().enter(username, 'portcullis', 'Django')
        const seen = []
        for (const admin of [here, pair().elsewhere(here)]) {
          const index = await admin.read('/admin/')
          const models = new Set(Array.from(index.matchAll(/href="(\/admin\/[a-z]+\/[a-z]+\/)"/g), ([, path]) => path))
          const statuses: Record<string, number> = {}
          for (const { path } of [user, group, product])
            for (const page of [path.replace(/\d+\/$/, ''), path.replace(/\d+\/$/, 'add/'), `${path}change/`, `${path}delete/`, `${path}history/`])
              statuses[page] = (await admin.get(page)).status
          if (permissions.length > 0) statuses['password'] = (await admin.get(`${user.path}password/`)).status
          seen.push({ permissions, models: [...models].toSorted(), statuses })
        }
        expect(seen[0]).toEqual(seen[1])
      }
    })
  })
})

/** The cell of a product in the form of its list: Django counts its rows, we name them by their keys. */
function liveCell(form: PageForm, id: number): string {
  if (form.names.includes(`${id}-live-was`)) return `${id}-live`
  const key = form.names.find((name) => /^form-\d+-id$/.test(name) && form.get(name) === String(id))
  if (key === undefined) throw new Error(`There are no cells of ${id} among ${form.names.join(', ')}.`)
  return key.replace(/-id$/, '-live')
}
