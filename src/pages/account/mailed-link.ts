/**
 * Behind every mailed link: the first visit moves the token out of the address into the session (14.2.1), a form does what the link is for, so
 * that a mail scanner that follows links does nothing (7.6.2), and every step asks the token itself again (G1).
 * @module
 */

import { addressOf } from '../../authentication/request-limits.js'
import { messageFor } from '../../base/messages.js'
import type { Handler } from '../routes.js'
import type { AnswerOptions, Visit } from '../visit.js'

/** No address that holds a token is told to anybody. A page with a form must not say so: browsers would send it without an origin. */
export const NO_REFERRER = { 'referrer-policy': 'no-referrer' } as const

/** What one kind of link is. */
export interface MailedLinkParts<T> {
  /** Where the session keeps its two halves. */
  readonly keptUnder: string
  /** The address of its form, below the account pages. */
  readonly form: string
  /** What its two halves stand for; null for whatever is wrong: nobody, another's, used, too old, made up. */
  readonly open: (visit: Visit, subject: string, last: string) => Promise<T | null>
  /** The page that says it is void. */
  readonly voidPage: (visit: Visit, options: AnswerOptions) => Promise<Response>
}

/** One kind of link. */
export class MailedLink<T> {
  readonly #parts: MailedLinkParts<T>

  constructor(parts: MailedLinkParts<T>) {
    this.#parts = parts
  }

  /** A visit by the link itself. */
  readonly arrive: Handler = async (visit) => {
    const { request, parameters, base } = visit
    const [subject = '', last = ''] = parameters
    await this.limit(visit)
    if ((await this.#parts.open(visit, subject, last)) === null) return this.refuse(visit, NO_REFERRER)
    request.session.set(this.#parts.keptUnder, `${subject}/${last}`)
    const url = `${base}${this.#parts.form}`
    return visit.wantsJson ? visit.json({ isValid: true, url }, { headers: NO_REFERRER }) : visit.redirect(url, { headers: NO_REFERRER })
  }

  /** Counts a step: nobody tries tokens one after another. */
  async limit({ request, site }: Visit): Promise<void> {
    await site.limits?.confirmation.enforce(addressOf(request))
  }

  /** What the link that this visitor came by stands for; null where it is void by now. */
  async find(visit: Visit): Promise<T | null> {
    const found = visit.request.session.get(this.#parts.keptUnder)
    const [subject = '', last = ''] = typeof found === 'string' ? found.split('/') : []
    return subject === '' ? null : this.#parts.open(visit, subject, last)
  }

  /** The same for whatever is wrong. */
  async refuse(visit: Visit, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    if (visit.wantsJson && visit.request.method === 'POST')
      return visit.json({ errors: { __all__: [{ code: 'invalid_link', message: messageFor('invalid_link') }] } }, { status: 422, headers })
    if (visit.wantsJson) return visit.json({ isValid: false }, { headers })
    // To a stranger: a form to log out by, on a page that sends no origin, would be refused.
    return this.#parts.voidPage(visit, { headers, asStranger: headers === NO_REFERRER })
  }

  /** The link was used. */
  forget({ request }: Visit): void {
    request.session.delete(this.#parts.keptUnder)
  }

  /** The same, and a session that held nothing else ends. */
  async forgetWhole(visit: Visit): Promise<void> {
    this.forget(visit)
    const { session } = visit.request
    if (session.keys().length === 0) await session.flush()
  }
}
