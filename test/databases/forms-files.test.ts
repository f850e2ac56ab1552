import { afterEach, describe, expect, test } from 'vitest'
import { abstractUser, charField, imageField, model, oneToOneField, portcullis, ValidationError } from '../../src/index.js'
import type { MediaStorage } from '../../src/media/storage.js'
import { codesOf, posted, upload, valid } from '../support/form-data.js'
import { png } from '../support/pictures.js'
import { eachSite, quick } from '../support/shop.js'

/** Account and profile have a picture each, of the same name. */
class Member extends abstractUser('club.Member', { fields: { picture: imageField({ blank: true, uploadTo: 'members' }) } }) {}
class Card extends model('club.Card', {
  fields: {
    user: oneToOneField(() => Member),
    number: charField({ maxLength: 9, null: true, unique: true }),
    picture: imageField({ null: true, uploadTo: 'cards' }),
    back: imageField({ null: true, uploadTo: 'backs' }),
  },
}) {}

const kept = new Set<string>()
/** A folder whose files the storage cannot take, and one whose files it cannot remove. */
let [full, stuck]: [string | null, string | null] = [null, null]
const storage: MediaStorage = {
  async save(name) {
    if (full !== null && name.startsWith(full)) throw new Error('the disk is full')
    kept.add(name)
    return name
  },
  open: async () => null,
  async delete(name) {
    if (stuck !== null && name.startsWith(stuck)) throw new Error('the disk is read-only')
    return kept.delete(name)
  },
}
const FACE = upload(png(4, 4))
/** What the site was told of. */
const heard: unknown[] = []

afterEach(() => {
  kept.clear()
  heard.length = 0
  full = null
  stuck = null
})

