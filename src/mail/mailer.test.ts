import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { FixedClock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { describeMailEvent, type MailEvent } from './mail-event.js'
import { createMailer, type MailerOptions } from './mailer.js'
import { memoryTransport } from './memory-transport.js'
import { InvalidMail, type MailMessage, type NewMessage } from './message.js'
import { MailNotSent, type MailTransport } from './transport.js'

const hello = (address = 'ada@example.com'): NewMessage => ({ to: { address }, subject: 'Hello', text: 'Good morning.' })

/** A mailer whose events are kept, and whose further tries follow at once. */
function mailerWith(options: MailerOptions = {}) {
  const events: MailEvent[] = []
  return { events, mailer: createMailer({ retryAfter: [0, 0, 0], onError: (event) => events.push(event), ...options }) }
}

/** A transport that does as told. */
function transportOf(send: (message: MailMessage) => Promise<void> | void): MailTransport & { readonly tried: string[] } {
  const tried: string[] = []
  return {
    name: 'test',
    tried,
    send: async (message) => {
      tried.push(message.to.address)
      await send(message)
    },
  }
}

const temporary = (): never => {
  throw new MailNotSent('450 at RCPT TO', { isTemporary: true })
}

describe('queue', () => {
  test('returns at once, and the mail leaves later', async () => {
    const mailbox = memoryTransport()
    const { mailer } = mailerWith({ transport: mailbox })
    mailer.queue(hello())
    await new Promise(setImmediate)
    expect(mailbox.messages).toEqual([])
    await mailer.idle()
    expect(mailbox.messages).toHaveLength(1)
  })

  test('sends by itself, without anybody waiting', async () => {
    const mailbox = memoryTransport()
    mailerWith({ transport: mailbox }).mailer.queue(hello())
    await vi.waitFor(() => expect(mailbox.messages).toHaveLength(1))
  })

  test('what makes the mail runs when it is sent: its work is in no response', async () => {
    const mailbox = memoryTransport()
    const { mailer } = mailerWith({ transport: mailbox })
    const made: string[] = []
    mailer.queue(async () => {
      made.push('made')
      return hello()
    })
    mailer.queueTemplate('welcome', {
      to: { address: 'eve@example.com' },
      context: () => {
        made.push('told')
        return { siteName: 'The shop', userName: 'eve', link: 'https://shop.example/login/' }
      },
    })
    // Longer than a response takes that writes a session first.
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(made).toEqual([])
    await mailer.idle()
    expect(made).toEqual(['made', 'told'])
    expect(mailbox.last.subject).toBe('Welcome to The shop')
    expect(mailbox.linksIn()).toEqual(['https://shop.example/login/'])
  })

  test('mails are dated by the clock, come from the sender, and say that a machine wrote them', async () => {
    const mailbox = memoryTransport()
    const clock = new FixedClock('2026-11-23T08:00:00Z')
    const { mailer } = mailerWith({ transport: mailbox, clock, from: { name: 'The shop', address: 'shop@example.com' } })
    mailer.queue(hello())
    mailer.queue({ ...hello(), from: { address: 'other@example.com' }, headers: { 'auto-submitted': 'no' } })
    await mailer.idle()
    const [first, second] = mailbox.messages
    expect(first).toMatchObject({
      date: clock.now(),
      from: { name: 'The shop', address: 'shop@example.com' },
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    expect(second).toMatchObject({ from: { address: 'other@example.com' }, headers: { 'auto-submitted': 'no' } })
  })

  test('A5: a server that is down is logged and nothing is thrown; other mails go on', async () => {
    const transport = transportOf((message) => {
      if (message.to.address.startsWith('bad')) throw new MailNotSent('ECONNREFUSED', { isTemporary: true })
    })
    const { mailer, events } = mailerWith({ transport })
    mailer.queue(hello('bad@example.com'), { purpose: 'passwordReset', reference: '42' })
    mailer.queue(hello('good@example.com'))
    await mailer.idle()
    expect(transport.tried.filter((one) => one === 'bad@example.com')).toHaveLength(4)
    expect(transport.tried.filter((one) => one === 'good@example.com')).toHaveLength(1)
    expect(events).toMatchObject([
      { type: 'failed', purpose: 'passwordReset', reference: '42', recipient: 'b***@example.com', attempts: 4, reason: 'ECONNREFUSED' },
    ])
  })

  test('A5: nothing a request hands over is thrown back at it', async () => {
    const { mailer, events } = mailerWith({ transport: memoryTransport() })
    const odd: unknown[] = [null, undefined, 7, {}, { to: null }, hello('a@b.test, c@d.test'), { ...hello(), subject: 'a\nBcc: c@d.test' }]
    for (const one of odd) mailer.queue(one as NewMessage)
    mailer.queue(() => {
      throw new TypeError('the token is canary')
    })
    mailer.queueTemplate('welcome', {} as never)
    mailer.queueTemplate('welcome', { to: { address: 'ada@example.com' }, context: { siteName: 'x', userName: 'x', link: '/path' } })
    await mailer.idle()
    expect(events.map((one) => one.type)).toEqual(Array(odd.length + 3).fill('invalid'))
    expect(events.map(describeMailEvent).join('\n')).not.toContain('canary')
  })

  test('tries again where that may help, and keeps what it made', async () => {
    let failures = 2
    const make = vi.fn(() => hello())
    const transport = transportOf(() => {
      if (failures-- > 0) temporary()
    })
    const { mailer, events } = mailerWith({ transport })
    mailer.queue(make)
    await mailer.idle()
    expect(transport.tried).toHaveLength(3)
    expect(make).toHaveBeenCalledTimes(1)
    expect(events).toEqual([])
  })

  test('does not try again what was refused for good, or what nobody knows', async () => {
    for (const error of [new MailNotSent('550 at RCPT TO'), new Error('?'), Object.assign(new Error('?'), { code: 'EWHATEVER' }), 'text', null]) {
      const transport = transportOf(() => {
        throw error
      })
      const { mailer, events } = mailerWith({ transport })
      mailer.queue(hello())
      await mailer.idle()
      expect(transport.tried).toHaveLength(1)
      expect(events).toHaveLength(1)
    }
  })

  test('waits between tries without holding up others', async () => {
    const transport = transportOf((message) => {
      if (message.to.address.startsWith('bad')) temporary()
    })
    const { mailer } = mailerWith({ transport, retryAfter: [60], concurrency: 1 })
    mailer.queue(hello('bad@example.com'))
    mailer.queue(hello('good@example.com'))
    await vi.waitFor(() => expect(transport.tried).toEqual(['bad@example.com', 'good@example.com']))
    await mailer.close()
  })

  test('drops the newest when it is full, and says so', async () => {
    const mailbox = memoryTransport()
    const { mailer, events } = mailerWith({ transport: mailbox })
    for (let number = 0; number < 1002; number++) mailer.queue(hello(`user${number}@example.com`))
    expect(events.map((one) => [one.type, one.recipient])).toEqual(Array(2).fill(['dropped', 'u***@example.com']))
    await mailer.idle()
    expect(mailbox.messages).toHaveLength(1000)
    expect(mailbox.last.to.address).toBe('user999@example.com')
    mailer.queue(hello('later@example.com'))
    await mailer.idle()
    expect(mailbox.messages).toHaveLength(1001)
  })

  test('sends a few at a time', async () => {
    let running = 0
    let most = 0
    const transport = transportOf(async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 1))
      running -= 1
    })
    const { mailer } = mailerWith({ transport, concurrency: 3 })
    for (let number = 0; number < 30; number++) mailer.queue(hello())
    await mailer.idle()
    expect(most).toBe(3)
  })

  test('leaves the request that queues: its transaction is over when the mail is made', async () => {
    const inside = new AsyncLocalStorage<string>()
    const { mailer } = mailerWith({ transport: memoryTransport() })
    const seen: unknown[] = []
    const make = () => {
      seen.push(inside.getStore())
      return hello()
    }
    inside.run('a transaction', () => mailer.queue(make))
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    mailer.queue(make)
    await inside.run('another', async () => mailer.idle())
    expect(seen).toEqual([undefined, undefined])
  })
})

