/**
 * Better Auth on node:http: e-mail and password, sessions in its own tables, roles of its admin plugin. Its cookie cache is off, so that
 * a session that was revoked is revoked at once, as on every other server here.
 * @module
 */

import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { admin } from 'better-auth/plugins'
import { createAccessControl } from 'better-auth/plugins/access'
import pg from 'pg'
import { readTask, report } from '../requests/reporting.js'
import { insert, open, phc, verifyPassword } from './seed.mjs'

const { place, seed } = readTask()
const database = open(place)

// A role for each set of permissions a person has: roles are written in code here, and only their names are in the database.
const access = createAccessControl({ product: ['add', 'change', 'delete', 'view'], order: ['add', 'change', 'delete', 'view'] })
const roles = { editor: access.newRole({ product: ['change', 'view'], order: ['view'] }), user: access.newRole({ product: ['view'] }) }

let port = 0
const auth = betterAuth({
  database,
  secret: seed.secretKey,
  baseURL: 'http://127.0.0.1',
  trustedOrigins: () => [`http://127.0.0.1:${port}`],
  emailAndPassword: { enabled: true, password: { hash: async () => Promise.reject(new Error('nobody signs up here')), verify: verifyPassword } },
  session: { cookieCache: { enabled: false } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [admin({ ac: access, roles, adminRoles: ['editor'], defaultRole: 'user' })],
})

await (await getMigrations(auth.options)).runMigrations()
const isSqlite = database instanceof DatabaseSync
const now = isSqlite ? new Date().toISOString() : new Date()
await insert(
  database,
  'user',
  seed.people.map(({ id, username, email, groups }) => ({
    id: `u${id}`,
    name: username,
    email,
    emailVerified: isSqlite ? 1 : true,
    createdAt: now,
    updatedAt: now,
    role: groups.length > 0 ? 'editor' : 'user',
  })),
)
await insert(
  database,
  'account',
  seed.people.map((person) => ({
    id: `a${person.id}`,
    accountId: `u${person.id}`,
    providerId: 'credential',
    userId: `u${person.id}`,
    password: phc(person),
    createdAt: now,
    updatedAt: now,
  })),
)

const own = toNodeHandler(auth)
const shown = ({ id, name, email }) => ({ id, username: name, email })

async function answer(request, response) {
  if (request.url.startsWith('/api/auth/')) return own(request, response)
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
  if (request.url === '/') return send(response, 200, { user: session === null ? null : shown(session.user) })
  if (session === null) return send(response, 401, { error: 'not_authenticated' })
  // The role came with the session: the cheapest of the ways that its documentation shows.
  const { success } = await auth.api.userHasPermission({ body: { role: session.user.role, permissions: { product: ['change'] } } })
  return success ? send(response, 200, { user: shown(session.user) }) : send(response, 403, { error: 'permission_denied' })
}

function send(response, status, value) {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error)
    send(response, 500, { error: 'failed' })
  })
})
server.on('listening', () => {
  port = server.address().port
})
report(server, [pg.Client.prototype])
