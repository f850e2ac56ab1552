import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../../test/support/vectors.js'
import { ImproperlyConfigured, ValidationError } from '../../base/errors.js'
import { Secret } from '../../base/secret.js'
import { CommonPasswordValidator } from './common.js'
import { MinimumLengthValidator } from './minimum-length.js'
import { NumericPasswordValidator } from './numeric.js'
import { policyValidators } from './policies.js'
import { similarity, UserAttributeSimilarityValidator } from './similarity.js'
import { passwordChanged, passwordHelpHtml, passwordHelpTexts, passwordProblems, validatePassword } from './validate.js'
import { customProblem, type PasswordValidator } from './validator.js'

interface Configured {
  readonly name: 'similarity' | 'length' | 'common' | 'numeric'
  readonly options: { readonly min_length?: number; readonly max_similarity?: number; readonly user_attributes?: readonly string[] }
}

interface ValidatorCase extends VectorCase {
  readonly kind: 'validate' | 'ratio' | 'help'
  readonly password: string
  readonly user: Record<string, string> | null
  readonly validators: readonly Configured[]
  readonly errors: readonly { readonly code: string }[]
  readonly a: string
  readonly b: string
  readonly ratio: number
  readonly texts: readonly string[]
}

/** Django's names of properties are ours in camel case. */
const camelCase = (name: string): string => name.replaceAll(/_[a-z]/g, (letters) => letters.slice(1).toUpperCase())

function make({ name, options }: Configured): PasswordValidator {
  switch (name) {
    case 'similarity':
      return new UserAttributeSimilarityValidator({
        ...(options.user_attributes && { userAttributes: options.user_attributes.map(camelCase) }),
        ...(options.max_similarity && { maxSimilarity: options.max_similarity }),
      })
    case 'length':
      return new MinimumLengthValidator(options.min_length === undefined ? {} : { minLength: options.min_length })
    case 'common':
      return new CommonPasswordValidator()
    case 'numeric':
      return new NumericPasswordValidator()
  }
}

describe('vectors/validators.json', () => {
  const cases = readVectors<ValidatorCase>('validators')

  test('every password is refused for Django’s reasons, in its order (PV-2 to PV-12)', async () => {
    const wrong: string[] = []
    for (const { id, password, user, validators, errors } of cases.filter((one) => one.kind === 'validate')) {
      const person = user && Object.fromEntries(Object.entries(user).map(([name, value]) => [camelCase(name), value]))
      const found = (await passwordProblems(password, { user: person, validators: validators.map(make) })).map((one) => one.code)
      const expected = errors.map((one) => one.code)
      if (found.join() !== expected.join()) wrong.push(`${id} ${JSON.stringify(password)}: ${found.join()} and not ${expected.join()}`)
    }
    expect(wrong).toEqual([])
  })

  test('similarity is Django’s to the last digit (PV-7)', () => {
    const ratios = cases.filter((one) => one.kind === 'ratio')
    expect(ratios.map(({ a, b }) => similarity(a, b))).toEqual(ratios.map((one) => one.ratio))
  })

  test('there is a help text wherever Django has one', () => {
    const helps = cases.filter((one) => one.kind === 'help')
    const texts = helps.map(({ validators }) => passwordHelpTexts(validators.map(make)))
    expect(texts.map((list) => list.filter((text) => text !== '').length)).toEqual(helps.map((one) => one.texts.length))
  })
})