describe('K4: a log of failures', () => {
  test('shows no recipient, no text, no link and no token, whatever the transport throws', async () => {
    const secret = 'https://shop.example/reset/MQ/canary-token/'
    const thrown = Object.assign(new Error(`550 <ada@example.com> rejected: ${secret}`), {
      response: secret,
      code: secret,
      name: secret,
      cause: secret,
    })
    for (const error of [thrown, new MailNotSent('550 at DATA', { caught: thrown }), secret, { code: secret }]) {
      const { mailer, events } = mailerWith({
        transport: transportOf(() => {
          throw error
        }),
      })
      mailer.queue({ ...hello(), text: secret, html: secret }, { purpose: 'passwordReset' })
      await mailer.idle()
      const [event] = events
      const shown = `${inspect(event, { depth: 9, showHidden: true })} ${JSON.stringify(event)} ${describeMailEvent(event as MailEvent)}`
      expect(shown).not.toMatch(/canary|ada@|Good morning/)
      expect(event?.error.reveal()).toBe(error)
    }
  })

  test('is a line on standard error unless the application takes it, and a log that throws stops nothing', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      const transport = transportOf(temporary)
      for (const onError of [
        undefined,
        () => {
          throw new Error('the log is full')
        },
        async () => Promise.reject(new Error('the log is away')),
      ]) {
        const mailer = createMailer({ transport, retryAfter: [], ...(onError === undefined ? {} : { onError }) })
        mailer.queue(hello(), { purpose: 'welcome', reference: '42' })
        await mailer.idle()
      }
      await vi.waitFor(() =>
        expect(printed.mock.calls).toEqual(Array(3).fill(['The mail welcome to a***@example.com (42) was not sent: 450 at RCPT TO'])),
      )
    } finally {
      printed.mockRestore()
    }
  })

  test('says how often it was tried', async () => {
    const { mailer, events } = mailerWith({ transport: transportOf(temporary), retryAfter: [0] })
    mailer.queue(hello())
    await mailer.idle()
    expect(events.map(describeMailEvent)).toEqual(['A mail to a***@example.com was not sent after 2 tries: 450 at RCPT TO'])
  })
})

