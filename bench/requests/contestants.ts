/**
 * Who takes part, and who cannot because something is not installed.
 * @module
 */

import { existsSync } from 'node:fs'
import { jsonLogin, jsonLoginWithToken, post, type Contestant } from './contestant.js'

const ours = (file: string): URL => new URL(`servers/${file}`, import.meta.url)
const peer = (file: string): URL => new URL(`../peers/${file}`, import.meta.url)

/** What the others are compared with: it verifies every session anew. */
export const HAND = 'hand'
/** The same, but rows verified before are recognised. */
export const HAND_REMEMBERED = 'hand-remembered'
/** What the goals are for. */
export const OURS = 'portcullis'

const OWN: readonly Contestant[] = [
  { name: HAND, tables: 'django', runs: { node: ours('hand.ts') }, knowsPermissions: true, login: jsonLogin },
  { name: HAND_REMEMBERED, tables: 'django', runs: { node: ours('hand.ts'), flags: ['remember'] }, knowsPermissions: true, login: jsonLogin },
  { name: OURS, tables: 'django', runs: { node: ours('portcullis-node.ts') }, knowsPermissions: true, login: jsonLoginWithToken },
  { name: 'portcullis-express', tables: 'django', runs: { node: ours('portcullis-express.ts') }, knowsPermissions: true, login: jsonLoginWithToken },
]

const PEERS: readonly Contestant[] = [
  {
    name: 'better-auth',
    tables: 'own',
    runs: { node: peer('better-auth.mjs') },
    knowsPermissions: true,
    login: (person, password) => post('/api/auth/sign-in/email', { email: person.email, password }),
  },
  { name: 'passport', tables: 'own', runs: { node: peer('passport.mjs') }, knowsPermissions: true, login: jsonLogin },
  { name: 'casl', tables: 'django', runs: { node: peer('casl.mjs') }, knowsPermissions: true, login: jsonLogin },
]

const DJANGO: Contestant = { name: 'django', tables: 'django', runs: { gunicorn: true }, knowsPermissions: true, login: jsonLoginWithToken }

/** Those that can run here and are wanted (`BENCH_SERVERS`, names with commas); says in a line who cannot, and how they could. */
export function contestants(): readonly Contestant[] {
  const found = [...OWN]
  if (existsSync(new URL('node_modules', peer('package.json')))) found.push(...PEERS)
  else console.log('  skipped: Better Auth, Passport and CASL are not installed (npm ci --prefix bench/peers)')
  if (existsSync(process.env['BENCH_GUNICORN'] ?? '/usr/bin/gunicorn')) found.push(DJANGO)
  else console.log('  skipped: Django under gunicorn is not installed (apt-get install gunicorn python3-django python3-psycopg2 python3-argon2)')
  const wanted = process.env['BENCH_SERVERS']?.split(',')
  return wanted === undefined ? found : found.filter(({ name }) => wanted.includes(name))
}