describe('validatePassword', () => {
  const john = { username: 'john', firstName: 'John', lastName: 'Doe', email: 'john@example.com' }

  test('6.2.1, 6.2.4, NIST 3.1.1.2d: throws everything that is wrong, with codes and sentences', async () => {
    const error: unknown = await validatePassword('12345').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ValidationError)
    expect((error as ValidationError).codes).toEqual(['password_too_short', 'password_too_common', 'password_entirely_numeric'])
    expect((error as ValidationError).messages[0]).toBe('This password is too short. Use 8 characters or more.')
  })

  test('passes what nothing is wrong with, as a secret too', async () => {
    await validatePassword('vienna waits for you', { user: john })
    await validatePassword(new Secret('vienna waits for you'), { user: john, policy: 'nist' })
  })

  test('6.2.1, 6.2.5, finding 8, NIST 3.1.1.2a, NIST 3.1.1.2c: the policy nist asks for 15 characters and has no rule of composition', async () => {
    expect(await passwordProblems('40817 40817 40', { policy: 'nist' })).toMatchObject([{ code: 'password_too_short', params: { minLength: 15 } }])
    expect(await passwordProblems('408174081740817', { policy: 'nist' })).toEqual([])
    expect(await passwordProblems('408174081740817', { policy: 'django' })).toMatchObject([{ code: 'password_entirely_numeric' }])
    expect(await passwordProblems('doe example.com', { policy: 'nist', user: john })).toMatchObject([
      { code: 'password_too_similar', params: { attribute: 'e-mail address' } },
    ])
  })

  test('6.1.2, 6.2.11: the policy nist refuses the name and the host of the site, backwards and with a year behind too', async () => {
    const validators = policyValidators('nist', { siteWords: ['Grand Harbour Shop', 'harbourshop.example'] })
    for (const password of [
      'Grand Harbour Shop',
      'GrandHarbourShop2026',
      'pohs ruobrah dnarg',
      'harbourshop.example',
      'HARBOURSHOP-example1',
      'ｇｒａｎｄharbourshop',
    ])
      expect([password, (await passwordProblems(password, { validators })).map((one) => one.key)]).toEqual([password, ['password_too_similar.site']])
    for (const password of ['ships leave this harbour at dawn', 'seven mugs of cold tea', 'examples are not a shop'])
      expect([password, await passwordProblems(password, { validators })]).toEqual([password, []])
    expect(policyValidators('nist').map((one) => one.constructor.name)).not.toContain('SiteWordsValidator')
  })

  test('NIST 3.1.1.2b: characters are counted, whatever they are made of, and 64 of them are no trouble', async () => {
    expect(await passwordProblems('🜁'.repeat(14), { policy: 'nist' })).toMatchObject([{ code: 'password_too_short' }])
    expect(await passwordProblems('🜁'.repeat(15), { policy: 'nist' })).toEqual([])
    expect(await passwordProblems('🜁🜂🜃🜄'.repeat(16), { policy: 'nist' })).toEqual([])
    expect(await passwordProblems('é'.repeat(2048), { policy: 'django' })).toEqual([])
  })

  test('C11: what is too long or cannot be written is refused before any rule looks at it', async () => {
    const validators = [{ validate: () => expect.unreachable(), helpText: () => '' }]
    expect(await passwordProblems('x'.repeat(1_000_000), { validators })).toMatchObject([{ code: 'max_length', params: { limit: 4096 } }])
    expect(await passwordProblems('\udfff', { validators })).toMatchObject([{ code: 'invalid' }])
  })

  test('takes an application’s own rule, which may ask elsewhere', async () => {
    const own: PasswordValidator = {
      validate: async (password) => (password.includes('acme') ? customProblem('password_has_shop_name', 'Leave the name of the shop out.') : null),
      helpText: () => 'Leave the name of the shop out.',
    }
    const error: unknown = await validatePassword('acme', { validators: [...policyValidators(), own] }).catch((thrown: unknown) => thrown)
    expect((error as ValidationError).codes).toEqual(['password_too_short', 'password_has_shop_name'])
    expect((error as ValidationError).messages[1]).toBe('Leave the name of the shop out.')
  })
})

