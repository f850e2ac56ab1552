import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { smtpTransport } from '../../src/mail.js'
import type { MailEvent } from '../../src/mail/mail-event.js'
import { sqlite } from '../../src/sqlite.js'
import { startMailServer } from '../mail/mail-server.js'
import { accountsOn, PASSWORD, type Accounts } from '../support/account-pages.js'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

/** How a mail server can be away: it refuses each mail for now, it takes the connection and says nothing, or it hangs up. */
type Trouble = 'refuses' | 'hangs' | 'hangs up'

/** A mail server that is in trouble until it is told to be well. */
async function troubledServer(trouble: Trouble): Promise<{ port: number; heal: () => void; arrived: () => string[] }> {
  let isWell = false
  const real = await startMailServer({
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, callback) => {
      if (isWell) callback()
      else callback(Object.assign(new Error('come back later'), { responseCode: 451 }))
    },
  })
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer((socket) => {
    keep(socket)
    if (isWell || trouble === 'refuses') socket.pipe(keep(createConnection(real.port, '127.0.0.1'))).pipe(socket)
    else if (trouble === 'hangs up') socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await real.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    heal: () => (isWell = true),
    arrived: () => real.received.map((one) => `${one.recipients.join()}: ${one.headers.get('subject')?.[0]}`),
  }
}

async function siteWith(port: number, timeout: number, events: MailEvent[], retryAfter: readonly number[]): Promise<Accounts> {
  const site = accountsOn(sqlite(':memory:'), {
    registration: { mode: 'private' },
    emails: { verification: true },
    mail: {
      transport: smtpTransport({ host: '127.0.0.1', port, timeout }),
      from: 'shop@example.com',
      retryAfter,
      onError: (event) => void events.push(event),
    },
  })
  opened.push(site.close)
  await site.migrate()
  await site.auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
  return site
}

/** What an answer says, and that it did not wait for the server. */
async function answerTo(site: Accounts, path: string, email: string): Promise<unknown[]> {
  const visitor = site.visitor()
  await visitor.get(path)
  const begun = performance.now()
  const response = await visitor.post(path, { email })
  expect(performance.now() - begun).toBeLessThan(5000)
  const names = [...response.headers.keys()].toSorted()
  return [response.status, response.headers.get('location'), names, await response.text()]
}

describe.each(['refuses', 'hangs', 'hangs up'] as const)('a mail server that %s', (trouble) => {
  test('A7: tells nobody who has an account, and gets every mail once it is well', async () => {
    const { port, heal, arrived } = await troubledServer(trouble)
    const events: MailEvent[] = []
    const site = await siteWith(
      port,
      trouble === 'hangs' ? 0.4 : 5,
      events,
      Array.from({ length: 40 }, () => 0.2),
    )
    for (const path of ['/accounts/password_reset/', '/accounts/register/']) {
      const [known, unknown] = [await answerTo(site, path, 'ada@example.com'), await answerTo(site, path, 'nobody@example.com')]
      expect(known).toEqual(unknown)
      expect(known[0]).toBe(303)
    }
    // The first tries came to nothing.
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(arrived()).toEqual([])
    heal()
    await site.auth.idle()
    // A new password for ada; a link to register, and a word to ada that she has an account.
    // One that the site no longer waited for may come twice.
    const mails = trouble === 'hangs' ? [...new Set(arrived())] : arrived()
    expect(mails.map((one) => one.replace(/:.*/, '')).toSorted()).toEqual(['ada@example.com', 'ada@example.com', 'nobody@example.com'])
    expect([events, site.errors]).toEqual([[], []])
  })

  test('does not keep a site from closing, and what was not sent is told', async () => {
    const { port, arrived } = await troubledServer(trouble)
    const events: MailEvent[] = []
    const site = await siteWith(port, trouble === 'hangs' ? 0.4 : 5, events, [60, 60])
    await answerTo(site, '/accounts/password_reset/', 'ada@example.com')
    const begun = performance.now()
    await site.close()
    // One more try; the ten that a site may take are for servers that are slow.
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(arrived()).toEqual([])
    expect(events).toMatchObject([{ purpose: 'passwordReset', recipient: 'a***@example.com' }])
  })
})
