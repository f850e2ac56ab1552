/**
 * Controls of admin: who may enter, and what nobody grants, asks or sees.
 * @module
 */

import type { Control } from './controls.js'

const USER_GUARD = 'src/admin/rights/user-guard.ts'

export const controlsOfAdmin: readonly Control[] = [
  {
    name: 'staff alone in the admin',
    file: 'src/admin/gate.ts',
    piece: 'return user.isAuthenticated === true && user.isActive === true && user.isStaff === true && ',
    instead: 'return user.isAuthenticated === true && ',
    tests: ['test/security/answers.test.ts'],
    titles: '13\\.4\\.5',
  },
  {
    name: 'nobody grants what they lack',
    file: 'src/admin/rights/power.ts',
    piece: 'return keys.filter((key) => !held.has(key))',
    instead: 'return keys.filter((key) => held.has(key) && key < 0)',
    tests: ['test/admin/rights.test.ts'],
    titles: 'I6',
    quick: true,
  },
  {
    name: 'nobody edits somebody stronger',
    file: 'src/admin/rights/power.ts',
    piece: 'return accounts.filter((one) => one.isSuperuser || beyond.has(this.accounts.textOf(one.user.pk)))',
    instead: 'return accounts.filter((one) => one.isSuperuser && beyond.has(this.accounts.textOf(one.user.pk)))',
    tests: ['test/admin/rights.test.ts'],
    titles: 'I6',
  },
  {
    name: 'the same, asked again where it is written',
    file: USER_GUARD,
    piece: 'if (stronger.length === 0) return []',
    instead: 'if (stronger.length >= 0) return []',
    tests: ['test/admin/rights.test.ts'],
    titles: 'I6: who becomes stronger',
  },
  {
    name: 'nobody is unlimited who is not',
    file: 'src/admin/rights/power.ts',
    piece: 'return this.allowEscalation || isSuperuser || (await user.hasPerm(GRANT_ANY as never))',
    instead: 'return this.allowEscalation || isSuperuser || user !== null',
    tests: ['test/admin/rights.test.ts'],
    titles: 'I6',
  },
  {
    name: 'so many rows on a page',
    file: 'src/admin/change/inline-submit.ts',
    piece: "if (rows.length > set.max) throw new BodyProblem('malformed_body')",
    instead: '',
    tests: ['test/admin/change-inlines.test.ts'],
    titles: 'I5',
  },
  {
    name: 'rows of this object alone',
    file: 'src/admin/change/inline-submit.ts',
    piece: "if (read.includes(null) || (await set.admin.manager.exists({ pk: { in: read } } as never))) throw new BodyProblem('malformed_body')",
    instead: '',
    tests: ['test/admin/change-inlines.test.ts'],
    titles: 'I5',
  },
  {
    name: 'filters of the list alone',
    file: 'src/admin/list/state.ts',
    piece: 'for (const name of names) if (!OWN.has(name)) return { refused: `${name} is no filter of this list` }',
    instead: '',
    tests: ['test/admin/list.test.ts'],
    titles: 'I1',
  },
  {
    name: 'columns of the list alone',
    file: 'src/admin/list/state.ts',
    piece: 'return fits && numbers.length <= 4 ? numbers : null',
    instead: 'return fits ? numbers : []',
    tests: ['test/admin/list.test.ts'],
    titles: 'I1',
  },
  {
    name: 'cells that are no formula',
    file: 'src/admin/list/csv.ts',
    piece: "const safe = FORMULA.test(text) && !/^-?\\d+(?:\\.\\d+)?$/.test(text) ? `'${text}` : text",
    instead: 'const safe = FORMULA.test(text) ? text : text',
    tests: ['test/admin/list.test.ts'],
    titles: 'I9',
  },
  {
    name: 'hashes that no page shows',
    file: 'src/admin/people/users-special.tsx',
    piece: '<dd>{one.value}</dd>',
    instead: '<dd>{row.password}</dd>',
    tests: ['test/admin/people.test.ts'],
    titles: 'I2',
  },
]
