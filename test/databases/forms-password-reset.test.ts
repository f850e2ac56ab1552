import { describe, expect, test } from 'vitest'
import { createForms, type SiteForms } from '../../src/forms/forms.js'
import type { PasswordReset } from '../../src/forms/form-site.js'
import { codesOf, json, posted, valid } from '../support/form-data.js'
import { type Customer, eachShop, type Shop } from '../support/shop.js'

const PASSWORD = 'notes on the engine'

describe('passwordReset', () => {
  eachShop((open) => {
    test('R-1, R-2: mails everybody active with a usable password who has the address, at the stored spelling', async () => {
      const auth = await open()
      const { forms, sent } = formsThatNote(auth)
      await auth.users.bulkCreate([
        { username: 'ada', email: 'Ada@example.com', password: PASSWORD },
        { username: 'ada2', email: 'ada@example.com', password: PASSWORD },
        { username: 'inactive', email: 'ada@example.com', password: PASSWORD, isActive: false },
        { username: 'unusable', email: 'ada@example.com' },
        { username: 'other', email: 'ada@example.org', password: PASSWORD },
      ])
      const form = valid(await forms.passwordReset().bind(posted({ email: ' aDA@EXAMPLE.com ' })))
      expect(await form.save()).toBeUndefined()
      expect(sent.map((one) => [one.user.getUsername(), one.email]).toSorted()).toEqual([
        ['ada', 'Ada@example.com'],
        ['ada2', 'ada@example.com'],
      ])
      const [first] = sent
      expect(auth.resetTokens.checkToken(first?.user as never, first?.token)).toBe(true)
      expect((await auth.resetTokens.find(first?.uid))?.pk).toBe(first?.user.pk)
      await auth.users.delete({})
    })

    test('B1: an address that only looks the same to the database is not the same', async () => {
      const auth = await open()
      const { forms, sent } = formsThatNote(auth)
      await auth.users.createUser({ username: 'mike', email: 'mike@example.org', password: PASSWORD })
      await auth.users.createUser({ username: 'sz', email: 'strasse@example.org', password: PASSWORD })
      for (const email of [
        'mıke@example.org',
        'míke@example.org',
        'mike@example.org.evil.test',
        'mike@examplé.org',
        'm%ke@example.org',
        'm_ke@example.org',
      ]) {
        const form = await forms.passwordReset().bind(posted({ email }))
        if (form.isValid) await form.save()
        expect([email, sent]).toEqual([email, []])
      }
      await auth.users.delete({})
    })

    test('B2, B3, B10: one address and nothing but an address', async () => {
      const ResetForm = (await open()).forms.passwordReset()
      for (const email of [
        'victim@corp.test＠evil.test',
        'victim@corp.test﹫evil.test',
        'a@evil.test,victim@corp.test',
        'a@evil.test;victim@corp.test',
        'Victim <victim@corp.test>',
        'a@b.test\r\nBcc:x@evil.test',
        'a@b.test\u2028',
        'a\u200b@b.test',
        'a@b\u200d.test',
        'a@\u115fb.test',
        'plain',
      ]) {
        const codes = codesOf(await ResetForm.bind(posted({ email: `${email}x` })))
        expect([email, codes]).toEqual([email, { email: ['invalid'] }])
      }
      expect(codesOf(await ResetForm.bind(posted({})))).toEqual({ email: ['required'] })
      expect(codesOf(await ResetForm.bind(posted({ email: `${'a'.repeat(243)}@example.com` })))).toEqual({ email: ['max_length'] })
      for (const email of [0, { $ne: '' }, [{ $ne: '' }], true])
        expect(codesOf(await ResetForm.bind(json({ email })))).toEqual({ email: ['invalid'] })
      for (const email of [null, '', []]) expect(codesOf(await ResetForm.bind(json({ email })))).toEqual({ email: ['required'] })
    })

    test('A5, A6: an address that nobody has costs the same statements and says the same, even when the mail fails', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
      const errors: unknown[] = []
      const { forms } = formsThatNote(auth, {
        sendPasswordReset: async () => {
          throw new Error('no mail today')
        },
        logError: (error) => void errors.push(error),
      })
      const cost = async (email: string): Promise<number> => {
        let statements = 0
        const stop = auth.internals.registry.database.onStatement(() => {
          statements += 1
        })
        expect(await valid(await forms.passwordReset().bind(posted({ email }))).save()).toBeUndefined()
        stop()
        return statements
      }
      expect(await cost('ada@example.com')).toBe(1)
      expect(await cost('nobody@example.com')).toBe(1)
      expect(errors).toHaveLength(1)
      await auth.users.delete({})
    })
  })
})

/** The shop's forms, with the mails they would have sent. */
function formsThatNote(
  auth: Shop,
  parts: Partial<Parameters<typeof createForms>[0]> = {},
): { forms: SiteForms<typeof Customer, Customer>; sent: PasswordReset[] } {
  const sent: PasswordReset[] = []
  const forms = createForms({
    registry: auth.internals.registry,
    users: auth.users as never,
    profiles: null,
    passwordValidators: [],
    resetLinks: auth.resetTokens as never,
    files: null,
    authenticate: async () => null,
    checkPassword: async () => false,
    passwordSummary: () => null,
    sendPasswordReset: async (reset) => void sent.push(reset),
    ...parts,
  })
  return { forms: forms as unknown as SiteForms<typeof Customer, Customer>, sent }
}
