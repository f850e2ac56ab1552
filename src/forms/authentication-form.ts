/**
 * The form for logging in (F-4): asks the door only when both fields have something in them, and says the same whoever is not let in.
 * @module
 */

import { normalizeEmail } from '../accounts/email-address.js'
import type { BaseUser } from '../accounts/base-user.js'
import { FullUser } from '../accounts/base-user.js'
import { ValidationError } from '../base/errors.js'
import type { Secret } from '../base/secret.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { refused } from './form-field.js'
import { passwordInput, usernameInput } from './text-inputs.js'
import { capitalized, words } from './words.js'

/** What a login takes. */
export interface AuthenticationOptions<User = BaseUser> {
  /** Lets in who may enter the admin, and tells nobody else from a wrong password (F-5). Default false. */
  readonly staffOnly?: boolean
  /**
   * Throws a `ValidationError` for somebody who may not log in although the password is right. Takes the place of the usual rule, which
   * refuses accounts that are switched off; a backend that finds such accounts is needed for it to matter.
   */
  readonly confirmLoginAllowed?: (user: User) => void | Promise<void>
}

/** What a login was given. */
export interface AuthenticationData {
  readonly username: string
  readonly password: Secret<string>
}

/** Django's, where the column has no length of its own. */
const USUAL_LENGTH = 254

/** Makes the form. */
export function authenticationForm(site: FormSite, options: AuthenticationOptions<never> = {}): AnyFormClass {
  const { usernameField, emailField, meta } = site.users.model
  const column = meta.column.get(usernameField)
  const name = usernameInput({
    name: 'username',
    wireName: 'username',
    label: capitalized(column?.label ?? usernameField),
    maxLength: column?.field.settings.maxLength ?? USUAL_LENGTH,
    attributes: { autofocus: true },
    // A name that is an address is stored as one.
    ...(usernameField === emailField ? { canonical: normalizeEmail } : {}),
  })
  const password = passwordInput({
    name: 'password',
    wireName: 'password',
    label: words('label.password'),
    attributes: { autocomplete: 'current-password' },
  })
  const confirm = (options.confirmLoginAllowed ?? refuseInactive) as (user: BaseUser) => void | Promise<void>
  const refusal = options.staffOnly === true ? 'invalid_login.staff' : 'invalid_login'
  const label = column?.label ?? usernameField
  return formClass<object>({
    submit: 'submit.authentication',
    prepare: () => ({}),
    fields: () => [name, password],
    async clean(run) {
      // An empty name is no attempt on anybody's account (C9), and what is no text never gets as far as a query (B10).
      if (!run.isValid) return
      const { username, password: secret } = run.values
      const user = await site.authenticate(run.request, { username: username as string, password: secret as Secret<string> })
      const isStaff = user instanceof FullUser && user.isStaff
      if (user === null || (options.staffOnly === true && user.isActive && !isStaff)) return run.fail(refusal, { username: label })
      try {
        await confirm(user)
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        return run.add(error.problems)
      }
      run.notes.set('user', user)
    },
    save: async (run) => run.notes.get('user'),
    extras: (run) => ({ getUser: () => run.notes.get('user') }),
  })
}

function refuseInactive(user: BaseUser): void {
  if (!user.isActive) throw refused('inactive')
}