describe('sendNow', () => {
  test('sends before it returns, and throws what went wrong', async () => {
    const mailbox = memoryTransport()
    await createMailer({ transport: mailbox }).sendNow(hello())
    expect(mailbox.messages).toHaveLength(1)
    await expect(createMailer({ transport: transportOf(temporary) }).sendNow(hello())).rejects.toThrow(MailNotSent)
    await expect(createMailer({ transport: mailbox }).sendNow(hello('a@b.test,c@d.test'))).rejects.toThrow(InvalidMail)
  })
})

describe('close', () => {
  test('sends what is queued, gives what waits for another try its last, takes nothing more and ends connections', async () => {
    const close = vi.fn()
    const transport = transportOf((message) => {
      if (message.to.address.startsWith('bad')) temporary()
    })
    const { mailer, events } = mailerWith({ transport: { ...transport, close }, retryAfter: [3600, 3600] })
    mailer.queue(hello('bad@example.com'))
    await vi.waitFor(() => expect(transport.tried).toHaveLength(1))
    mailer.queue(hello('good@example.com'))
    await mailer.close()
    expect(transport.tried).toEqual(['bad@example.com', 'bad@example.com', 'good@example.com'])
    mailer.queue(hello('late@example.com'))
    expect(events).toMatchObject([
      { type: 'failed', recipient: 'b***@example.com', attempts: 2 },
      { type: 'dropped', recipient: 'l***@example.com' },
    ])
    expect(close).toHaveBeenCalledOnce()
  })

  test('does not wait for ever', async () => {
    vi.useFakeTimers()
    try {
      const { mailer, events } = mailerWith({ transport: transportOf(async () => new Promise(() => undefined)), concurrency: 1 })
      mailer.queue(hello('stuck@example.com'))
      mailer.queue(hello('behind@example.com'))
      const closed = mailer.close()
      await vi.advanceTimersByTimeAsync(10_000)
      await closed
      expect(events.map((one) => [one.type, one.recipient]).sort()).toEqual([
        ['dropped', 'b***@example.com'],
        ['dropped', 's***@example.com'],
      ])
    } finally {
      vi.useRealTimers()
    }
  })
})

test('a transport that never answers loses its place after two minutes, and the mail is not sent twice', async () => {
  vi.useFakeTimers()
  try {
    const transport = transportOf(async () => new Promise(() => undefined))
    const { mailer, events } = mailerWith({ transport })
    mailer.queue(hello())
    await vi.advanceTimersByTimeAsync(130_000)
    expect(transport.tried).toHaveLength(1)
    expect(events).toMatchObject([{ type: 'failed', reason: 'no answer from the transport within 120 seconds' }])
  } finally {
    vi.useRealTimers()
  }
})

describe('createMailer', () => {
  test('refuses a sender that is not one address, and numbers that make no sense', () => {
    for (const from of ['The shop <shop@example.com>', 'a@b.test, c@d.test', '', { address: 'x' }, { address: 'a@b.test', name: 'a\nb' }])
      expect(() => createMailer({ from })).toThrow(ImproperlyConfigured)
    for (const numbers of [{ queueLimit: 0 }, { concurrency: 1.5 }, { retryAfter: [-1] }, { retryAfter: [Number.NaN] }])
      expect(() => createMailer(numbers)).toThrow(ImproperlyConfigured)
  })
})
