/**
 * CASL on the hand-written server: the visitor by hand, and an ability built from the rows of what they may, at each request.
 * @module
 */

import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createMongoAbility } from '@casl/ability'
import { readTask, report } from '../requests/reporting.js'
import { openStore } from '../requests/servers/hand-store.js'
import { handVisitors } from '../requests/servers/hand-visitor.js'

// The store has the root's copy of the driver.
const { Client } = createRequire(new URL('../requests/', import.meta.url))('pg')
const { place, seed } = readTask()
const store = openStore(place)
const visitors = handVisitors(store, seed.secretKey, { remember: true })
const shown = ({ id, username, email }) => ({ id, username, email })

async function answer(request, response) {
  if (request.method === 'POST') {
    let text = ''
    for await (const part of request) text += part
    const { username, password } = JSON.parse(text)
    const made = await visitors.login(username, password)
    return made === null
      ? send(response, 401, { error: 'invalid_login' })
      : send(response, 200, { user: shown(made.user) }, { 'set-cookie': made.cookie })
  }
  const user = await visitors.find(request.headers.cookie)
  if (request.url === '/') return send(response, 200, { user: user === null ? null : shown(user) })
  if (user === null) return send(response, 401, { error: 'not_authenticated' })
  const rows = await store.grants(user.id)
  const ability = createMongoAbility(
    rows.map(({ app_label: app, codename }) => {
      const at = codename.indexOf('_')
      return { action: codename.slice(0, at), subject: `${app}.${codename.slice(at + 1)}` }
    }),
  )
  const may = user.is_superuser || ability.can('change', 'shop.product')
  return may ? send(response, 200, { user: shown(user) }) : send(response, 403, { error: 'permission_denied' })
}

function send(response, status, value, headers = {}) {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error)
    send(response, 500, { error: 'failed' })
  })
})
report(server, [Client.prototype])
