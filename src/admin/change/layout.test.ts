import { describe, expect, test } from 'vitest'
import { autoField, booleanField, charField, dateTimeField, manyToManyField, model } from '../../index.js'
import type { ModelAdmin } from '../model-admin.js'
import { computedField, layoutOf, namesIn } from './layout.js'

class Tag extends model('made.Tag', { fields: { name: charField({ maxLength: 10 }) } }) {}
class Thing extends model('made.Thing', {
  fields: {
    code: autoField(),
    name: charField({ maxLength: 10 }),
    fixed: charField({ maxLength: 10, editable: false }),
    live: booleanField(),
    created: dateTimeField({ autoNowAdd: true }),
    tags: manyToManyField(() => Tag),
  },
}) {}

const admin = (options: object): ModelAdmin => ({ meta: Thing.meta, options }) as unknown as ModelAdmin

describe('layoutOf', () => {
  test('has everything that can be edited, in the order it was declared, and what is to be shown besides', () => {
    expect(namesIn(layoutOf(admin({ readonlyFields: ['fixed', 'name'] })))).toEqual(['name', 'live', 'tags', 'fixed'])
  })

  test('puts side by side, folds and describes as declared', () => {
    const sections = layoutOf(
      admin({ fieldsets: [{ fields: ['name', ['live', 'created']] }, { title: 'More', description: 'Rare.', collapsed: true, fields: ['tags'] }] }),
    )
    expect(sections).toEqual([
      { title: null, description: null, isCollapsed: false, lines: [['name'], ['live', 'created']] },
      { title: 'More', description: 'Rare.', isCollapsed: true, lines: [['tags']] },
    ])
  })

  test('has what is worked out behind the rest, or where it is named', () => {
    const doubled = { label: 'Doubled', value: (row: object) => String(row).repeat(2) }
    const last = admin({ readonlyFields: ['fixed', doubled] })
    expect(namesIn(layoutOf(last))).toEqual(['name', 'live', 'tags', 'fixed', '(0)'])
    expect([computedField(last, '(0)'), computedField(last, 'name')]).toEqual([doubled, undefined])
    expect(layoutOf(admin({ fields: ['name', ['live', doubled]] }))[0]?.lines).toEqual([['name'], ['live', '(0)']])
  })

  test('is settled once', () => {
    const one = admin({})
    expect(layoutOf(one)).toBe(layoutOf(one))
  })

  test('refuses names that are none, and names that come twice', () => {
    expect(() => layoutOf(admin({ fields: ['name', 'colour'] }))).toThrow(/“colour”, which is none of its fields: code, name/)
    expect(() => layoutOf(admin({ fields: ['name', ['live', 'name']] }))).toThrow(/“name” twice/)
  })
})
