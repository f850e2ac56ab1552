import { describe, expect, test } from 'vitest'
import { codesOf, json, posted, valid } from '../../test/support/form-data.js'
import { find, findAll, readHtml } from '../../test/support/html.js'
import { Product, quick } from '../../test/support/shop.js'
import { charField, integerField, jsonField, model, portcullis, booleanField, slugField, textField, DateTime } from '../index.js'
import { sqlite } from '../sqlite.js'
import { formClass } from './form.js'
import type { FormClass, FormRequest } from './form-types.js'
import { namedField, type ModelFieldParts } from './model-field.js'

class Thing extends model('shop.Thing', {
  fields: {
    size: charField({ maxLength: 1, choices: [['s', 'Small'], ['l', 'Large']], default: 's' }), // prettier-ignore
    mood: charField({ maxLength: 9, blank: true, choices: [['<b>', 'A <bold> mood']] }), // prettier-ignore
    level: integerField({ null: true, choices: [[1, 'One'], [2, 'Two']] }), // prettier-ignore
    ready: booleanField({ null: true }),
    secret: charField({ maxLength: 9, blank: true, editable: false }),
    count: integerField({ blank: true, default: 7 }),
    even: integerField({ null: true, validators: [(value) => (value % 2 === 0 ? null : { key: 'invalid' })] }),
    poem: textField({ blank: true, helpText: 'Rhymes & all' }),
    data: jsonField({ null: true }),
    tag: slugField({
      blank: true,
      validators: [
        {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: (value) => (value === 'taken' ? { issues: [{ message: 'No <taken> here.' }] } : { value }),
          },
        },
      ],
    }),
  },
}) {}

const site = portcullis({ ...quick, database: sqlite(':memory:'), models: [Product, Thing] })
const { registry } = site.internals
const keys = new Set([1])

/** A form of some columns that is saved nowhere. */
function formOf(of: typeof Product | typeof Thing, names: readonly string[]): FormClass<Record<string, unknown>, null> {
  const parts: ModelFieldParts = { registry, meta: of.meta, exists: async (_label, key) => keys.has(key as number) }
  const fields = names.map((name) => namedField(parts, name))
  return formClass<object>({ submit: 'submit.user_change', prepare: () => ({}), fields: () => fields, save: async () => null }) as never
}

/** What a column makes of a value: the value, or a code. */
async function made(
  of: typeof Product | typeof Thing,
  name: string,
  value: unknown,
  send: (fields: Record<string, unknown>) => FormRequest = (fields) => posted(fields),
): Promise<unknown> {
  const form = await formOf(of, [name]).bind(send({ [namedField({ registry, meta: of.meta }, name).wireName]: value }))
  return form.isValid ? form.cleanedData[name] : `! ${codesOf(form)[name]?.join()}`
}

