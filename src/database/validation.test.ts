import { describe, expect, test } from 'vitest'
import { FixedClock } from '../base/clock.js'
import { ValidationError } from '../base/errors.js'
import { sqlite } from '../sqlite.js'
import { openDatabase } from './database.js'
import { charField, emailField, integerField, jsonField, slugField, urlField } from './fields.js'
import { Manager } from './manager.js'
import { model } from './model.js'
import { ModelRegistry } from './registry.js'
import type { StandardSchema } from './standard-schema.js'

const even: StandardSchema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => (typeof value === 'number' && value % 2 === 0 ? { value } : { issues: [{ message: 'Not even.' }] }),
  },
}

class Page extends model('press.Page', {
  fields: {
    title: charField({ maxLength: 10, validators: [(title: string) => (title.includes('!') ? { key: 'invalid' } : null)] }),
    kind: charField({
      maxLength: 5,
      choices: [
        ['news', 'News'],
        ['blog', 'Blog'],
      ],
      default: 'news',
    }),
    address: urlField({ blank: true }),
    contact: emailField({ blank: true }),
    slug: slugField({ blank: true }),
    rank: integerField({ null: true, validators: [even] }),
    mood: charField({ maxLength: 5, blank: true, choices: [['calm', 'Calm']] }),
    extra: jsonField({ null: true }),
  },
}) {}

const pages = new Manager(new ModelRegistry({ database: openDatabase(sqlite(':memory:')), clock: new FixedClock(), models: [Page] }), Page)

async function codes(values: object): Promise<string[]> {
  const error: unknown = await pages.fullClean(values).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error === null) return []
  expect(error).toBeInstanceOf(ValidationError)
  return (error as ValidationError).problems.map((one) => `${one.field} ${one.code}`)
}

describe('fullClean', () => {
  test('passes what a form would pass', async () => {
    expect(await codes({ title: 'x', kind: 'blog', address: 'https://example.com/?a=b', contact: 'a@b.example', slug: 'a-b_9', rank: 4 })).toEqual([])
    expect(await codes({ title: 'x', address: '', contact: '', slug: '', rank: null, mood: '' })).toEqual([])
    // A value of JSON that has no text is a value all the same.
    expect(await codes({ title: 'x', extra: { toString: null } })).toEqual([])
  })

  test('collects everything that is wrong, by field', async () => {
    expect(await codes({ kind: 'other', address: 'javascript:alert(1)', contact: 'nobody', slug: 'a b', rank: 3 })).toEqual([
      'title null',
      'kind invalid_choice',
      'address invalid',
      'contact invalid',
      'slug invalid',
      'rank invalid',
    ])
    expect(await codes({ title: '' })).toEqual(['title blank'])
    expect(await codes({ title: 'no!' })).toEqual(['title invalid'])
    expect(await codes({ title: 'x'.repeat(11) })).toEqual(['title max_length'])
  })

  test.each(['http:example.com', 'http:/\\example.com', 'https://', 'ftp://x y', '//example.com', 'mailto:a@b.example', 'https:\nexample.com'])(
    '%j is no web address',
    async (address) => {
      expect(await codes({ title: 'x', address })).toEqual(['address invalid'])
    },
  )
})
