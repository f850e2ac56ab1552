import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderWith } from '../support/cli-process.js'
import { EXAMPLE_FLAGS, shopEnvironment } from '../support/shop-server.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe.each(['hono', 'node', 'koa', 'fastify'])('the server of the example %s', { timeout: 60_000 }, (name) => {
  const folder = folderWith({})
  let server: ReturnType<typeof spawn>
  let port = 0

  /** What comes back for exactly these bytes. */
  const send = async (request: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.end(request)
    return text(socket)
  }
  const goesOn = async () => expect(await send('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).toContain('Hello stranger')

  beforeAll(async () => {
    const env = { ...shopEnvironment(folder.path), DATABASE: join(folder.path, 'shop.db'), PORT: '0' }
    const program = join(ROOT, 'examples', name, 'server.ts')
    server = spawn(process.execPath, [...EXAMPLE_FLAGS, program], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: server.stdout as NonNullable<typeof server.stdout> }), 'line')) as [string]
    port = Number(new URL(line.trim()).port)
  }, 60_000)

  afterAll(async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill()
      await once(server, 'close')
    }
    folder.drop()
  })

  test.each([
    ['a name of no host', 'GET / HTTP/1.1\r\nHost: a b\r\n'],
    ['a target with another site in it', 'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n'],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['a path that no decoding gives', 'GET /%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['a method that no Request may have', 'TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ])('answers %s, and goes on', async (_what, head) => {
    expect(await send(`${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 [245]\d\d /)
    await goesOn()
  })

  test('goes on when somebody hangs up in the middle of what they send', async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const head = 'POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n'
    socket.write(`${head}Sec-Fetch-Site: same-origin\r\n\r\nusername=ada`)
    await goesOn()
    socket.destroy()
    await goesOn()
  })

  test('goes on when somebody hangs up before they are answered', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(50))
    await once(socket, 'data')
    socket.resetAndDestroy()
    await goesOn()
  })
})
