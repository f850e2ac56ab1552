import fc from 'fast-check'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { domainToASCII } from 'node:url'
import type nodemailer from 'nodemailer'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { MailEvent } from '../../src/mail/mail-event.js'
import { createMailer, type MailerOptions } from '../../src/mail/mailer.js'
import { composeMessage, isMailAddress, type NewMessage } from '../../src/mail/message.js'
import type { SmtpOptions } from '../../src/mail/smtp-options.js'
import { smtpTransport, type Nodemailer } from '../../src/mail/smtp-transport.js'
import { MailNotSent, type MailTransport } from '../../src/mail/transport.js'
import { runChild } from '../support/child-process.js'
import { certificate, startMailServer, type MailServer } from './mail-server.js'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function serverWith(options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> {
  const server = await startMailServer(options)
  opened.push(server.close)
  return server
}

function transportTo(server: { readonly port: number }, options: Partial<SmtpOptions> = {}): MailTransport {
  const transport = smtpTransport({ host: '127.0.0.1', port: server.port, ...options })
  opened.push(async () => transport.close?.())
  return transport
}

function mailerTo(transport: MailTransport, options: MailerOptions = {}) {
  const events: MailEvent[] = []
  const mailer = createMailer({
    transport,
    from: { address: 'shop@example.com', name: 'The shop' },
    retryAfter: [0.05],
    onError: (event) => events.push(event),
    ...options,
  })
  return { mailer, events }
}

const mail = (changes: Partial<NewMessage> = {}) =>
  composeMessage(
    { to: { address: 'ada@example.com' }, subject: 'Hello', text: 'Good morning.', ...changes },
    { from: { address: 'shop@example.com' } },
  )

/** An address as domain names are looked up. */
function onTheWire(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1).toLowerCase()
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`
}

/** What a promise was refused with. */
async function refusal(promise: Promise<unknown>): Promise<MailNotSent> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MailNotSent)) throw new Error('That should have been refused.', { cause: error })
  return error
}

/** A server that says what it is told to. */
async function scriptedServer(converse: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    converse(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  opened.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port }
}

describe('a mail through a mail server', () => {
  test('arrives as it was, whatever the script', async () => {
    const server = await serverWith()
    const subject = 'Grüße an 👩‍🚀 und Дмитрий, 山田さん: '.repeat(4).trim()
    const text = `Hallo Jürgen\n\n.\n..\nFrom the start\n${'https://shop.example/reset/MQ/'.padEnd(300, 'ä')}\n`
    await transportTo(server).send(
      mail({
        to: { address: 'ada@exämple.de', name: 'Ada "the first", Lovelace' },
        replyTo: { address: 'help@example.com', name: 'Hülfe; <x@evil.test>' },
        subject,
        text,
        html: '<p>Grüße &amp; 👩‍🚀</p>\n',
        headers: { 'X-Shop': 'yes: ä' },
      }),
    )
    const [received] = server.received
    expect(received).toMatchObject({
      sender: 'shop@example.com',
      recipients: ['ada@exämple.de'],
      isEncrypted: false,
      text,
      html: '<p>Grüße &amp; 👩‍🚀</p>\n',
    })
    expect(received?.headers.get('subject')).toEqual([subject])
    expect(received?.headers.get('to')).toEqual(['"Ada \\"the first\\", Lovelace" <ada@xn--exmple-cua.de>'])
    expect(received?.headers.get('reply-to')).toEqual(['Hülfe; <x@evil.test> <help@example.com>'])
    expect(received?.headers.get('x-shop')).toEqual(['yes: ä'])
    expect(received?.headers.has('x-mailer')).toBe(false)
    // Encoded words: on the wire there is nothing but ASCII, and the < of the name is no < of the header.
    expect(received?.raw).toMatch(/^[\0-\x7f]*$/)
    expect(received?.raw).not.toContain('<x@evil.test>')
  })

  test('logs in with user and password, and with wrong ones it is not tried again', async () => {
    const server = await serverWith({ authOptional: false, allowInsecureAuth: true })
    await transportTo(server, { user: 'shop', password: 'open sesame' }).send(mail())
    expect(server.received).toMatchObject([{ user: 'shop' }])
    const error = await refusal(transportTo(server, { user: 'shop', password: 'canary' }).send(mail()))
    expect(error.isTemporary).toBe(false)
    expect(error.message).toBe('535 at AUTH PLAIN')
    expect(server.logins).toEqual(['shop:open sesame', 'shop:canary'])
  })

  test('several share connections', async () => {
    const server = await serverWith()
    const { mailer } = mailerTo(transportTo(server, { connections: 2 }), { concurrency: 5 })
    for (let number = 0; number < 30; number++) mailer.queue({ to: { address: `user${number}@example.com` }, subject: 'Hello', text: 'x' })
    await mailer.idle()
    expect(server.received).toHaveLength(30)
    expect(server.connections).toBe(2)
  })

  test('a closed transport opens new connections', async () => {
    const server = await serverWith()
    const transport = transportTo(server)
    await transport.send(mail())
    await transport.close?.()
    await transport.send(mail())
    expect(server.received).toHaveLength(2)
    expect(server.connections).toBe(2)
  })
})

describe('encryption', () => {
  test('STARTTLS with a certificate that is trusted', async () => {
    const server = await serverWith({ authOptional: false })
    await transportTo(server, { tls: 'starttls', ca: certificate, user: 'shop', password: 'open sesame' }).send(mail())
    expect(server.received).toMatchObject([{ isEncrypted: true, user: 'shop' }])
  })

  test('encryption from the first byte', async () => {
    const server = await serverWith({ secure: true })
    await transportTo(server, { tls: 'implicit', ca: certificate }).send(mail())
    expect(server.received).toMatchObject([{ isEncrypted: true }])
  })

  test.each(['starttls', 'implicit'] as const)('K6: a certificate nobody vouches for: nothing is sent (%s)', async (tls) => {
    const server = await serverWith({ secure: tls === 'implicit' })
    const transport = transportTo(server, { tls, user: 'shop', password: 'open sesame' })
    for (const times of [1, 2]) {
      const error = await refusal(transport.send(mail()))
      expect(error.message).toMatch(/^no encrypted connection, so nothing was sent: .*(?:self[- ]signed|SELF_SIGNED)/)
      expect(error.isTemporary).toBe(false)
      expect([server.received, server.senders, server.logins]).toEqual([[], [], []])
      expect(server.connections).toBeLessThanOrEqual(times)
    }
    await transportTo(server, { tls, rejectUnauthorized: false }).send(mail())
    expect(server.received).toMatchObject([{ isEncrypted: true }])
  })

  test('K6: a certificate for another name: nothing is sent', async () => {
    const server = await serverWith()
    expect((await refusal(transportTo(server, { tls: 'starttls', ca: certificate, servername: 'mail.example' }).send(mail()))).message).toMatch(
      /nothing was sent: ERR_TLS_CERT_ALTNAME_INVALID/,
    )
    expect(server.senders).toEqual([])
    await transportTo(server, { tls: 'starttls', ca: certificate, servername: 'localhost' }).send(mail())
    expect(server.received).toHaveLength(1)
  })

  test('K6: without STARTTLS nothing is sent, the password neither, and the connection is not used again', async () => {
    const server = await serverWith({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const transport = transportTo(server, { tls: 'starttls', ca: certificate, user: 'shop', password: 'open sesame' })
    for (const times of [1, 2]) {
      const error = await refusal(transport.send(mail()))
      expect(error.message).toBe('no encrypted connection, so nothing was sent: the server does not offer STARTTLS')
      expect(error.isTemporary).toBe(false)
      expect(server.connections).toBe(times)
    }
    expect([server.received, server.senders, server.logins]).toEqual([[], [], []])
  })

  test('K6: an offer that was taken away is asked for all the same', async () => {
    const server = await serverWith({ hideSTARTTLS: true })
    await transportTo(server, { tls: 'starttls', ca: certificate }).send(mail())
    expect(server.received).toMatchObject([{ isEncrypted: true }])
  })

  test('goes in the clear where that is said, and to this machine', async () => {
    const server = await serverWith({ disabledCommands: ['STARTTLS'] })
    await transportTo(server, { tls: 'none' }).send(mail())
    const local = smtpTransport(`smtp://localhost:${server.port}`)
    opened.push(async () => local.close?.())
    await local.send(mail())
    expect(server.received).toMatchObject([{ isEncrypted: false }, { isEncrypted: false }])
  })
})

