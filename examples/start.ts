/**
 * `npm start`: the shop on 127.0.0.1:8000, or at `PORT`. Makes its database, its first superuser and some products, and stays until Ctrl-C.
 * @module
 */

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { relative } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { app } from './shop/app.js'
import { auth, databaseFile } from './shop/auth.js'
import { PASSWORD, seed } from './shop/seed.js'

const port = Number(process.env['PORT'] ?? 8000)

await auth.migrate()
console.log(`The database: ${relative(process.cwd(), databaseFile)}`)
await firstSuperuser()
await seed()

const server = createServer(app)
server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(error.code === 'EADDRINUSE' ? `Something answers at port ${port} already. Choose another: PORT=8001 npm start` : error.message)
  process.exit(1)
})
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  console.log(`Log in as ada or grace with the password “${PASSWORD}”, or sign up.`)
  console.log('Mails, such as links to choose a new password, are printed here.')
  console.log(`\nhttp://127.0.0.1:${typeof address === 'object' ? address?.port : port}/   (Ctrl-C ends it)`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close(() => void auth.close())
    server.closeIdleConnections()
  })
}

/** Asks whoever is at the keyboard; where nobody is, the password is made and shown once. */
async function firstSuperuser(): Promise<void> {
  if (await auth.users.exists({ isSuperuser: true })) return
  const asked = process.stdin.isTTY === true ? await ask() : null
  const username = asked === null ? 'root' : asked
  if (username === '') return
  const password = randomBytes(12).toString('base64url')
  await auth.users.createSuperuser({ username, password, email: '' })
  console.log(`The superuser “${username}” may do everything. Their password, shown this once: ${password}`)
}

async function ask(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const name = (await terminal.question('There is no superuser yet. Their username (Enter for “root”, - for none): ')).trim()
    return name === '' ? 'root' : name === '-' ? '' : name
  } finally {
    terminal.close()
  }
}