describe('modelField', () => {
  test.each<[string, unknown, unknown]>([
    ['stock', ' 12 ', 12],
    ['stock', '+3', 3],
    ['stock', '-3.00', -3],
    ['stock', '1e3', '! invalid'],
    ['stock', '0x10', '! invalid'],
    ['stock', '٣', '! invalid'],
    ['stock', '3000000000', '! max_value'],
    ['stock', '9'.repeat(20), '! invalid'],
    ['stock', '', '! required'],
    ['rating', '-1', '! min_value'],
    ['rating', '', null],
    ['views', '9223372036854775807', 9223372036854775807n],
    ['views', '9223372036854775808', '! max_value'],
    ['price', '19.9', '19.90'],
    ['price', '.5', '0.50'],
    ['price', '1.234', '! max_decimal_places'],
    ['price', '1234567', '! max_whole_digits'],
    ['price', 'NaN', '! invalid'],
    ['price', '1e2', '! invalid'],
    ['weight', '1e-3', 0.001],
    ['weight', '1e999', '! invalid'],
    ['weight', 'Infinity', '! invalid'],
    ['day', '2026-11-23', '2026-11-23'],
    ['day', '2026-02-30', '! invalid'],
    ['day', '0000-01-01', '! invalid'],
    ['seen', '2026-11-23T08:15', new DateTime('2026-11-23T08:15:00Z')],
    ['seen', '2026-11-23T08:15:30.25+01:00', new DateTime('2026-11-23T07:15:30.250Z')],
    ['seen', '2026-11-23', new DateTime('2026-11-23T00:00:00Z')],
    ['seen', '0000-01-01T00:00', '! invalid'],
    ['seen', '0001-01-01T00:00+14:00', '! invalid'],
    ['seen', '9999-12-31T23:59-12:00', '! invalid'],
    ['seen', '12345-01-01T00:00', '! invalid'],
    ['seen', 'infinity', '! invalid'],
    ['code', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ['code', 'f81d4fae', '! invalid'],
    ['extra', '{"a": [1, null]}', { a: [1, null] }],
    ['extra', '{"a": ', '! invalid'],
    ['extra', '"\\u0000"', '! invalid'],
    ['extra', '{"\\ud800": 1}', '! invalid'],
    ['extra', '['.repeat(30_000) + ']'.repeat(30_000), '! invalid'],
    ['extra', ' ', null],
    ['site', 'https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['site', 'javascript:alert(1)', '! invalid'],
    ['site', 'https://example.com/\u200b', '! invalid'],
    ['site', `https://example.com/${'a'.repeat(200)}`, '! max_length'],
    ['contact', 'Ada@EXAMPLE.com', 'Ada@EXAMPLE.com'],
    ['contact', 'ada', '! invalid'],
    ['notes', ' a\r\nb ', 'a\r\nb'],
    ['notes', 'a\0b', '! null_characters_not_allowed'],
    ['notes', 'a\ud800', '! invalid'],
    ['slug', 'a-b_c', 'a-b_c'],
    ['slug', 'a b', '! invalid'],
    ['name', '', '! required'],
    ['name', '   ', '! required'],
    ['name', '𝐚'.repeat(80), '𝐚'.repeat(80)],
    ['name', '𝐚'.repeat(81), '! max_length'],
    ['live', 'on', true],
    ['live', '', false],
    ['live', 'false', false],
    ['category', '1', 1],
    ['category', '2', '! invalid_choice'],
    ['category', 'one', '! invalid'],
    ['category', '', null],
  ])('Product.%s makes a value of “%s”, or says why not', async (name, typed, expected) => {
    expect(await made(Product, name, typed)).toEqual(expected)
  })

  test.each<[string, unknown, unknown]>([
    ['stock', 12, 12],
    ['stock', 1.5, '! invalid'],
    ['stock', true, '! invalid'],
    ['stock', {}, '! invalid'],
    ['views', 12, 12n],
    ['price', 19.9, '19.90'],
    ['price', 1e21, '! invalid'],
    ['weight', 0.25, 0.25],
    ['live', true, true],
    ['live', null, false],
    ['live', 1, '! invalid'],
    ['day', 20261123, '! invalid'],
    ['seen', '2026-11-23T08:15:00Z', new DateTime('2026-11-23T08:15:00Z')],
    ['extra', { a: { b: 1 } }, { a: { b: 1 } }],
    ['extra', [1, 'two'], [1, 'two']],
    ['extra', null, null],
    ['name', 5, '! invalid'],
    ['name', null, '! required'],
  ])('Product.%s takes JSON’s %j as it is, or not at all', async (name, sent, expected) => {
    expect(await made(Product, name, sent, json)).toEqual(expected)
  })

  test.each<[string, unknown, unknown]>([
    ['size', 'l', 'l'],
    ['size', 'x', '! invalid_choice'],
    ['size', '', '! required'],
    ['mood', '', ''],
    ['mood', '<b>', '<b>'],
    ['level', '2', 2],
    ['level', '3', '! invalid_choice'],
    ['level', '', null],
    ['ready', 'true', true],
    ['ready', 'false', false],
    ['ready', '', null],
    ['ready', 'perhaps', '! invalid_choice'],
    ['count', '', 7],
    ['even', '4', 4],
    ['even', '5', '! invalid'],
    ['tag', 'free', 'free'],
    ['tag', 'taken', '! invalid'],
  ])('keeps to what Thing.%s declares: “%s”', async (name, typed, expected) => {
    expect(await made(Thing, name, typed)).toEqual(expected)
  })

  test('offers no column that is hidden, automatic or not to be edited, and says so', () => {
    expect(() => formOf(Thing, ['secret'])).toThrow('editable: false')
    expect(() => formOf(Thing, ['id'])).toThrow('key')
    expect(() => formOf(Product, ['created'])).toThrow('set by itself')
    expect(() => formOf(Thing, ['colour'])).toThrow(/no column “colour”.*size, mood/)
  })

  test('shows every kind in a control of its own', async () => {
    const form = formOf(Product, ['name', 'slug', 'price', 'stock', 'rating', 'weight', 'live', 'day', 'seen', 'extra', 'site', 'contact', 'notes'])
    const initial = {
      name: 'Tea',
      price: '2.50',
      stock: 3,
      weight: 0.5,
      live: true,
      day: '2026-11-23',
      seen: new DateTime('2026-11-23T08:15:30.123456Z'),
      extra: { a: 1 },
      notes: '\nfirst', // prettier-ignore
    }
    const html = readHtml(form.blank(null, { initial }).toHtml())
    const input = (name: string) => find(html, 'input', { name }).attributes
    expect(input('name')).toMatchObject({ type: 'text', maxlength: '80', value: 'Tea', required: '' })
    expect(input('price')).toMatchObject({ type: 'number', step: '0.01', value: '2.50' })
    expect(input('stock')).toMatchObject({ type: 'number', step: '1', value: '3' })
    expect(input('rating')).toMatchObject({ type: 'number', min: '0' })
    expect(input('weight')).toMatchObject({ type: 'number', step: 'any', value: '0.5' })
    expect(input('live')).toMatchObject({ type: 'checkbox', checked: '', value: 'on' })
    expect(input('day')).toMatchObject({ type: 'date', value: '2026-11-23' })
    expect(input('seen')).toMatchObject({ type: 'datetime-local', value: '2026-11-23T08:15:30', step: '1' })
    expect(input('site')).toMatchObject({ type: 'url', maxlength: '200' })
    expect(input('contact')).toMatchObject({ type: 'email', autocapitalize: 'none' })
    expect(find(html, 'textarea', { name: 'extra' }).text).toBe('{\n  "a": 1\n}')
    // The browser takes the first line break for the tag's.
    expect(find(html, 'textarea', { name: 'notes' }).text).toBe('\n\nfirst')
    expect(findAll(html, 'label').map((one) => one.attributes['for'])).toHaveLength(13)
  })

  test('shows choices, the chosen one marked, escaped', async () => {
    const html = readHtml((await formOf(Thing, ['size', 'mood', 'level']).bind(posted({ size: 'l', mood: '<b>', level: '9' }))).toHtml())
    const options = (name: string) =>
      findAll(find(html, 'select', { name }), 'option').map((one) => [one.attributes['value'], one.text, 'selected' in one.attributes])
    expect(options('size')).toEqual([['s', 'Small', false], ['l', 'Large', true]]) // prettier-ignore
    expect(options('mood')).toEqual([['', 'No choice', false], ['<b>', 'A <bold> mood', true]]) // prettier-ignore
    expect(options('level').map((one) => one[2])).toEqual([false, false, false])
  })

  test('the words of a Standard Schema validator are shown, escaped', async () => {
    const form = await formOf(Thing, ['tag']).bind(posted({ tag: 'taken' }))
    expect(find(readHtml(form.toHtml()), 'li').text).toBe('No <taken> here.')
  })

  test('FormData of a browser is read as a form', async () => {
    const data = new FormData()
    data.set('name', 'Tea')
    data.set('live', 'on')
    expect(valid(await formOf(Product, ['name', 'live']).bindData(data)).cleanedData).toEqual({ name: 'Tea', live: true })
    expect(valid(await formOf(Product, ['name', 'live']).bindData({ name: 'Tea', live: false })).cleanedData).toEqual({ name: 'Tea', live: false })
    await expect(formOf(Product, ['name']).bindData('name=Tea' as never)).rejects.toThrow('FormData')
  })
})
