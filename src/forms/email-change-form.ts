/**
 * The form with which people ask for another address: the new one, and the present password, because whoever has the mailbox of an account
 * has the account (7.5.1).
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { normalizeEmail } from '../accounts/email-address.js'
import { EMAIL_MAX_LENGTH, validateEmail } from '../base/email-address.js'
import { ValidationError } from '../base/errors.js'
import { isMailAddress } from '../mail/message.js'
import { refused, type FormField } from './form-field.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { checkPresentPassword, presentPasswordField } from './present-password-form.js'
import { textInput, writeText } from './text-inputs.js'
import { userOf } from './whose.js'
import { words } from './words.js'

/** Makes the form. `save()` gives the address, and writes nothing: it has to be confirmed first. */
export function emailChangeForm(site: FormSite): AnyFormClass {
  const { emailField, meta } = site.users.model
  const email = addressInput(Math.min(EMAIL_MAX_LENGTH, meta.column.get(emailField)?.field.settings.maxLength ?? EMAIL_MAX_LENGTH), 'label.new_email')
  const password = presentPasswordField()
  return formClass<{ readonly user: BaseUser }>({
    submit: 'submit.email_change',
    prepare: (given, request) => ({ user: userOf(given, request) }),
    fields: () => [email, password],
    async clean(run) {
      const { user } = run.context
      if (run.values['email'] === (user as unknown as Readonly<Record<string, unknown>>)[emailField]) run.fail('same_address', {}, 'email')
      await checkPresentPassword(site, run)
    },
    save: async (run) => run.values['email'],
  })
}

/** Makes the form with which people ask for a link to register. `save()` gives the address. */
export function registrationRequestForm(site: FormSite): AnyFormClass {
  const { emailField, meta } = site.users.model
  const email = addressInput(Math.min(EMAIL_MAX_LENGTH, meta.column.get(emailField)?.field.settings.maxLength ?? EMAIL_MAX_LENGTH), 'label.email')
  return formClass<object>({
    submit: 'submit.registration_request',
    prepare: () => ({}),
    fields: () => [email],
    save: async (run) => run.values['email'],
  })
}

/** A field for an address that mail is to reach. */
export function addressInput(maxLength: number, label: 'label.email' | 'label.new_email'): FormField {
  return {
    ...textInput({
      name: 'email',
      wireName: 'email',
      label: words(label),
      type: 'email',
      line: 'identifier',
      maxLength,
      empty: '',
      canonical: normalizeEmail,
      attributes: { autocomplete: 'email', autocapitalize: 'none', autofocus: true },
    }),
    settle: async (address: unknown) => {
      const wrong = validateEmail(String(address))
      if (wrong !== null) throw new ValidationError(wrong)
      if (!isMailAddress(address)) throw refused('invalid.email')
      return address
    },
  }
}

/** The address as people see it in a form that does not change it, with the way to where it is changed; other fields as they are. */
export function withAddressShown(site: FormSite, fields: readonly FormField[], href: string): FormField[] {
  const { emailField } = site.users.model
  if (site.changesEmailByLink !== true) return [...fields]
  return fields.map((field) => (field.name !== emailField ? field : shown(field, { href, label: words('link.change_email') })))
}

/** A field that is shown and never taken. */
export function shown({ name, wireName, label }: FormField, link?: FormField['link']): FormField {
  return {
    name,
    wireName,
    label,
    helpTexts: [],
    isRequired: false,
    type: 'readonly',
    attributes: {},
    ...(link === undefined ? {} : { link }),
    read: () => null,
    write: writeText,
  }
}
