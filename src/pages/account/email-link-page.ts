/**
 * Behind a mailed link about an address. The first visit moves the token out of the address into the session (14.2.1); what the link is for
 * is done by a form, so that a mail scanner that follows links does nothing (7.6.2); every step asks the token itself again (G1).
 * @module
 */

import type { EmailLinkKind, OpenedLink } from '../../emails/email-links.js'
import { addressOf } from '../../authentication/request-limits.js'
import { messageFor } from '../../base/messages.js'
import type { Handler } from '../routes.js'
import type { Visit } from '../visit.js'

/** No address that holds a token is told to anybody. */
const NO_REFERRER = { 'referrer-policy': 'no-referrer' } as const

/** What a visit by the link itself does. */
export function openEmailLink(kind: EmailLinkKind): Handler {
  return async (visit) => {
    const { request, site, parameters, base } = visit
    const [uid = '', last = ''] = parameters
    await site.limits?.confirmation.enforce(addressOf(request))
    const link = await site.emailSide.links.open(kind, uid, last)
    if (link === null) return invalid(visit, kind, NO_REFERRER)
    request.session.set(keptUnder(kind), `${uid}/${last}`)
    const address = `${base}/email/${kind}/`
    return visit.wantsJson ? visit.json({ isValid: true, url: address }, { headers: NO_REFERRER }) : visit.redirect(address, { headers: NO_REFERRER })
  }
}

/** The page that a link leads to, and its form. */
export function emailLinkPages(kind: EmailLinkKind): { readonly GET: Handler; readonly POST: Handler } {
  return {
    GET: async (visit) => {
      const link = await kept(visit, kind)
      if (link === null) return invalid(visit, kind)
      const about = { kind, isValid: true, email: link.address, username: link.user.getUsername() }
      return visit.wantsJson ? visit.json({ ...about, csrfToken: visit.request.csrfToken() }) : visit.page('mailedLink', about)
    },
    POST: async (visit) => {
      const { request, site, base } = visit
      await site.limits?.confirmation.enforce(addressOf(request))
      const link = await kept(visit, kind)
      if (link === null || !(await site.emailSide.confirmation.confirm(link, request))) return invalid(visit, kind)
      request.session.delete(keptUnder(kind))
      if (kind === 'revert') return chooseNewPassword(visit, link)
      // A session that held nothing else has no more use.
      if (request.session.keys().length === 0) await request.session.flush()
      if (visit.wantsJson) return visit.json({ email: link.address, loginUrl: visit.urls.login })
      return visit.redirect(`${base}/email/${kind}/done/`)
    },
  }
}

/** Says that it is done. */
export function emailConfirmed(kind: EmailLinkKind): Handler {
  return async (visit) => (visit.wantsJson ? visit.json({ loginUrl: visit.urls.login }) : visit.page('emailConfirmed', { kind }))
}

/** Nobody's password counts any more, so its owner chooses one: by a link to reset it, which their mailbox has just earned. */
async function chooseNewPassword(visit: Visit, { user }: OpenedLink): Promise<Response> {
  const { request, site, base } = visit
  if (visit.user !== null && String(visit.user.pk) === String(user.pk)) await site.logout(request)
  const url = visit.pages.passwordReset === null ? null : `${base}/reset/${site.resetLinks.uidOf(user)}/${site.resetLinks.makeToken(user)}/`
  if (visit.wantsJson) return visit.json({ url }, { headers: NO_REFERRER })
  return visit.redirect(url ?? `${base}/email/revert/done/`, { headers: NO_REFERRER })
}

async function kept({ request, site }: Visit, kind: EmailLinkKind): Promise<OpenedLink | null> {
  const found = request.session.get(keptUnder(kind))
  const [uid = '', last = ''] = typeof found === 'string' ? found.split('/') : []
  return uid === '' ? null : site.emailSide.links.open(kind, uid, last)
}

/** The same for whatever is wrong: nobody, another's, used, too old, made up. */
async function invalid(visit: Visit, kind: EmailLinkKind, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const isForm = visit.request.method === 'POST'
  if (visit.wantsJson && isForm)
    return visit.json({ errors: { __all__: [{ code: 'invalid_link', message: messageFor('invalid_link') }] } }, { status: 422, headers })
  if (visit.wantsJson) return visit.json({ isValid: false }, { headers })
  // To a stranger: a form to log out by, on a page that sends no origin, would be refused.
  return visit.page('mailedLink', { kind, isValid: false, email: '', username: '' }, { headers, asStranger: headers === NO_REFERRER })
}

function keptUnder(kind: EmailLinkKind): string {
  return `_portcullis_email_${kind}`
}
