/**
 * A hand-written server on Django's tables: node:http, the same statement, the same verification, the same headers, and nothing else.
 * `remember` as an argument: it recognises rows that it has verified before by their exact text.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Client } from 'pg'
import { readTask, report } from '../reporting.js'
import { openStore, type UserRow } from './hand-store.js'
import { handVisitors } from './hand-visitor.js'

const { place, seed } = readTask()
const store = openStore(place)
const visitors = handVisitors(store, seed.secretKey, { remember: process.argv.includes('remember') })
const permission = await store.permissionId('shop', 'change_product')

/** Those that portcullis sends: with every answer that depends on the visitor, and besides with one about somebody. */
const HEADERS = [
  'content-type',
  'application/json; charset=utf-8',
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'same-origin',
  'cross-origin-opener-policy',
  'same-origin',
  'content-security-policy',
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'vary',
  'Cookie',
]
const PERSONAL = ['cache-control', 'private, no-store']

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.host !== ownHost()) return send(response, 400, { error: 'host' })
  if (request.method === 'POST') return login(request, response)
  const user = await visitors.find(request.headers.cookie)
  if (request.url === '/')
    return user === null ? send(response, 200, { user: null }) : send(response, 200, { user: shown(user as UserRow) }, PERSONAL)
  if (request.url !== '/product') return send(response, 404, { error: 'not_found' })
  if (user === null) return send(response, 401, { error: 'not_authenticated' })
  const may = Boolean(user.is_superuser) || (await store.holds(user.id as number, permission))
  return may ? send(response, 200, { user: shown(user as UserRow) }, PERSONAL) : send(response, 403, { error: 'permission_denied' })
}

async function login(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // What browsers send with a request from elsewhere; it stands for the CSRF check.
  if (request.headers['sec-fetch-site'] !== 'same-origin') return send(response, 403, { error: 'csrf' })
  const { username, password } = JSON.parse(await text(request)) as { username: string; password: string }
  const made = await visitors.login(username, password)
  if (made === null) return send(response, 401, { error: 'invalid_login' })
  return send(response, 200, { user: shown(made.user) }, [...PERSONAL, 'set-cookie', made.cookie])
}

function shown({ id, username, email }: UserRow): object {
  return { id, username, email }
}

function send(response: ServerResponse, status: number, value: unknown, more: readonly string[] = []): void {
  const body = JSON.stringify(value)
  response.writeHead(status, [...HEADERS, 'content-length', String(Buffer.byteLength(body)), ...more])
  response.end(body)
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error)
    send(response, 500, { error: 'failed' })
  })
})
let host = ''
function ownHost(): string {
  if (host === '') host = `127.0.0.1:${(server.address() as { port: number }).port}`
  return host
}
report(server, [Client.prototype])
