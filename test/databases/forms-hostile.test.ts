import { expect, test } from 'vitest'
import fc from 'fast-check'
import { formClass } from '../../src/forms/form.js'
import type { FormClass } from '../../src/forms/form-types.js'
import { namedField } from '../../src/forms/model-field.js'
import { posted } from '../support/form-data.js'
import { eachShop, Product } from '../support/shop.js'

const NAMES = ['name', 'slug', 'price', 'stock', 'rating', 'views', 'weight', 'day', 'seen', 'code', 'extra', 'site', 'contact', 'notes'] as const

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.constantFrom('x', '\u{10ffff}', '𝐚'.repeat(80), "'; drop table", '%_\\'),
)
const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.constantFrom('', '-0', '00012', '+1', '.5', '5.', '1e5', '999999.99', '9223372036854775807'),
)
const moment = fc.oneof(
  fc.date({ noInvalidDate: true }).map((one) => one.toISOString()),
  fc.constantFrom('', '0001-01-01T00:00', '9999-12-31T23:59:59.999999', '0000-01-01', '2026-02-29T00:00', '1000-01-01T00:00', '0999-12-31'),
)
const sent = fc.record({
  name: text,
  slug: fc.oneof(text, fc.constant('a-b')),
  price: number,
  stock: number,
  rating: number,
  views: number,
  weight: number,
  day: moment.map((one) => one.slice(0, 10)),
  seen: moment.map((one) => one.replace(/Z$/, '')),
  code: fc.oneof(fc.uuid({ version: [1, 3, 4, 5] }), fc.constant('')),
  extra: fc.oneof(fc.json(), fc.constantFrom('', '"\\u0000"', '{"\\ud800":1}', '1e999', '[[[[]]]]')),
  site: fc.oneof(fc.webUrl(), text, fc.constant('')),
  contact: fc.oneof(fc.emailAddress(), text, fc.constant('')),
  notes: text,
})

eachShop((open) => {
  test('what a form lets pass, every database takes and gives back', async () => {
    const auth = await open()
    const fields = NAMES.map((name) => namedField({ registry: auth.internals.registry, meta: Product.meta }, name))
    const products = auth.objects(Product)
    const ProductForm = formClass<object>({
      submit: 'submit.user_change',
      prepare: () => ({}),
      fields: () => fields,
      save: async (run) => products.create(run.values as never),
    }) as never as FormClass<Record<string, unknown>, Product>
    let saved = 0
    await fc.assert(
      fc.asyncProperty(sent, async (values) => {
        const form = await ProductForm.bind(posted(values))
        const wrong = form.isValid ? [] : Object.keys(form.errors)
        // What was refused is left out, so that the rest is tried all the same.
        const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !wrong.includes(name)))
        const mended = form.isValid ? form : await ProductForm.bind(posted({ name: 'x', price: '0', stock: '0', ...rest }))
        if (!mended.isValid) throw new Error(JSON.stringify(mended))
        const { pk } = await mended.save()
        const stored = await products.get({ pk })
        saved += 1
        for (const name of ['name', 'slug', 'price', 'stock', 'rating', 'views', 'day', 'code', 'site', 'contact', 'notes'] as const) {
          expect([name, stored[name]]).toEqual([name, mended.cleanedData[name]])
        }
        expect(String(stored.seen?.toISOString())).toBe(String((mended.cleanedData['seen'] as Date | null)?.toISOString()))
      }),
      { numRuns: 150 },
    )
    expect(saved).toBeGreaterThan(100)
  })
})
