/**
 * Who is asking, by hand: the cookie, one statement, the checks that Django makes.
 * @module
 */

import { argon2Verify } from './argon2.js'
import { handSessions, keyAtRest, newKey } from './hand-sessions.js'
import type { HandStore, SessionRow, UserRow } from './hand-store.js'

/** Two weeks, as in Django. */
const COOKIE_AGE = 1_209_600

/** Finds and makes visitors. */
export interface HandVisitors {
  find(cookieHeader: string | undefined): Promise<SessionRow | null>
  /** The value of a `Set-Cookie`, or null for a wrong name or password. */
  login(username: string, password: string): Promise<{ readonly user: UserRow; readonly cookie: string } | null>
}

export function handVisitors(store: HandStore, secretKey: string, options: { remember: boolean }): HandVisitors {
  const sessions = handSessions(secretKey, options.remember)
  return {
    async find(cookieHeader) {
      const key = cookieHeader === undefined ? null : sessionKey(cookieHeader)
      if (key === null) return null
      const row = await store.findSession(keyAtRest(key), timeText(Date.now()))
      if (row === undefined || row.id === null || !row.is_active) return null
      const facts = sessions.read(row.session_data)
      return facts !== null && facts.userId === String(row.id) && sessions.isStillGood(facts, row.password) ? row : null
    },
    async login(username, password) {
      const user = await store.findUser(username)
      if (user === undefined || !(await argon2Verify(user.password, password)) || !user.is_active) return null
      const now = timeText(Date.now())
      await store.touchUser(user.id, now)
      const key = newKey()
      await store.addSession({
        key: keyAtRest(key),
        data: sessions.write(user.id, user.password),
        expires: timeText(Date.now() + COOKIE_AGE * 1000),
        publicId: newKey().slice(0, 22),
        userId: user.id,
        now,
      })
      return { user, cookie: `sessionid=${key}; Path=/; Max-Age=${COOKIE_AGE}; HttpOnly; SameSite=Lax` }
    },
  }
}

function sessionKey(header: string): string | null {
  for (const pair of header.split(';')) {
    const text = pair.trimStart()
    if (text.startsWith('sessionid=')) return text.slice('sessionid='.length)
  }
  return null
}

let lastSecond = 0
let lastText = ''

/** Times as Django has them in SQLite has them; the text of a second is made once. */
function timeText(milliseconds: number): string {
  const second = Math.trunc(milliseconds / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastText = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ')
  }
  return lastText
}