describe('B3, B4: nobody slips a recipient or a header in', () => {
  test('through addresses, names, subjects and headers of any kind', async () => {
    const server = await serverWith()
    const transport = transportTo(server)
    const evil = fc.constantFrom(
      '\r\nBcc: eve@evil.test\r\n',
      '\nBcc: eve@evil.test',
      ', eve@evil.test',
      '; <eve@evil.test>',
      '"',
      '\\',
      '<',
      '>',
      '(',
      '=?utf-8?Q?=0ABcc:_eve@evil.test?=',
      '\0',
      '\u2028',
      '%0d%0aBcc:eve@evil.test',
      '.',
      ' ',
    )
    const line = fc
      .array(fc.oneof(evil, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 5 })
      .map((parts) => parts.join(''))
    const address = fc.oneof(
      fc.constant('ada@example.com'),
      fc.emailAddress(),
      line.map((text) => `ada${text}@example.com`),
      line.map((text) => `ada@example.com${text}`),
    )
    let sent = 0
    await fc.assert(
      fc.asyncProperty(address, line, line, line, async (to, name, subject, header) => {
        const compose = () => mail({ to: { address: to, name }, subject, headers: { 'X-Shop': header } })
        // Most of it does not even become a mail.
        if ([name, subject, header].some((text) => /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) || !isMailAddress(to)) {
          expect(compose).toThrow()
          return
        }
        await transport.send(compose())
        sent += 1
        const received = server.received.at(-1)
        expect(server.received).toHaveLength(sent)
        // The domain without its case, and as both spell it for the wire.
        expect(received?.recipients.map(onTheWire)).toEqual([onTheWire(to)])
        const ours = ['from', 'to', 'subject', 'x-shop', 'message-id', 'date', 'mime-version', 'content-type', 'content-transfer-encoding']
        expect(ours).toEqual(expect.arrayContaining([...(received?.headers.keys() ?? [])]))
        for (const values of received?.headers.values() ?? []) expect(values).toHaveLength(1)
        expect(received?.text.trim()).toBe('Good morning.')
      }),
      { numRuns: 300 },
    )
    expect(sent).toBeGreaterThan(20)
  })
})

