/**
 * Behind a link to make an account: an invitation, or the mail of a registration that tells nothing. The first visit moves the token out of the
 * address into the session (14.2.1); the form asks the link itself again, and uses it up with the account it makes.
 * @module
 */

import { addressOf } from '../../authentication/request-limits.js'
import { ImproperlyConfigured } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import type { RegistrationTerms } from '../../emails/registration-terms.js'
import { answerWithForm } from '../form-data.js'
import type { Handler } from '../routes.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'
import { welcome } from './login-page.js'

/** What a link to make an account is. */
export type RegistrationLinkKind = 'registration' | 'invitation'

/** No address that holds a token is told to anybody. */
const NO_REFERRER = { 'referrer-policy': 'no-referrer' } as const

/** Where the form of each is. */
const FORMS = { registration: '/register/account/', invitation: '/invitation/' } as const

/** What a visit by the link itself does. */
export function openRegistrationLink(kind: RegistrationLinkKind): Handler {
  return async (visit) => {
    const { request, site, parameters, base } = visit
    const [subject = '', last = ''] = parameters
    await site.limits?.confirmation.enforce(addressOf(request))
    if ((await open(visit, kind, subject, last)) === null) return invalid(visit, kind, NO_REFERRER)
    request.session.set(keptUnder(kind), `${subject}/${last}`)
    const address = `${base}${FORMS[kind]}`
    return visit.wantsJson ? visit.json({ isValid: true, url: address }, { headers: NO_REFERRER }) : visit.redirect(address, { headers: NO_REFERRER })
  }
}

/** The form that a link leads to. */
export function registrationPages(kind: RegistrationLinkKind): { readonly GET: Handler; readonly POST: Handler } {
  return {
    GET: async (visit) => {
      const terms = await kept(visit, kind)
      if (terms === null) return invalid(visit, kind)
      return answerWithForm(visit, 'register', await visit.pages.registerForm.blank(visit.request, { terms }), { next: '', step: 'account' })
    },
    POST: async (visit) => {
      const { request, site, pages } = visit
      await site.limits?.confirmation.enforce(addressOf(request))
      const given = await kept(visit, kind)
      if (given === null) return invalid(visit, kind)
      let isUsed = false
      const terms: RegistrationTerms = {
        email: given.email,
        accept: async (make) => {
          isUsed = true
          return given.accept(make)
        },
      }
      const outcome = await saveForm(await pages.registerForm.bind(request, { terms }))
      if ('form' in outcome) return answerWithForm(visit, 'register', outcome.form, { next: '', step: 'account' })
      if (!isUsed)
        throw new ImproperlyConfigured('`register.form` made an account and left the link unused. Take a form that auth.forms.userCreation() gives.')
      request.session.delete(keptUnder(kind))
      await site.login(request, outcome.saved, { backend: site.backend })
      return welcome(visit, pages.registerSuccessUrl ?? site.settings.loginRedirectUrl, 201)
    },
  }
}

async function open({ site }: Visit, kind: RegistrationLinkKind, subject: string, last: string): Promise<RegistrationTerms | null> {
  const { invitations, registrations, registration } = site.emailSide
  if (kind === 'invitation') return invitations.open(subject, last)
  return registration.mode === 'private' ? registrations.open(subject, last) : null
}

async function kept(visit: Visit, kind: RegistrationLinkKind): Promise<RegistrationTerms | null> {
  const found = visit.request.session.get(keptUnder(kind))
  const [subject = '', last = ''] = typeof found === 'string' ? found.split('/') : []
  return subject === '' ? null : open(visit, kind, subject, last)
}

/** The same for whatever is wrong: nobody's, used, taken back, too old, made up. */
async function invalid(visit: Visit, kind: RegistrationLinkKind, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const isForm = visit.request.method === 'POST'
  if (visit.wantsJson && isForm)
    return visit.json({ errors: { __all__: [{ code: 'invalid_link', message: messageFor('invalid_link') }] } }, { status: 422, headers })
  if (visit.wantsJson) return visit.json({ isValid: false }, { headers })
  return visit.page('mailedLink', { kind, isValid: false, email: '', username: '' }, { headers, asStranger: headers === NO_REFERRER })
}

function keptUnder(kind: RegistrationLinkKind): string {
  return `_portcullis_${kind}`
}
