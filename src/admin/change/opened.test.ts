import { describe, expect, test } from 'vitest'
import type { RequestData } from '../../protection/body/request-data.js'
import { Opened } from './opened.js'

const sent = (fields: readonly (readonly [string, string])[]): RequestData => ({
  kind: 'form',
  fields: new Map(fields.map(([name, value]) => [name, [value]])),
  files: new Map(),
})

describe('Opened', () => {
  test('comes back as it went, whatever stands in names and keys', () => {
    const keys = new Map([['tags', new Set(['1', 'a,b', 'c d', '%'])]])
    const fields = Opened.with([
      ['name', 'Gear wheel'],
      ['empty', ''],
    ])
      .withKeys(keys)
      .toFields('row-0-')
    expect(fields.map(([name]) => name)).toEqual(['row-0-_opened', 'row-0-_opened-tags'])
    const read = Opened.read(sent(fields), 'row-0-')
    expect([read.showed('name', 'Gear wheel'), read.showed('name', 'gear wheel'), read.showed('empty', ''), read.showed('other', '')]).toEqual([
      true,
      false,
      true,
      null,
    ])
    expect([...(read.keysOf('tags') ?? [])]).toEqual(['1', 'a,b', 'c d', '%'])
    expect(read.keysOf('others')).toBeNull()
  })

  test('does not mind which line ends a browser sends', () => {
    const opened = Opened.with([['text', 'a\nb']])
    expect([opened.showed('text', 'a\r\nb'), opened.showed('text', 'a\rb'), opened.showed('text', 'a b')]).toEqual([true, true, false])
  })

  test('knows nothing of a form that says nothing, and makes nothing of nonsense', () => {
    expect(Opened.read(sent([]), '').isKnown).toBe(false)
    for (const nonsense of ['', ' ', ':', ':x', 'x', 'x:', '__proto__:y', '%'.repeat(1000)]) {
      const read = Opened.read(
        sent([
          ['_opened', nonsense],
          ['_opened-tags', nonsense],
        ]),
        '',
      )
      expect(read.showed('name', 'x')).toBeNull()
    }
  })

  test('one form on a page is not another', () => {
    const fields = Opened.with([['name', 'a']]).toFields('row-1-')
    expect(Opened.read(sent(fields), 'row-0-').isKnown).toBe(false)
  })
})