describe('UserAttributeSimilarityValidator', () => {
  const client = { username: 'testclient', firstName: 'Test', lastName: 'Client', email: 'testclient@example.com' }
  const labelFor = async (password: string, user: object = client, validator = new UserAttributeSimilarityValidator()): Promise<unknown> =>
    (await passwordProblems(password, { user, validators: [validator], labels: { shoeSize: 'size of shoes' } }))[0]?.params['attribute']

  test.each([
    ['testclient', 'username'],
    ['Xestclient1', 'username'],
    ['tclient', 'username'],
    ['teestclient1234', 'username'],
    ['test', 'first name'],
    ['client99', 'last name'],
    ['example.com', 'e-mail address'],
    ['exampleq', 'e-mail address'],
    ['ab', undefined],
  ])('%s is too much like the %s (PV-9)', async (password, attribute) => {
    expect(await labelFor(password)).toBe(attribute)
  })

  test('names other properties as the model does, or in words', async () => {
    const validator = new UserAttributeSimilarityValidator({ userAttributes: ['shoeSize', 'favouriteDish', 'constructor', 'age', 'missing'] })
    expect(await labelFor('fortyfour', { shoeSize: 'fortyfour', age: 44 }, validator)).toBe('size of shoes')
    expect(await labelFor('spaghetti', { favouriteDish: 'spaghetti' }, validator)).toBe('favourite dish')
    expect(await labelFor('something else', { favouriteDish: '', missing: null }, validator)).toBeUndefined()
  })

  test('refuses a limit that almost everything would reach', () => {
    expect(() => new UserAttributeSimilarityValidator({ maxSimilarity: 0.09 })).toThrow(ImproperlyConfigured)
    expect(() => new UserAttributeSimilarityValidator({ maxSimilarity: NaN })).toThrow(ImproperlyConfigured)
  })

  test('C11: the shortcut by length answers as counting every letter would', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '𐐨'), maxLength: 40 })
    const limit = fc.double({ min: 0.1, max: 1, noNaN: true })
    fc.assert(
      fc.property(word, word, limit, (password, value, maxSimilarity) => {
        const validator = new UserAttributeSimilarityValidator({ userAttributes: ['value'], maxSimilarity })
        const [passwordLength, valueLength] = [[...password].length, [...value].length]
        const leftOut = passwordLength >= 10 * valueLength && valueLength < (maxSimilarity / 2) * passwordLength
        const expected = value !== '' && !leftOut && similarity(password, value) >= maxSimilarity
        expect(validator.validate(password, { user: { value }, labels: {} }) !== null).toBe(expected)
      }),
    )
  })

  test('C11: a megabyte in a property is compared in no time, whatever it is made of', () => {
    const validator = new UserAttributeSimilarityValidator({ userAttributes: ['value'], maxSimilarity: 0.1 })
    const password = 'ab'.repeat(2048)
    const start = performance.now()
    for (const value of ['x '.repeat(500_000), `${'x'.repeat(500)} `.repeat(2000), 'x'.repeat(1_000_000)]) {
      expect(validator.validate(password, { user: { value }, labels: {} })).toBeNull()
    }
    // Every letter of every part against every letter of the password would be four billion steps.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('CommonPasswordValidator', () => {
  test('takes another list', async () => {
    const validator = new CommonPasswordValidator({ passwords: ['Hunter2 ', '', 'acme'] })
    expect(await validator.validate(' ACME\n')).toMatchObject({ code: 'password_too_common' })
    expect(await validator.validate('password')).toBeNull()
    expect(await validator.validate('')).toBeNull()
  })
})

describe('passwordChanged', () => {
  test('tells every rule that listens, in order', async () => {
    const heard: string[] = []
    const listener = (name: string): PasswordValidator => ({
      validate: () => null,
      helpText: () => '',
      passwordChanged: async (password, user) => void heard.push(`${name} ${password} ${(user as { username: string }).username}`),
    })
    await passwordChanged(new Secret('new one'), { username: 'ada' }, { validators: [listener('first'), ...policyValidators(), listener('last')] })
    expect(heard).toEqual(['first new one ada', 'last new one ada'])
  })
})

describe('passwordHelpHtml', () => {
  test('is a list, escaped, and empty without rules (PV-2)', () => {
    const rule: PasswordValidator = { validate: () => null, helpText: () => `<b>"it's" & more</b>` }
    expect(passwordHelpHtml([rule, new NumericPasswordValidator()])).toBe(
      '<ul><li>&lt;b&gt;&quot;it&#39;s&quot; &amp; more&lt;/b&gt;</li><li>Do not use digits only.</li></ul>',
    )
    expect(passwordHelpHtml([])).toBe('')
  })

  test('counts in the reader’s language (PV-4)', () => {
    const german = {
      'help.password_too_short': { one: 'Mindestens {minLength} Zeichen.', other: 'Mindestens {minLength} Zeichen.', count: 'minLength' },
    }
    expect(passwordHelpTexts([new MinimumLengthValidator({ minLength: 1 })])).toEqual(['Use 1 character or more.'])
    expect(passwordHelpTexts([new MinimumLengthValidator()], german)).toEqual(['Mindestens 8 Zeichen.'])
  })
})
