/**
 * Controls of sessions: keys, what ends them, and what is kept of them.
 * @module
 */

import type { Control } from './controls.js'

const LOGIN = 'src/authentication/login.ts'
const BACKEND = 'src/authentication/model-backend.ts'

export const controlsOfSessions: readonly Control[] = [
  {
    name: 'a new session key at login',
    file: LOGIN,
    piece: "if (before === undefined || before === null) await session.cycleKey({ ifGone: 'start' })",
    instead: 'if (before === undefined || before === null) session.modified = true',
    tests: ['test/databases/login.test.ts'],
    titles: 'D1: gives',
  },
  {
    name: 'nothing left of the user before',
    file: LOGIN,
    piece: 'else if (String(before) !== String(user.pk) || !isSame(session.get(SESSION_HASH), hash)) await session.flush()',
    instead: '',
    tests: ['test/databases/login.test.ts'],
    titles: 'D14',
  },
  {
    name: 'keys that nobody gave out',
    file: 'src/sessions/request-session.ts',
    piece: 'this.#cookie = stored === null ? null : cookie',
    instead: 'this.#cookie = cookie',
    tests: ['src/sessions/request-session.test.ts'],
    titles: 'D1: a key',
    quick: true,
  },
  {
    name: 'the password behind a session',
    file: 'src/authentication/session-user.ts',
    piece: 'if (!verdict.isValid) {',
    instead: 'if (verdict === null) {',
    tests: ['test/databases/login.test.ts'],
    titles: 'D13',
    quick: true,
  },
  {
    name: 'accounts that are switched off',
    file: BACKEND,
    piece: 'return user.isActive\n  }',
    instead: "return typeof user.isActive === 'boolean'\n  }",
    tests: ['test/databases/login.test.ts', 'test/databases/authenticate.test.ts'],
    titles: 'D13.*switched off|A4',
  },
  {
    name: 'sessions that have ended',
    file: 'src/authentication/request-core.ts',
    piece: "if ((await request.heldSession.save()) === 'gone') return false",
    instead: 'await request.heldSession.save()',
    tests: ['test/databases/login.test.ts'],
    titles: 'D5',
  },
  {
    name: 'rows that are never made again',
    file: 'src/sessions/request-session.ts',
    piece: "return renamed === null && ifGone === 'start' ? this.#store.create(this.#values, expires) : renamed",
    instead: "return renamed === null && ifGone !== 'never' ? this.#store.create(this.#values, expires) : renamed",
    tests: ['src/sessions/request-session.test.ts'],
    titles: 'D5',
    quick: true,
  },
  {
    name: 'the signature of a session',
    file: 'src/sessions/encoding.ts',
    piece: 'return payloadJson(this.#signer.unsign(text))',
    instead: "return payloadJson(text.split(':')[0] ?? '')",
    tests: ['src/sessions/encoding.test.ts'],
    titles: 'D7',
    quick: true,
  },
  {
    name: 'cookies that are worth nothing after a logout',
    file: 'src/sessions/signed-cookie-store.ts',
    piece: 'return revoked === null ? { values: opened.values, record, owner } : null',
    instead: 'return { values: opened.values, record, owner: revoked === null ? owner : null }',
    tests: ['test/databases/sessions.test.ts'],
    titles: 'D6',
  },
  {
    name: 'keys that are hashed at rest',
    file: 'src/sessions/database-store.ts',
    piece: "return this.#parts.settings.keepKeys === 'hashed' ? hashedKey(cookie) : cookie",
    instead: "return this.#parts.settings.keepKeys === 'never' ? hashedKey(cookie) : cookie",
    tests: ['test/databases/sessions.test.ts'],
    titles: 'D9',
  },
  {
    name: 'sessions of one’s own alone',
    file: 'src/sessions/session-records.ts',
    piece: 'const record = await this.#table.find(publicId, userKey)\n    if (record === null) return false',
    instead:
      'const record = (await this.#table.after(0, 200)).find((one) => one.publicId === publicId) ?? null\n    if (record === null || userKey === null) return false',
    tests: ['test/databases/session-records.test.ts'],
    titles: 'D8',
  },
  {
    name: 'the idle limit',
    file: 'src/sessions/timeouts.ts',
    piece: "return idleTimeout !== null && secondsSince(record.lastSeen, now) > idleTimeout ? 'idle' : null",
    instead: 'return idleTimeout === null || now === null ? null : null',
    tests: ['src/sessions/timeouts.test.ts'],
    titles: '7\\.3\\.1',
    quick: true,
  },
  {
    name: 'the absolute limit',
    file: 'src/sessions/timeouts.ts',
    piece: "if (absoluteTimeout !== null && secondsSince(record.created, now) > absoluteTimeout) return 'absolute'",
    instead: "if (absoluteTimeout === 0) return 'absolute'",
    tests: ['src/sessions/timeouts.test.ts'],
    titles: '7\\.3\\.2',
  },
]