eachSite(
  (database) => portcullis({ ...quick, database, user: Member, profile: Card, media: { storage }, onError: (error) => void heard.push(error) }),
  (open) => {
    let count = 0
    const someone = async (values: object = {}) => {
      const auth = await open()
      const user = await auth.users.createUser({ username: `ada${(count += 1)}`, ...values })
      return { auth, user, ProfileForm: auth.forms.profile({ userFields: ['picture'], profileFields: ['number', 'back'] }) }
    }
    const ROLLBACK = new Error('The caller thinks better of it.')

    describe('files of a form', () => {
      test('are those of its own fields: a column of the same name on the other row stays as it is', async () => {
        const { auth, user } = await someone({ picture: 'members/own.webp' })
        const CardForm = auth.forms.profile({ userFields: ['firstName'], profileFields: ['picture'] })
        await valid(await CardForm.bind(posted({ first_name: '' }, { user, files: { picture: [FACE] } }))).save()
        expect((await auth.users.get({ pk: user.pk })).picture).toBe('members/own.webp')
        expect([...kept]).toEqual([(await auth.profiles.get(user)).picture])
        await valid(await CardForm.bind(posted({ first_name: '', 'picture-clear': 'on' }, { user }))).save()
        expect((await auth.users.get({ pk: user.pk })).picture).toBe('members/own.webp')
      })

      test('are not left behind where the second of two cannot be stored', async () => {
        const { user, ProfileForm } = await someone()
        full = 'backs/'
        const form = valid(await ProfileForm.bind(posted({ number: '' }, { user, files: { picture: [FACE], back: [FACE] } })))
        await expect(form.save()).rejects.toThrow('full')
        expect([...kept]).toEqual([])
      })

      test('that cannot be removed are the site’s to hear of: what was saved is saved', async () => {
        const { auth, user, ProfileForm } = await someone()
        const send = async () => valid(await ProfileForm.bind(posted({ number: '' }, { user, files: { picture: [FACE], back: [FACE] } }))).save()
        await send()
        const [first] = [...kept].filter((name) => name.startsWith('members/'))
        stuck = 'members/'
        await send()
        const stored = [(await auth.users.get({ pk: user.pk })).picture, (await auth.profiles.get(user)).back]
        expect(stored[0]).not.toBe(first)
        // The one after it is removed all the same.
        expect([...kept].toSorted()).toEqual([...stored, first].toSorted())
        expect(heard).toEqual([
          expect.objectContaining({
            message: expect.stringContaining(String(first)),
            cause: expect.objectContaining({ message: 'the disk is read-only' }),
          }),
        ])
      })

      test('that cannot be taken back do not hide why nothing was saved', async () => {
        const { user, ProfileForm } = await someone()
        full = 'backs/'
        stuck = 'members/'
        const form = valid(await ProfileForm.bind(posted({ number: '' }, { user, files: { picture: [FACE], back: [FACE] } })))
        await expect(form.save()).rejects.toThrow('full')
        expect(heard).toHaveLength(1)
      })

      test.each(['profile', 'userChange'] as const)('%s: the old one stays as long as its row may come back', async (kind) => {
        const { auth, user, ProfileForm } = await someone()
        const Form = kind === 'profile' ? ProfileForm : auth.forms.userChange({ fields: ['picture'] })
        // As each request does, the form gets who is stored, not who was changed in vain.
        const bind = async () => {
          const stored = await auth.users.get({ pk: user.pk })
          return valid(await Form.bind(posted({ number: '' }, { user: stored, files: { picture: [FACE] } })))
        }
        await (await bind()).save()
        const [old] = [...kept]
        const { database } = auth.internals.registry
        const form = await bind()
        await expect(
          database.atomic(async () => {
            await form.save()
            throw ROLLBACK
          }),
        ).rejects.toThrow(ROLLBACK)
        expect((await auth.users.get({ pk: user.pk })).picture).toBe(old)
        expect(kept).toContain(old)
        const again = await bind()
        await database.atomic(async () => {
          await again.save()
          expect(kept).toContain(old)
        })
        expect(kept).not.toContain(old)
        expect(kept).toContain((await auth.users.get({ pk: user.pk })).picture)
      })
    })

    describe('a value that is taken between checking and saving, within a transaction of the caller', () => {
      /** What a form says of it, and whether the caller's transaction goes on. */
      const saveWithin = async (
        auth: Awaited<ReturnType<typeof open>>,
        form: { save(): Promise<unknown>; refused(error: ValidationError): object },
      ) =>
        auth.internals.registry.database.atomic(async () => {
          const error: unknown = await form.save().catch((one: unknown) => one)
          expect(error).toBeInstanceOf(ValidationError)
          expect(await auth.users.count()).toBeGreaterThan(0)
          return codesOf(form.refused(error as ValidationError) as never)
        })

      test('is an error of its field: of the account', async () => {
        const { auth, user } = await someone()
        const form = valid(await auth.forms.userChange({ fields: ['username'] }).bind(posted({ username: 'grace' }, { user })))
        await auth.users.createUser({ username: 'grace' })
        expect(await saveWithin(auth, form)).toEqual({ username: ['unique'] })
      })

      test('of the profile', async () => {
        const { auth, user, ProfileForm } = await someone()
        const form = valid(await ProfileForm.bind(posted({ number: '7' }, { user })))
        const other = await auth.users.createUser({ username: 'edith' })
        await (await auth.profiles.get(other)).update({ number: '7' })
        expect(await saveWithin(auth, form)).toEqual({ number: ['unique'] })
      })

      test('of the profile, without a transaction of the caller too', async () => {
        const { auth, user, ProfileForm } = await someone()
        const form = valid(await ProfileForm.bind(posted({ number: '8' }, { user })))
        const other = await auth.users.createUser({ username: 'enid' })
        await (await auth.profiles.get(other)).update({ number: '8' })
        await expect(form.save()).rejects.toThrow(ValidationError)
      })

      test('of a new account', async () => {
        const { auth } = await someone()
        const password = 'seven mugs of cold tea'
        const form = valid(await auth.forms.userCreation().bind(posted({ username: 'hedy', password1: password, password2: password })))
        await auth.users.createUser({ username: 'hedy' })
        expect(await saveWithin(auth, form)).toEqual({ username: ['unique'] })
      })
    })
  },
)
