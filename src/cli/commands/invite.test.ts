import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { createMailbox } from '../../testing.js'
import { Misuse } from '../errors.js'
import { invite } from './invite.js'

describe('invite', () => {
  const mailbox = createMailbox()
  const auth = portcullis({ ...quick, database: sqlite(':memory:'), baseUrl: 'https://shop.example', mail: { transport: mailbox } })
  beforeAll(async () => {
    await auth.migrate()
    await auth.groups.create({ name: 'editors' })
  })
  afterAll(() => auth.close())

  test('prints the link, and mails it if told to', async () => {
    const made = await invite(contextFor(auth), 'ada@example.com', { group: ['editors'], days: '2', mail: true })
    expect(made.exitCode).toBe(0)
    expect(made.text).toMatch(/^https:\/\/shop\.example\/accounts\/invitation\/[0-9a-z]{22}\/[^/]+\/\n/)
    await auth.idle()
    expect(mailbox.linksIn()[0]).toBe(made.text.split('\n')[0])
    const { text } = await invite(contextFor(auth), undefined, { list: true })
    expect(text).toContain('ada@example.com')
    const [{ id } = { id: '' }] = await auth.invitations.list()
    expect((await invite(contextFor(auth), undefined, { revoke: id })).exitCode).toBe(0)
    expect((await invite(contextFor(auth), undefined, { revoke: id })).exitCode).toBe(1)
    expect((await invite(contextFor(auth), undefined, { list: true })).text).toBe('Nobody is invited.')
  })

  test('mails nothing unless told to, and says what is missing', async () => {
    mailbox.clear()
    await invite(contextFor(auth), 'grace@example.com', {})
    await auth.idle()
    expect(mailbox.messages).toEqual([])
    await expect(invite(contextFor(auth), undefined, {})).rejects.toThrow(Misuse)
    await expect(invite(contextFor(auth), 'lise@example.com', { days: 'many' })).rejects.toThrow(/--days/)
  })
})
