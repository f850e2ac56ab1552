import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeMessage, InvalidMail, isMailAddress, maskAddress, type NewMessage } from './message.js'

const from = { address: 'shop@example.com' }
const plain: NewMessage = { to: { address: 'ada@example.com' }, subject: 'Hello', text: 'Good morning.' }
const compose = (changes: object) => composeMessage({ ...plain, ...changes }, { from })
/** What ends a line somewhere, or ends a text. */
const BREAKS = ['\r', '\n', '\r\n', '\0', '\u2028', '\u2029', '\u0085', '\v', '\f', '\t']

describe('isMailAddress', () => {
  test.each(['ada@example.com', 'ada+shop@example.co.uk', "o'hara@example.com", 'ada@exämple.de', 'ada@localhost', 'a@[127.0.0.1]'])(
    'takes %s',
    (address) => {
      expect(isMailAddress(address)).toBe(true)
    },
  )

  test.each([
    'ada@example.com,eve@evil.test',
    'ada@example.com, eve@evil.test',
    'ada@example.com;eve@evil.test',
    'ada@example.com eve@evil.test',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    'ada@example.com (Ada)',
    'ada(Ada)@example.com',
    '"ada, eve"@example.com',
    '"ada@example.com"@evil.test',
    '"ada"@example.com',
    'friends: ada@example.com, eve@evil.test;',
    'ada@example.com＠evil.test',
    'ada@bank.test，eve@evil.test',
    'ada@@example.com',
    '@example.com',
    'ada@',
    'ada',
    '',
  ])('B3: refuses %s', (address) => {
    expect(isMailAddress(address)).toBe(false)
  })

  test.each(BREAKS)('B4: refuses a line break or control character %j anywhere', (sign) => {
    for (const address of [`${sign}ada@example.com`, `ada@example.com${sign}`, `ada${sign}@example.com`, `ada@example.com${sign}Bcc: eve@evil.test`])
      expect(isMailAddress(address)).toBe(false)
  })

  test('B3: takes no list, whatever plain JavaScript hands over', () => {
    for (const given of [['ada@example.com'], ['ada@example.com', 'eve@evil.test'], { address: 'ada@example.com' }, null, undefined, 7])
      expect(isMailAddress(given)).toBe(false)
  })

  test('B3, B4: what it takes has one @, no separator and no line break, whatever is tried', () => {
    const piece = fc.oneof(
      fc.constantFrom('ada@example.com', '@', ',', ';', ' ', '<', '>', '"', '(', ')', ':', '\\', ...BREAKS),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join('')
        if (isMailAddress(text)) expect(text).toMatch(/^[^@\s,;<>"():\\\p{Cc}]+@(?:[^@\s,;<>"():\\\p{Cc}]+|\[[\w.:]+\])$/u)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('composeMessage', () => {
  test('fills in the sender and the date, and leaves nothing to be changed afterwards', () => {
    const to = { address: 'ada@example.com', name: 'Ada' }
    const message = composeMessage({ ...plain, to }, { from, date: new Date(0) })
    to.address = 'eve@evil.test'
    expect(message).toEqual({ ...plain, to: { address: 'ada@example.com', name: 'Ada' }, from, headers: {}, date: new Date(0) })
    expect(Object.isFrozen(message) && Object.isFrozen(message.to)).toBe(true)
  })

  test.each(['to', 'from', 'replyTo'])('B3: %s is one address and nothing else', (place) => {
    for (const given of ['ada@example.com', ['ada@example.com'], [{ address: 'ada@example.com' }], { address: 'a@b.test, c@d.test' }, {}, null])
      expect(() => compose({ [place]: given })).toThrow(InvalidMail)
  })

  test.each(BREAKS)('B4: no header takes %j', (sign) => {
    const bad = `Hello${sign}Bcc: eve@evil.test`
    for (const changes of [
      { subject: bad },
      { to: { address: bad } },
      { to: { address: 'ada@example.com', name: bad } },
      { from: { address: 'ada@example.com', name: bad } },
      { replyTo: { address: 'ada@example.com', name: bad } },
      { headers: { 'X-Shop': bad } },
      { headers: { [`X-Shop${sign}Bcc`]: 'eve@evil.test' } },
    ])
      expect(() => compose(changes)).toThrow(InvalidMail)
  })

  test.each(['Bcc', 'bcc', 'To', 'CC', 'From', 'Sender', 'Reply-To', 'Subject', 'Content-Type', 'Resent-To', 'Return-Path', 'X: y', 'Ünicode', ''])(
    'B3: nobody is added with a header %j',
    (name) => {
      expect(() => compose({ headers: { [name]: 'eve@evil.test' } })).toThrow(InvalidMail)
    },
  )

  test('takes other headers, each once', () => {
    expect(compose({ headers: { 'X-Shop': 'yes' } }).headers).toEqual({ 'X-Shop': 'yes' })
    expect(() => compose({ headers: { 'X-Shop': '1', 'x-shop': '2' } })).toThrow(InvalidMail)
    expect(() => compose({ headers: { 'X-Shop': { prepared: true, value: 'a\r\nBcc: eve@evil.test' } } })).toThrow(InvalidMail)
  })

  test('takes only text as a body, never the path of a file', () => {
    for (const body of [{ path: 'package.json' }, Buffer.from('x'), undefined, null]) expect(() => compose({ text: body })).toThrow(InvalidMail)
    expect(() => compose({ html: { href: 'https://evil.test' } })).toThrow(InvalidMail)
  })

  test('K4: its refusals do not repeat what was refused', () => {
    const canary = 'canary\n'
    for (const changes of [
      { subject: canary },
      { to: { address: canary } },
      { to: { address: 'a@b.test', name: canary } },
      { headers: { 'X-Shop': canary } },
    ]) {
      expect(() => compose(changes)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('canary') }))
    }
  })
})

describe('maskAddress', () => {
  test.each([
    ['ada@example.com', 'a***@example.com'],
    ['👩‍🚀da@example.com', '***'],
    ['ab@example.com', '***@example.com'],
    ['a@example.com', '***@example.com'],
    ['ada@example.com, eve@evil.test', '***'],
    [undefined, '***'],
  ])('shows %s as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })
})
