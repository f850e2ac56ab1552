/**
 * The form with which people ask for a reset link. It says the same whether anybody has the address or not.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { isSameAddress } from '../accounts/email-address.js'
import { EMAIL_MAX_LENGTH, validateEmail } from '../base/email-address.js'
import { ValidationError } from '../base/errors.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { textInput } from './text-inputs.js'
import { words } from './words.js'

/** Django's for this form; an account's column holds no more. */
const LONGEST_ADDRESS = Math.min(254, EMAIL_MAX_LENGTH)
/** So many accounts with one address are a household; more are somebody's flood of mail. */
const MOST_ACCOUNTS = 100

/** Makes the form. */
export function passwordResetForm(site: FormSite): AnyFormClass {
  const field = textInput({
    name: 'email',
    wireName: 'email',
    label: words('label.email'),
    type: 'email',
    line: 'identifier',
    maxLength: LONGEST_ADDRESS,
    empty: '',
    attributes: { autocomplete: 'email', autocapitalize: 'none', autofocus: true },
  })
  const email = {
    ...field,
    settle: async (address: unknown) => {
      const wrong = validateEmail(String(address))
      if (wrong !== null) throw new ValidationError(wrong)
      return address
    },
  }
  return formClass<object>({
    submit: 'submit.password_reset',
    prepare: () => ({}),
    fields: () => [email],
    async save(run) {
      const typed = String(run.values['email'])
      // Nobody is told: the limit is the same for an address that nobody has.
      if ((await site.maySendTo?.(typed)) === false) return
      for (const [user, address] of await recipients(site, typed)) {
        try {
          await site.sendPasswordReset({
            user,
            email: address,
            uid: site.resetLinks.uidOf(user),
            token: site.resetLinks.makeToken(user),
            request: run.request,
          })
        } catch (error) {
          // Only an address that somebody has can fail, so the answer must not show it (A5).
          site.logError?.(error)
        }
      }
    },
  })
}

/**
 * Who is sent a link, each with the address that is stored. The database may find the row of `mike@…` for `mıke@…`, so every
 * address is compared again (B1).
 */
async function recipients({ users }: FormSite, typed: string): Promise<(readonly [user: BaseUser, address: string])[]> {
  const { emailField, meta } = users.model
  if (!meta.column.has(emailField)) return []
  const where = { [emailField]: { iexact: typed }, ...(meta.column.has('isActive') ? { isActive: true } : {}) }
  const found = await users.filter(where as never, { limit: MOST_ACCOUNTS })
  return found
    .map((user) => [user, String((user as unknown as Record<string, unknown>)[emailField] ?? '')] as const)
    .filter(([user, address]) => user.isActive && user.hasUsablePassword() && isSameAddress(address, typed))
}
