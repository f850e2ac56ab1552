/**
 * Behind a mailed link about an address.
 * @module
 */

import type { EmailLinkKind, OpenedLink } from '../../emails/email-links.js'
import type { Handler } from '../routes.js'
import type { Visit } from '../visit.js'
import { MailedLink, NO_REFERRER } from './mailed-link.js'

/** The pages of one kind. */
export interface EmailLinkPages {
  readonly arrive: Handler
  readonly GET: Handler
  readonly POST: Handler
  readonly done: Handler
}

/** Makes them: the link itself, its page and form, and the page after. */
export function emailLinkPages(kind: EmailLinkKind): EmailLinkPages {
  const link = new MailedLink<OpenedLink>({
    keptUnder: `_portcullis_email_${kind}`,
    form: `/email/${kind}/`,
    open: async ({ site }, uid, last) => site.emailSide.links.open(kind, uid, last),
    voidPage: async (visit, options) => visit.page('mailedLink', { kind, isValid: false, email: '', username: '' }, options),
  })
  return {
    arrive: link.arrive,
    GET: async (visit) => {
      const found = await link.find(visit)
      if (found === null) return link.refuse(visit)
      const about = { kind, isValid: true, email: found.address, username: found.user.getUsername() }
      return visit.wantsJson ? visit.json({ ...about, csrfToken: visit.request.csrfToken() }) : visit.page('mailedLink', about)
    },
    POST: async (visit) => {
      const { request, site, base } = visit
      await link.limit(visit)
      const found = await link.find(visit)
      if (found === null || !(await site.emailSide.confirmation.confirm(found, request))) return link.refuse(visit)
      if (kind === 'revert') {
        link.forget(visit)
        return chooseNewPassword(visit, found)
      }
      await link.forgetWhole(visit)
      if (visit.wantsJson) return visit.json({ email: found.address, loginUrl: visit.urls.login })
      return visit.redirect(`${base}/email/${kind}/done/`)
    },
    done: async (visit) => (visit.wantsJson ? visit.json({ loginUrl: visit.urls.login }) : visit.page('emailConfirmed', { kind })),
  }
}

/** Nobody's password counts any more, so its owner chooses one: by a link to reset it, which their mailbox has just earned. */
async function chooseNewPassword(visit: Visit, { user }: OpenedLink): Promise<Response> {
  const { request, site, base } = visit
  if (visit.user !== null && String(visit.user.pk) === String(user.pk)) await site.logout(request)
  const url = visit.pages.passwordReset === null ? null : `${base}/reset/${site.resetLinks.uidOf(user)}/${site.resetLinks.makeToken(user)}/`
  if (visit.wantsJson) return visit.json({ url }, { headers: NO_REFERRER })
  return visit.redirect(url ?? `${base}/email/revert/done/`, { headers: NO_REFERRER })
}
