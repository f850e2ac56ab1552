import { describe, expect, test } from 'vitest'
import { codesOf, posted, valid } from '../../test/support/form-data.js'
import { shopOn } from '../../test/support/shop.js'
import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { strip } from '../base/text.js'
import { sqlite } from '../sqlite.js'
import { mixesAlphabets } from './look-alikes.js'

interface NameCase extends VectorCase {
  readonly input: string
  readonly form: string
  readonly field_codes: readonly string[]
  readonly normalized_valid: boolean
}
interface EmailCase extends VectorCase {
  readonly kind: 'valid' | 'same' | 'normalize'
  readonly input?: string | null
  readonly valid?: boolean
  readonly output?: string
}

const PASSWORD = 'notes on the engine'
const pair = { password1: PASSWORD, password2: PASSWORD }
/** What we refuse and Django does not: nobody sees it. So is what mixes alphabets that look alike (B7). */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\u2800\p{Cc}\u2028\u2029]/u
const names = readVectors<NameCase>('usernames')
const emails = readVectors<EmailCase>('emails')
const shop = shopOn(sqlite(':memory:'))

describe('userCreation', async () => {
  await shop.migrate()
  const SignupForm = shop.forms.userCreation({ fields: ['username', 'email'] })

  test('makes of every typed name what Django’s form makes of it, or refuses it as Django does', async () => {
    const seen = { valid: 0, required: 0, max_length: 0, invalid: 0, null_characters_not_allowed: 0 }
    for (const { id, input, form: expected } of names) {
      const form = await SignupForm.bind(posted({ username: input, email: '', ...pair }))
      const codes = codesOf(form)['username']
      if (form.isValid) expect([id, form.cleanedData.username]).toEqual([id, expected])
      seen[(codes?.[0] ?? 'valid') as keyof typeof seen] += 1
      if (expected === '') expect([id, codes]).toEqual([id, ['required']])
      else if ([...expected].length > 150) expect([id, codes?.[0]]).toEqual([id, 'max_length'])
      else if (expected.includes('\0')) expect([id, codes]).toEqual([id, ['null_characters_not_allowed']])
      else if (/^[\p{L}\p{N}_.@+-]+$/u.test(expected) && !HIDDEN.test(expected) && !mixesAlphabets(expected))
        expect([id, codes]).toEqual([id, undefined])
      else expect([id, codes]).toEqual([id, ['invalid']])
    }
    expect(Object.values(seen).every((count) => count > 0)).toBe(true)
  })

  test('stores every address as Django does', async () => {
    let stored = 0
    for (const { id, input, output } of emails.filter((one) => one.kind === 'normalize')) {
      const form = await SignupForm.bind(posted({ username: 'ada', email: input ?? '', ...pair }))
      if (!form.isValid) continue
      expect([id, form.cleanedData.email]).toEqual([id, strip(output ?? '')])
      stored += 1
    }
    expect(stored).toBeGreaterThan(20)
  })
})

describe('passwordReset', () => {
  test('takes the addresses that Django takes, unless they hold what nobody sees, and no others', async () => {
    const ResetForm = shop.forms.passwordReset()
    let taken = 0
    for (const { id, input, valid: isAddress } of emails.filter((one) => one.kind === 'valid')) {
      const typed = input ?? ''
      // A form trims first.
      if (strip(typed) !== typed) continue
      const form = await ResetForm.bind(posted({ email: typed }))
      if (isAddress !== true) expect([id, form.isValid]).toEqual([id, false])
      else if (form.isValid) taken += 1
      else expect([id, HIDDEN.test(typed) || typed.length > 254 || typed.normalize('NFKC') !== typed]).toEqual([id, true])
    }
    expect(taken).toBeGreaterThan(30)
    expect(valid(await ResetForm.bind(posted({ email: ' ada@example.com\n' }))).cleanedData.email).toBe('ada@example.com')
  })
})