describe('A5: a mail server in trouble', () => {
  test('that is down is logged, nothing is thrown, and it is tried again', async () => {
    const server = await startMailServer()
    await server.close()
    const { mailer, events } = mailerTo(transportTo(server))
    mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'x' }, { purpose: 'passwordReset', reference: '7' })
    await mailer.idle()
    expect(events).toMatchObject([{ type: 'failed', attempts: 2, recipient: 'a***@example.com', reference: '7' }])
    expect(events[0]?.reason).toMatch(/ECONNREFUSED|ESOCKET/)
  })

  test('that does not want a mail yet is asked again; the others arrive meanwhile', async () => {
    let refusals = 1
    const server = await serverWith({
      onRcptTo: ({ address }, _session, callback) => {
        if (address.startsWith('grey') && refusals-- > 0) callback(Object.assign(new Error('come back later'), { responseCode: 450 }))
        else if (address.startsWith('nobody'))
          callback(Object.assign(new Error(`<${address}> is unknown, see https://canary.test`), { responseCode: 550 }))
        else callback()
      },
    })
    const { mailer, events } = mailerTo(transportTo(server))
    for (const name of ['grey', 'nobody', 'ada']) mailer.queue({ to: { address: `${name}@example.com` }, subject: 'Hello', text: 'x' })
    await mailer.idle()
    expect(server.received.map((one) => one.recipients)).toEqual([['ada@example.com'], ['grey@example.com']])
    expect(events).toMatchObject([{ type: 'failed', attempts: 1, recipient: 'n***@example.com', reason: '550 at RCPT TO' }])
    // K4: what the server said is there for who asks, and in no log.
    expect(JSON.stringify(events)).not.toContain('canary')
    const thrown = events[0]?.error.reveal()
    expect(thrown instanceof MailNotSent && String(thrown.caught.reveal())).toContain('canary')
  })

  test('that never comes to an end is left after the time that a mail may take', async () => {
    const server = await scriptedServer((socket) => {
      const drip = setInterval(() => socket.write('220-patience\r\n'), 50)
      socket.on('close', () => clearInterval(drip))
    })
    const begun = performance.now()
    expect((await refusal(transportTo(server, { timeout: 0.5 }).send(mail()))).isTemporary).toBe(true)
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('that hangs up is another matter for the next mail', async () => {
    let hangUps = 1
    const server = await serverWith({
      onMailFrom: (_address, _session, callback) => {
        if (hangUps-- > 0) callback(Object.assign(new Error('closing'), { responseCode: 421 }))
        else callback()
      },
    })
    const { mailer, events } = mailerTo(transportTo(server))
    mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'x' })
    await mailer.idle()
    expect(server.received).toHaveLength(1)
    expect(events).toEqual([])
  })
})

test('nodemailer fits the part of it that is used', () => {
  expectTypeOf<typeof nodemailer>().toExtend<Nodemailer>()
})

test('nodemailer that is not installed is named when the first mail leaves, and nothing of it is loaded before', async () => {
  const without = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(specifier, context, next) {
      if (specifier === 'nodemailer') throw Object.assign(new Error("Cannot find package 'nodemailer'"), { code: 'ERR_MODULE_NOT_FOUND' })
      if (specifier.includes('built-in')) console.log('loads the templates')
      return next(specifier, context)
    } })`)}`
  const said = await runChild(
    `
    import { createMailer, smtpTransport } from './src/mail.js'
    const mailer = createMailer({ transport: smtpTransport('smtp://localhost'), from: 'shop@example.com', onError: (event) => console.log(event.reason) })
    mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'x' })
    await mailer.idle()
    await mailer.sendNow({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'x' }).catch((error) => console.log(error.name, error.message))`,
    [],
    ['--import', without],
  )
  const remedy = 'The package nodemailer is not installed. Run `npm install nodemailer`.'
  expect(said).toBe(`${remedy}\nImproperlyConfigured ${remedy}\n`)
}, 20_000)
