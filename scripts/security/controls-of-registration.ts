/**
 * Controls of registration: names, addresses, and what nobody may send along.
 * @module
 */

import type { Control } from './controls.js'

export const controlsOfRegistration: readonly Control[] = [
  {
    name: 'names that look alike',
    file: 'src/forms/look-alikes.ts',
    piece: 'return Array.from(name).some((letter) => LATIN.has(letter)) ? skeletonOf(name) : null',
    instead: 'return name.length < 0 ? skeletonOf(name) : null',
    tests: ['test/databases/forms-user-creation.test.ts'],
    titles: 'B7',
  },
  {
    name: 'names of two alphabets',
    file: 'src/forms/look-alikes.ts',
    piece: 'return CONFUSABLE_SCRIPTS.filter((script) => script.test(name)).length > 1',
    instead: 'return CONFUSABLE_SCRIPTS.filter((script) => script.test(name)).length > 99',
    tests: ['test/databases/registration.test.ts'],
    titles: 'B7',
  },
  {
    name: 'somebody else’s address is not free',
    file: 'src/emails/address-holders.ts',
    piece: 'return others.filter(({ user, address: stored }) => {',
    instead: 'return others.slice(others.length).filter(({ user, address: stored }) => {',
    tests: ['test/databases/emails.test.ts', 'test/databases/registration.test.ts'],
    titles: 'A7',
  },
  {
    name: 'nobody logs in before their address is proven',
    file: 'src/authentication/authenticate.ts',
    piece: 'return (await admits(who, request)) ? who : null',
    instead: 'return who',
    tests: ['test/databases/emails.test.ts'],
    titles: 'A4',
  },
  {
    name: 'an invitation counts once',
    file: 'src/emails/invitations.ts',
    piece: 'if ((await rows.update(open, { usedAt: clock.now() })) !== 1 || !(await this.#stillMay(row)))',
    instead: 'if ((await rows.update(open, { usedAt: clock.now() })) < 0 || !(await this.#stillMay(row)))',
    tests: ['test/databases/registration.test.ts'],
    titles: 'of 50 who use one',
  },
  {
    name: 'who invites holds what they grant',
    file: 'src/emails/invitations.ts',
    piece: 'return needed.find((one) => !by.isSuperuser && !held.has(one as never)) ?? null',
    instead: 'return needed.find((one) => !by.isSuperuser && held.size < 0 && !held.has(one as never)) ?? null',
    tests: ['test/databases/registration.test.ts'],
    titles: 'I6',
  },
  {
    name: 'characters that nobody sees',
    file: 'src/forms/single-line.ts',
    piece: "if (kind === 'identifier') return INVISIBLE.test(text)",
    instead: "if (kind === 'identifier') return false",
    tests: ['test/databases/forms-user-creation.test.ts'],
    titles: 'B5',
  },
  {
    name: 'an address that is one',
    file: 'src/base/email-address.ts',
    piece: 'return plain === text || (plain !== null && !isLongerThan(plain, EMAIL_MAX_LENGTH) && isAddress(plain))',
    instead: 'return plain !== undefined',
    tests: ['src/base/email-address.test.ts'],
    titles: 'B2',
    quick: true,
  },
  {
    name: 'rights that nobody sends along',
    file: 'src/forms/definition.ts',
    piece: 'return this.#problems.length === 0 && this.unknown.length === 0',
    instead: 'return this.#problems.length === 0',
    tests: ['test/databases/forms-user-creation.test.ts'],
    titles: 'I11: rights',
  },
  {
    name: 'one confirmation of an address',
    file: 'src/emails/verified-emails.ts',
    piece: "return (await this.#rows.update(found as never, { verifiedAt: this.#clock.now(), nonce: '' } as never)) === 1",
    instead: "return (await this.#rows.update(found as never, { verifiedAt: this.#clock.now(), nonce: '' } as never)) >= 0",
    tests: ['test/databases/emails.test.ts'],
    titles: 'of 50 confirmations at once',
  },
  {
    name: 'one use of the way back to an address',
    file: 'src/emails/email-changes.ts',
    piece: 'if (used !== 1) return false',
    instead: 'if (used < 0) return false',
    tests: ['test/databases/emails.test.ts'],
    titles: 'of 50 at once one is the first',
  },
  {
    name: 'purposes of links about addresses',
    file: 'src/emails/email-links.ts',
    piece: 'if (row === null) return null\n    const pair = { from: row.oldAddress, to: row.newAddress }',
    instead:
      "if (row === null) return null\n    const pair = { from: row.oldAddress, to: row.newAddress }\n    if (token !== '') return { kind, user, address: kind === 'change' ? pair.to : pair.from, row }",
    tests: ['test/databases/emails.test.ts'],
    titles: 'D4, G3',
  },
]
