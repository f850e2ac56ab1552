import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readMail } from '../../test/mail/read-mail.js'
import { checkMail } from './checks.js'
import { consoleTransport } from './console-transport.js'
import { fileTransport } from './file-transport.js'
import { createMailer } from './mailer.js'
import { memoryTransport } from './memory-transport.js'
import { composeMessage, type NewMessage } from './message.js'
import { smtpTransport } from './smtp-transport.js'

const LINK = `https://shop.example/accounts/reset/MQ/${'abc-123'.repeat(20)}/`
const message = (changes: Partial<NewMessage> = {}) =>
  composeMessage(
    { to: { address: 'ada@example.com', name: 'Ada “the first” Lovelace' }, subject: 'Grüße, 👩‍🚀', text: `Hello\n\n${LINK}\n`, ...changes },
    { from: { address: 'shop@example.com', name: 'The "shop", really' }, date: new Date('2026-11-23T08:00:00Z') },
  )

describe('memoryTransport', () => {
  test('keeps mails, finds links, and is emptied', async () => {
    const mailbox = memoryTransport()
    expect(() => mailbox.last).toThrow(/mailer.idle\(\)/)
    await mailbox.send(message())
    await mailbox.send(message({ to: { address: 'eve@example.com' }, text: `Twice <${LINK}> and ${LINK} and http://b.test/` }))
    expect(mailbox.messages).toHaveLength(2)
    expect(mailbox.last.to.address).toBe('eve@example.com')
    expect(mailbox.to('ada@example.com')).toHaveLength(1)
    expect(mailbox.linksIn()).toEqual([LINK, 'http://b.test/'])
    expect(mailbox.linksIn(mailbox.messages[0])).toEqual([LINK])
    mailbox.clear()
    expect(mailbox.messages).toEqual([])
  })
})

describe('consoleTransport', () => {
  test('prints a readable mail with its link in one piece', async () => {
    let printed = ''
    await consoleTransport({ write: (text) => (printed += text) }).send(message({ replyTo: { address: 'help@example.com' } }))
    expect(printed).toContain(
      'From: The "shop", really <shop@example.com>\nTo: Ada “the first” Lovelace <ada@example.com>\nReply-To: help@example.com\nSubject: Grüße, 👩‍🚀\n',
    )
    expect(printed.split('\n')).toContain(LINK)
  })

  test('prints nothing that moves the cursor, clears the screen or turns text around', async () => {
    let printed = ''
    const text = 'a\u001b[2J\u001b]0;title\u0007b\r\nc\rd\u009b31m\u202ee\u2066f\u2028g\0h\bi\tj'
    await consoleTransport({ write: (one) => (printed += one) }).send(message({ text }))
    expect(printed).not.toMatch(/(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    expect(printed).toContain('a[2J]0;titleb\nc\nd31mefghi\tj')
  })
})

describe('fileTransport', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_mail_'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('writes a file for each mail, for its owner only, under a name nobody guesses', async () => {
    const box = join(folder, 'new', 'box')
    const transport = fileTransport(box)
    await Promise.all(Array.from({ length: 5 }, async () => transport.send(message())))
    const files = readdirSync(box)
    expect(new Set(files).size).toBe(5)
    for (const file of files) {
      expect(file).toMatch(/^2026-11-23T08-00-00-000Z-[A-Za-z0-9]{22}\.eml$/)
      expect(statSync(join(box, file)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(box).mode & 0o777).toBe(0o700)
  })

  test('what it writes reads back as the mail it was', async () => {
    const box = join(folder, 'read')
    const long = 'ünïcödé 👩‍🚀 '.repeat(12).trim()
    await fileTransport(box).send(
      message({
        subject: long,
        html: `<p>Grüße ${LINK}</p>`,
        headers: { 'X-Shop': '=?utf-8?Q?ascii?=' },
        replyTo: { address: 'help@example.com', name: long },
      }),
    )
    const [file = ''] = readdirSync(box)
    const raw = readFileSync(join(box, file), 'latin1')
    const { headers, text, html } = readMail(raw)
    expect(Object.fromEntries(headers)).toMatchObject({
      from: ['"The \\"shop\\", really" <shop@example.com>'],
      to: ['Ada “the first” Lovelace <ada@example.com>'],
      'reply-to': [`${long} <help@example.com>`],
      subject: [long],
      'x-shop': ['=?utf-8?Q?ascii?='],
      date: ['Mon, 23 Nov 2026 08:00:00 +0000'],
    })
    expect(text).toBe(`Hello\n\n${LINK}\n`)
    expect(html).toBe(`<p>Grüße ${LINK}</p>\n`)
    for (const line of raw.split('\r\n\r\n')[0]?.split('\r\n') ?? []) expect(line.length).toBeLessThan(100)
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  test('says why it could not write, without the mail', async () => {
    const file = join(folder, 'taken')
    writeFileSync(file, '')
    await expect(fileTransport(file).send(message())).rejects.toThrow(/^could not be written: E[A-Z]+$/)
  })
})

describe('checkMail', () => {
  test('warns of mails that stay on this machine, and of a sender nobody can answer', () => {
    expect(checkMail(createMailer()).map((one) => one.id)).toEqual(['portcullis.mail.W001', 'portcullis.mail.W002'])
    expect(checkMail(createMailer({ transport: smtpTransport('smtp://mail.example'), from: 'shop@example.com' }))).toEqual([])
  })
})
