import { afterEach, describe, expect, test } from 'vitest'
import { portcullis, ValidationError } from '../../src/index.js'
import type { MediaStorage } from '../../src/media/storage.js'
import { codesOf, json, posted, upload, valid } from '../support/form-data.js'
import { find, findAll, readHtml } from '../support/html.js'
import { png } from '../support/pictures.js'
import { Customer, eachSite, Profile, quick } from '../support/shop.js'

const kept = new Map<string, Uint8Array>()
let isFull = false
const storage: MediaStorage = {
  async save(name, bytes) {
    if (isFull) throw new Error('the disk is full')
    kept.set(name, bytes)
    return name
  },
  open: async () => null,
  delete: async (name) => kept.delete(name),
}
const FACE = upload(png(4, 4))

afterEach(() => {
  kept.clear()
  isFull = false
})

eachSite(
  (database) => portcullis({ ...quick, database, user: Customer, profile: Profile, media: { storage } }),
  (open) => {
    const someone = async (values: object = {}) => {
      const auth = await open()
      const ada = await auth.users.createUser({ username: 'ada', email: 'ada@example.com', phone: '1', ...values })
      return { auth, ada, ProfileForm: auth.forms.profile() }
    }

    describe('profile', () => {
      test('shows account and profile in one form, without what is not theirs to change', async () => {
        const { auth, ada, ProfileForm } = await someone({ firstName: 'Ada' })
        await (await auth.profiles.get(ada)).update({ bio: 'Enchantress' })
        const form = await ProfileForm.blank(posted({}, { user: ada }))
        expect(form.fields.map((one) => one.name)).toEqual(['first_name', 'last_name', 'email', 'phone', 'newsletter', 'bio', 'picture'])
        expect(form.isMultipart).toBe(true)
        const html = readHtml(form.toHtml())
        expect(find(html, 'form').attributes).toMatchObject({ method: 'post', enctype: 'multipart/form-data' })
        expect(find(html, 'input', { name: 'first_name' }).attributes).toMatchObject({ value: 'Ada', autocomplete: 'given-name', maxlength: '150' })
        expect(find(html, 'textarea', { name: 'bio' }).text).toBe('Enchantress')
        expect(findAll(html, 'input', { name: 'picture-clear' })).toEqual([])
        await auth.users.delete({})
      })

      test('finding 4: writes what changed in either row, and nothing else', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const fields = { first_name: 'Ada', last_name: '', email: 'Ada@EXAMPLE.com', phone: '1', bio: 'Enchantress\r\nof numbers' }
        const form = valid(await ProfileForm.bind(posted(fields, { user: ada })))
        expect(form.changedData).toEqual(['firstName', 'email', 'bio'])
        // Meanwhile somebody else changes what the form has read and does not change.
        await auth.users.update({ username: 'ada' }, { isStaff: true, phone: '2' })
        const statements: string[] = []
        const stop = auth.internals.registry.database.onStatement((sql) => void statements.push(sql))
        await form.save()
        stop()
        expect(statements.filter((one) => one.startsWith('update'))).toHaveLength(2)
        expect(await auth.users.get({ username: 'ada' })).toMatchObject({ firstName: 'Ada', email: 'Ada@example.com', phone: '2', isStaff: true })
        expect((await auth.profiles.get(ada)).bio).toBe('Enchantress\r\nof numbers')
        await auth.users.delete({})
      })

      test('a form that changes nothing writes nothing', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const form = valid(await ProfileForm.bind(posted({ email: 'ada@example.com', phone: '1' }, { user: ada })))
        const statements: string[] = []
        const stop = auth.internals.registry.database.onStatement((sql) => void statements.push(sql))
        await form.save()
        stop()
        expect([form.changedData, statements]).toEqual([[], []])
        await auth.users.delete({})
      })

      test('2.3.3: both rows or neither', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const form = valid(await ProfileForm.bind(posted({ email: 'new@example.com', phone: '2', bio: 'x' }, { user: ada })))
        await auth.profiles.delete({ user: ada })
        await expect(form.save()).rejects.toThrow('no longer in the database')
        expect(await auth.users.get({ username: 'ada' })).toMatchObject({ email: 'ada@example.com', phone: '1' })
        await auth.users.delete({})
      })

      test('JSON that says nothing of a field leaves it as it is; a form that does not send one empties it', async () => {
        const { auth, ada, ProfileForm } = await someone({ firstName: 'Ada', newsletter: true })
        const spoken = valid(await ProfileForm.bind(json({ bio: 'Enchantress' }, ada)))
        expect(spoken.changedData).toEqual(['bio'])
        expect(spoken.cleanedData).toMatchObject({ firstName: 'Ada', newsletter: true, bio: 'Enchantress' })
        await spoken.save()
        expect(await auth.users.get({ username: 'ada' })).toMatchObject({ firstName: 'Ada', newsletter: true, email: 'ada@example.com' })
        const silent = valid(await ProfileForm.bind(posted({ email: 'ada@example.com', phone: '1' }, { user: ada })))
        expect(silent.changedData).toEqual(['firstName', 'newsletter', 'bio'])
        await auth.users.delete({})
      })

      test('I11: rights and the name to log in by are not among the fields', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const rights = { is_staff: 'on', is_superuser: 'on', username: 'root', user: '1', user_id: '1', id: '1', password: 'x' }
        const form = valid(await ProfileForm.bind(posted({ email: 'ada@example.com', phone: '1', ...rights }, { user: ada })))
        expect(form.ignored.toSorted()).toEqual(Object.keys(rights).toSorted())
        await form.save()
        expect(await auth.users.get({ pk: ada.pk })).toMatchObject({ username: 'ada', isStaff: false, isSuperuser: false })
        for (const name of Object.keys(rights))
          expect(codesOf(await ProfileForm.bind(json({ [name]: 'x' }, ada)))).toEqual({ [name]: ['unknown_field'] })
        await auth.users.delete({})
      })

      test('a picture is looked at before the form is valid and kept when it is saved; the one before goes', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const base = { email: 'ada@example.com', phone: '1' }
        const form = valid(await ProfileForm.bind(posted(base, { user: ada, files: { picture: [FACE] } })))
        expect([form.changedData, form.uploads.get('picture'), kept.size]).toEqual([['picture'], FACE, 0])
        await form.save()
        const first = (await auth.profiles.get(ada)).picture
        expect([...kept.keys()]).toEqual([first])
        expect(first).toMatch(/^faces\/[a-z0-9]+\.webp$/)
        const html = readHtml((await ProfileForm.blank(posted({}, { user: ada }))).toHtml())
        expect(find(html, 'a', { href: `/accounts/media/${first}` }).text).toBe(first)
        // Nothing said of it: it stays.
        expect(valid(await ProfileForm.bind(posted(base, { user: ada }))).changedData).toEqual([])
        await valid(await ProfileForm.bind(posted(base, { user: ada, files: { picture: [FACE] } }))).save()
        const second = (await auth.profiles.get(ada)).picture
        expect(second).not.toBe(first)
        expect([...kept.keys()]).toEqual([second])
        const removal = valid(await ProfileForm.bind(posted({ ...base, 'picture-clear': 'on' }, { user: ada })))
        expect([removal.cleanedData.picture, removal.changedData]).toEqual([null, ['picture']])
        await removal.save()
        expect([(await auth.profiles.get(ada)).picture, kept.size]).toEqual([null, 0])
        await auth.users.delete({})
      })

      test('J4: what is no picture, is empty, comes twice or as text is refused', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const codes = async (fields: object, files: Parameters<typeof upload>[0][] | null) =>
          codesOf(
            await ProfileForm.bind(
              posted({ email: '', phone: '', ...fields }, { user: ada, files: files === null ? {} : { picture: files.map((one) => upload(one)) } }),
            ),
          )
        expect(await codes({}, [Buffer.from('<svg onload="alert(1)">')])).toEqual({ picture: ['invalid_image'] })
        expect(await codes({}, [new Uint8Array()])).toEqual({ picture: ['empty'] })
        expect(await codes({}, [png(4, 4), png(4, 4)])).toEqual({ picture: ['invalid'] })
        expect(await codes({ picture: '/etc/passwd' }, null)).toEqual({ picture: ['invalid'] })
        // A browser sends this for a field that was left empty.
        expect(codesOf(await ProfileForm.bind(posted({}, { user: ada, files: { picture: [upload(new Uint8Array(), '')] } })))).toEqual({})
        expect(await codes({ 'picture-clear': 'on' }, [png(4, 4)])).toEqual({ picture: ['contradiction'] })
        expect(codesOf(await ProfileForm.bind(json({ picture: { path: '../../etc/passwd' } }, ada)))).toEqual({ picture: ['invalid'] })
        expect(kept.size).toBe(0)
        await auth.users.delete({})
      })

      test('a picture is not left behind where the rest cannot be written', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const form = valid(await ProfileForm.bind(posted({ email: '', phone: '' }, { user: ada, files: { picture: [FACE] } })))
        await auth.profiles.delete({ user: ada })
        await expect(form.save()).rejects.toThrow('no longer')
        expect(kept.size).toBe(0)
        isFull = true
        const full = valid(await ProfileForm.bind(posted({ email: 'n@example.com', phone: '' }, { user: ada, files: { picture: [FACE] } })))
        await expect(full.save()).rejects.toThrow('full')
        expect((await auth.users.get({ username: 'ada' })).email).toBe('ada@example.com')
        await auth.users.delete({})
      })

      test('the body may be as long as a picture only where there is one', async () => {
        const { auth, ada, ProfileForm } = await someone()
        const limits: unknown[] = []
        const asking = (request: ReturnType<typeof posted>) => ({
          ...request,
          readBody: async (asked?: object) => {
            limits.push(asked)
            return request.readBody()
          },
        })
        await ProfileForm.bind(asking(posted({}, { user: ada })))
        await auth.forms.userCreation().bind(asking(posted({})))
        expect(limits).toEqual([expect.objectContaining({ totalBytes: 6 * 1024 * 1024, files: 1 }), undefined])
        await auth.users.delete({})
      })
    })

    describe('userChange', () => {
      test('offers what people may fill in, and says which name is taken, but for their own', async () => {
        const { auth, ada } = await someone()
        await auth.users.createUser({ username: 'grace' })
        const ChangeForm = auth.forms.userChange()
        expect(ChangeForm.blank(posted({}, { user: ada })).fields.map((one) => one.name)).toEqual([
          'username',
          'first_name',
          'last_name',
          'email',
          'phone',
          'newsletter',
        ])
        const change = (username: string) => ChangeForm.bind(posted({ username }, { user: ada }))
        expect(codesOf(await change('GRACE'))).toEqual({ username: ['unique'] })
        expect(codesOf(await change('grаce'))).toEqual({ username: ['unique'] })
        expect(codesOf(await change('ada'))).toEqual({})
        expect((await valid(await change('ADA')).save()).username).toBe('ADA')
        await auth.users.delete({})
      })

      test('a name taken between checking and saving is an error of its field', async () => {
        const { auth, ada } = await someone()
        const form = valid(await auth.forms.userChange({ fields: ['username'] }).bind(posted({ username: 'grace' }, { user: ada })))
        await auth.users.createUser({ username: 'grace' })
        const error: unknown = await form.save().catch((one: unknown) => one)
        expect(error).toBeInstanceOf(ValidationError)
        expect(codesOf(form.refused(error as ValidationError))).toEqual({ username: ['unique'] })
        await auth.users.delete({})
      })

      test('G8: an address changed by form voids reset links', async () => {
        const { auth, ada } = await someone({ password: 'notes on the engine' })
        const token = auth.resetTokens.makeToken(ada)
        expect(auth.resetTokens.checkToken(ada, token)).toBe(true)
        await valid(await auth.forms.userChange({ fields: ['email'] }).bind(posted({ email: 'other@example.com' }, { user: ada }))).save()
        expect(auth.resetTokens.checkToken(ada, token)).toBe(false)
        await auth.users.delete({})
      })
    })

    describe('adminUserChange', () => {
      test('shows the password masked, ignores one that is sent, and keeps the digits of a moment that are not shown', async () => {
        const { auth, ada } = await someone({ password: 'notes on the engine' })
        const ChangeForm = auth.forms.adminUserChange()
        const blank = ChangeForm.blank(null, { user: ada })
        const shown = Object.fromEntries(blank.fields.map((one) => [one.name, one]))
        expect(Object.keys(shown)).toEqual(expect.arrayContaining(['username', 'is_staff', 'is_active', 'is_superuser', 'date_joined', 'last_login']))
        expect(shown['password']?.value).toMatch(/^algorithm: pbkdf2_sha256, iterations: 2, salt: .{6}\*+, hash: .{6}\*+$/)
        expect(blank.toHtml()).not.toContain(ada.password.split('$')[3])
        const html = readHtml(blank.toHtml())
        expect(findAll(html, 'input', { name: 'password' })).toEqual([])
        expect(find(html, 'div', { id: 'id_password' }).children[0]?.attributes['href']).toBe('../password/')
        const fields = Object.fromEntries(
          blank.fields.filter((one) => one.type !== 'checkbox' || one.isChecked).map((one) => [one.name, one.type === 'checkbox' ? 'on' : one.value]),
        )
        expect(valid(await ChangeForm.bind(posted(fields), { user: ada })).changedData).toEqual([])
        const form = valid(await ChangeForm.bind(posted({ ...fields, is_staff: 'on', password: 'pbkdf2_sha256$1$x$y' }), { user: ada }))
        expect([form.changedData, form.ignored, 'password' in form.cleanedData]).toEqual([['isStaff'], [], false])
        const { dateJoined, password } = ada
        expect(form.cleanedData.dateJoined.toMicrosecondString()).toBe(dateJoined.toMicrosecondString())
        await form.save()
        const stored = await auth.users.get({ username: 'ada' })
        expect(stored).toMatchObject({ isStaff: true, password })
        expect(stored.dateJoined.toMicrosecondString()).toBe(dateJoined.toMicrosecondString())
        await auth.users.delete({})
      })

      test('says so where there is no password, or one that nobody can read', async () => {
        const { auth, ada } = await someone()
        const shown = (user: typeof ada) =>
          auth.forms
            .adminUserChange()
            .blank(null, { user })
            .fields.find((one) => one.name === 'password')
        expect(shown(ada)).toMatchObject({ value: 'No password is set.', link: { label: 'Set a password' } })
        await auth.db.updateTable('shop_customer').set({ password: 'md5$$x' }).execute()
        expect(shown(await auth.users.get({ username: 'ada' }))?.value).toContain('not a password hash')
        await auth.users.delete({})
      })
    })
  },
)
