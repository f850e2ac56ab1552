import { expect, test } from 'vitest'

import { safeAttributes } from './safe-attributes.js'

test('safeAttributes keeps what describes an input', () => {
  expect(safeAttributes({ autocomplete: 'email', maxlength: 254, autofocus: true, 'data-kind': 'a' })).toEqual({
    autocomplete: 'email',
    maxlength: '254',
    autofocus: true,
    'data-kind': 'a',
  })
})

test('I7: safeAttributes drops code, looks, addresses, and what is ours to write', () => {
  const others = [
    'onfocus',
    'ONFOCUS',
    'style',
    'href',
    'src',
    'srcdoc',
    'formaction',
    'form',
    'name',
    'id',
    'type',
    'value',
    'class',
    'is',
    '__proto__',
    'a b',
    'dangerouslySetInnerHTML',
    'children',
    'ref',
  ]
  expect(safeAttributes(Object.fromEntries(others.map((name) => [name, 'x'])))).toEqual({})
})
