/**
 * Behind a link to make an account: an invitation, or the mail of a registration that tells nothing. Its form uses the link up with the account
 * it makes.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { RegistrationTerms } from '../../emails/registration-terms.js'
import { answerWithForm } from '../form-data.js'
import type { Handler } from '../routes.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'
import { welcome } from './login-page.js'
import { MailedLink } from './mailed-link.js'

/** What a link to make an account is. */
export type RegistrationLinkKind = 'registration' | 'invitation'

/** Where the form of each is. */
const FORMS = { registration: '/register/account/', invitation: '/invitation/' } as const

/** The link itself, and the form that it leads to. */
export function registrationPages(kind: RegistrationLinkKind): { readonly arrive: Handler; readonly GET: Handler; readonly POST: Handler } {
  const link = new MailedLink<RegistrationTerms>({
    keptUnder: `_portcullis_${kind}`,
    form: FORMS[kind],
    open: async (visit, subject, last) => open(visit, kind, subject, last),
    voidPage: async (visit, options) => visit.page('mailedLink', { kind, isValid: false, email: '', username: '' }, options),
  })
  return {
    arrive: link.arrive,
    GET: async (visit) => {
      const terms = await link.find(visit)
      if (terms === null) return link.refuse(visit)
      return answerWithForm(visit, 'register', await visit.pages.registerForm.blank(visit.request, { terms }), { next: '', step: 'account' })
    },
    POST: async (visit) => {
      const { request, site, pages } = visit
      await link.limit(visit)
      const given = await link.find(visit)
      if (given === null) return link.refuse(visit)
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
      link.forget(visit)
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
