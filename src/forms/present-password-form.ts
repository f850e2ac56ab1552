/**
 * The present password of somebody who is logged in: asked for once more before what an open session alone may not do (7.5.1).
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { Secret } from '../base/secret.js'
import type { Validation } from './definition.js'
import type { FormField } from './form-field.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { passwordInput } from './text-inputs.js'
import { userOf } from './whose.js'
import { words } from './words.js'

/** Makes the form that asks for nothing else. `save()` gives the user, and writes nothing. */
export function presentPasswordForm(site: FormSite): AnyFormClass {
  const field = presentPasswordField({ autofocus: true })
  return formClass<{ readonly user: BaseUser }>({
    submit: 'submit.present_password',
    prepare: (given, request) => ({ user: userOf(given, request) }),
    fields: () => [field],
    clean: (run) => checkPresentPassword(site, run),
    save: async (run) => run.context.user,
  })
}

/** The field for it. */
export function presentPasswordField(attributes: FormField['attributes'] = {}): FormField {
  return passwordInput({
    name: 'password',
    wireName: 'password',
    label: words('label.old_password'),
    attributes: { autocomplete: 'current-password', ...attributes },
  })
}

/** Tells whether it is the right one, under the same limits as the door. */
export async function checkPresentPassword(site: FormSite, run: Validation<{ readonly user: BaseUser }>): Promise<void> {
  const given = run.values['password']
  // A program that named a field wrongly is told so, and has not used up an attempt.
  if (!(given instanceof Secret) || run.unknown.length > 0) return
  if (!(await site.checkPassword(run.request, run.context.user, given as Secret<string>))) run.fail('password_incorrect', {}, 'password')
}
