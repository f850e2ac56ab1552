/**
 * Sends mails when nobody waits for them. A mail server that is down, slow or hostile changes no answer of the site, so that an answer
 * tells nobody whether a mail was on its way.
 * @module
 */

import { systemClock, type Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { lower } from '../base/text.js'
import { Secret } from '../base/secret.js'
import { consoleTransport } from './console-transport.js'
import { describeMailEvent, failureFrom, type MailEvent, type MailFailure, type MailSubject } from './mail-event.js'
import { WorkQueue } from './mail-queue.js'
import { checkAddress, composeMessage, maskAddress, type MailAddress, type MailMessage, type NewMessage } from './message.js'
import { renderMail, type MailContexts, type MailRendering, type MailTemplateName, type MailTemplates } from './render.js'
import { MailNotSent, type MailTransport } from './transport.js'

/** What an application may say of its mails. */
export interface MailOptions {
  /** What carries them. Default: `consoleTransport()`, which only prints them. */
  readonly transport?: MailTransport
  /** The sender: an address, or one with a name. Default `webmaster@localhost`. Django's `DEFAULT_FROM_EMAIL`. */
  readonly from?: string | MailAddress
  /** Mails of the site's own in other words, by name. */
  readonly templates?: MailTemplates
  /** Hears of every mail that was not sent. Default: a line on standard error. */
  readonly onError?: (event: MailEvent) => unknown
  /** Most mails that wait; a further one is dropped. Default 1,000. */
  readonly queueLimit?: number
  /** Most mails on their way at the same time. Default 3. */
  readonly concurrency?: number
  /** How long to wait before each further try, in seconds. Default: 2, 20 and 120. */
  readonly retryAfter?: readonly number[]
}

/** What a mailer is made of. */
export interface MailerOptions extends MailOptions, Omit<MailRendering, 'templates'> {
  /** Dates the mails. Default: the machine's. */
  readonly clock?: Clock
}

/** A mail of the site's own, to be rendered when it is sent. */
export interface TemplateMessage<Name extends MailTemplateName> extends MailSubject {
  readonly to: MailAddress
  /** What the mail tells; a function is asked when the mail is sent, so that its work delays no response. */
  readonly context: MailContexts[Name] | (() => MailContexts[Name] | Promise<MailContexts[Name]>)
  /** Asked when the mail is about to be sent, so that the question delays no response; false lets go of it without a word. */
  readonly isWanted?: () => boolean | Promise<boolean>
}

/** Sends mails. */
export interface Mailer {
  readonly transport: MailTransport
  /** The sender of mails that name none. */
  readonly from: MailAddress
  /** Takes a mail, or what makes one, and returns at once. Never throws: what becomes of it, `onError` hears. */
  queue(message: NewMessage | (() => NewMessage | Promise<NewMessage>), about?: MailSubject): void
  /** The same for one of the site's own mails. */
  queueTemplate<Name extends MailTemplateName>(name: Name, message: TemplateMessage<Name>): void
  /** Sends a mail and waits, for command lines. One try; throws `MailNotSent`, `InvalidMail` or `ImproperlyConfigured`. */
  sendNow(message: NewMessage): Promise<void>
  /** Waits until nothing is queued: for tests, and before the process ends. */
  idle(): Promise<void>
  /** Sends what is queued, for ten seconds at most, and ends connections. */
  close(): Promise<void>
}

/** Long enough for the response to leave first: what rendering and encryption cost must not be seen in it. In milliseconds. */
const START_AFTER = 100

/** A server that greylists takes the mail after a minute; one that restarts, after seconds. */
const RETRY_AFTER = [2, 20, 120]

/** No transport may keep a place in the queue for ever. In milliseconds. */
const DEADLINE = 120_000

const CLOSE_WITHIN = 10_000

/** Asks answering machines to keep quiet (RFC 3834). */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' }

/** A mail under way. What was put together is kept for the next try. */
interface Job {
  readonly to: unknown
  readonly about: MailSubject
  readonly make: () => NewMessage | Promise<NewMessage>
  readonly isWanted: () => boolean | Promise<boolean>
  made: MailMessage | null
}

/**
 * Makes a mailer.
 *
 * @throws ImproperlyConfigured when `from` is not one address, or a number makes no sense
 * @example
 * const mailer = createMailer({ transport: smtpTransport('smtp://mail.example'), from: { name: 'The shop', address: 'shop@example.com' } })
 * mailer.queue({ to: { address: 'ada@example.com' }, subject: 'Hello', text: 'Good morning.' })
 */
export function createMailer(options: MailerOptions = {}): Mailer {
  const { transport = consoleTransport(), clock = systemClock, onError = logEvent } = options
  checkNumbers(options)
  const from = senderFrom(options.from ?? 'webmaster@localhost')
  const compose = (message: NewMessage): MailMessage => composeMessage(asAutomatic(message), { from, date: clock.now() })

  const tell = (job: Job, event: Pick<MailEvent, 'type' | 'attempts' | 'reason' | 'error'>): void => {
    const { purpose = null, reference = null } = job.about
    report(onError, { ...event, purpose, reference, recipient: maskAddress(job.made?.to.address ?? job.to) })
  }
  const drop = (job: Job, reason: string): void => tell(job, { type: 'dropped', attempts: 0, reason, error: new Secret(null) })

  const queue = new WorkQueue<Job, MailFailure>({
    limit: options.queueLimit ?? 1000,
    concurrency: options.concurrency ?? 3,
    startAfter: START_AFTER,
    retryAfter: (options.retryAfter ?? RETRY_AFTER).map((seconds) => seconds * 1000),
    attempt: async (job) => {
      try {
        if (job.made === null && !(await job.isWanted())) return null
        job.made ??= compose(await job.make())
      } catch (error) {
        return failureFrom(error, 'invalid')
      }
      try {
        await sendWithin(DEADLINE, transport, job.made)
        return null
      } catch (error) {
        return failureFrom(error, 'failed')
      }
    },
    gaveUp: (job, { type, reason, error }, attempts) => tell(job, { type, attempts, reason, error }),
  })
  const add = (job: Job): void => {
    if (!queue.add(job)) drop(job, 'the queue is full or closed')
  }

  return {
    transport,
    from,
    queue: (message, about = {}) =>
      add({ to: recipientOf(message), about, make: typeof message === 'function' ? message : () => message, isWanted: always, made: null }),
    queueTemplate: (name, message) => {
      const { to, context, isWanted = always, ...about } = message
      const make = async (): Promise<NewMessage> => {
        const known = typeof context === 'function' ? await context() : context
        return { to, ...(await renderMail(name, known, options)) }
      }
      add({ to: recipientOf(message), about: { purpose: name, ...about }, make, isWanted, made: null })
    },
    sendNow: async (message) => sendWithin(DEADLINE, transport, compose(message)),
    idle: async () => queue.idle(),
    close: async () => {
      for (const job of await queue.close(CLOSE_WITHIN)) drop(job, 'the site was closed before it was sent')
      await transport.close?.()
    },
  }
}

function always(): boolean {
  return true
}

function logEvent(event: MailEvent): void {
  console.error(describeMailEvent(event))
}

/** A log that fails must not stop the queue. */
function report(onError: (event: MailEvent) => unknown, event: MailEvent): void {
  void (async () => onError(event))().catch(() => logEvent(event))
}

function recipientOf(message: unknown): unknown {
  return typeof message === 'function' ? null : (Object(message) as { to?: { address?: unknown } | null }).to?.address
}

function asAutomatic(message: NewMessage): NewMessage {
  const given = message.headers ?? {}
  const isSaid = Object.keys(given).some((name) => lower(name) === 'auto-submitted')
  return isSaid ? message : { ...message, headers: { ...AUTOMATIC, ...given } }
}

async function sendWithin(milliseconds: number, transport: MailTransport, message: MailMessage): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // Not temporary: it may have been sent, and a second one would be one too many.
    timer = setTimeout(() => reject(new MailNotSent(`no answer from the transport within ${milliseconds / 1000} seconds`)), milliseconds)
  })
  try {
    await Promise.race([transport.send(message), late])
  } finally {
    clearTimeout(timer)
  }
}

function senderFrom(given: string | MailAddress): MailAddress {
  try {
    return checkAddress('sender', typeof given === 'string' ? { address: given } : given)
  } catch (cause) {
    throw new ImproperlyConfigured('mail.from is not one address. Pass "shop@example.com", or { name: "The shop", address: "shop@example.com" }.', {
      cause,
    })
  }
}

function checkNumbers({ queueLimit = 1, concurrency = 1, retryAfter = [] }: MailerOptions): void {
  for (const [name, value] of Object.entries({ queueLimit, concurrency })) {
    if (!Number.isInteger(value) || value < 1) throw new ImproperlyConfigured(`mail.${name} is ${value}. Pass a whole number of at least 1.`)
  }
  if (!retryAfter.every((seconds) => Number.isFinite(seconds) && seconds >= 0)) {
    throw new ImproperlyConfigured('mail.retryAfter is a list of seconds, such as [2, 20, 120].')
  }
}
