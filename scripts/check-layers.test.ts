import { describe, expect, test } from 'vitest'
import { importsOf, violations, withMarkup } from './check-layers.js'

const wrongIn = (file: string, text: string): string[] => violations(importsOf(file, text))

describe('check-layers', () => {
  test('lets a folder import what stands lower, and itself', () => {
    expect(
      wrongIn(
        'accounts/user.ts',
        "import { a } from './group.js'\nimport type { B } from '../database/model.js'\nexport { c } from '../base/text.js'",
      ),
    ).toEqual([])
  })

  test('finds an import from the right, of types too, with its line', () => {
    expect(wrongIn('database/model.ts', "import { a } from './meta.js'\nimport type { User } from '../accounts/user.js'")).toEqual([
      'src/database/model.ts:2: database (2) imports accounts (3); only lower numbers may be imported',
    ])
    expect(wrongIn('base/text.ts', "const late = import('../crypto/hmac.js')")).toHaveLength(1)
    expect(wrongIn('crypto/hmac.ts', "import {\n  a,\n} from '../portcullis.js'")).toHaveLength(1)
  })

  test('finds an import of a neighbour', () => {
    expect(wrongIn('passwords/pool.ts', "import { a } from '../database/model.js'")).toHaveLength(1)
    expect(wrongIn('sessions/session.ts', "import { a } from '../accounts/user.js'")).toEqual([
      'src/sessions/session.ts:1: sessions must not see accounts',
    ])
  })

  test('finds a circle, and lets one of types be', () => {
    const circle = [...importsOf('base/a.ts', "import { b } from './b.js'"), ...importsOf('base/b.ts', "import { a } from './a.js'")]
    expect(violations(circle)).toEqual(['src/base/a.ts: imports itself in a circle: base/a.ts → base/b.ts → base/a.ts'])
    expect(
      violations([...importsOf('base/a.ts', "import type { b } from './b.js'"), ...importsOf('base/b.ts', "import { a } from './a.js'")]),
    ).toEqual([])
  })

  test('finds a circle through markup', () => {
    const circle = [...importsOf('pages/a.ts', "import { b } from './b.js'"), ...importsOf('pages/b.tsx', "import { a } from './a.js'")]
    expect(violations(withMarkup(circle, new Set(['pages/a.ts', 'pages/b.tsx'])))).toHaveLength(1)
  })

  test('finds a folder without a number', () => {
    expect(wrongIn('new/thing.ts', "import { a } from '../base/text.js'")).toHaveLength(1)
  })
})
