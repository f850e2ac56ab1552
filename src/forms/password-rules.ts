/**
 * New passwords in forms: typed twice, checked against the rules, written only where the old one still stands.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { userServices } from '../accounts/user-services.js'
import { Secret } from '../base/secret.js'
import { defaultOf } from '../database/cells.js'
import { attachedStore } from '../database/model.js'
import { passwordProblems } from '../passwords/validators/validate.js'
import type { FormValues, Validation } from './definition.js'
import type { FormField } from './form-field.js'
import type { FormSite } from './form-site.js'
import { passwordInput } from './text-inputs.js'
import { words } from './words.js'

/** The names of a pair of fields for a new password, by property and on the wire. */
export const NEW_USER_PAIR = { first: 'password1', second: 'password2', wire: ['password1', 'password2'], label: 'password' } as const
export const NEW_PASSWORD_PAIR = {
  first: 'newPassword1',
  second: 'newPassword2',
  wire: ['new_password1', 'new_password2'],
  label: 'new_password',
} as const

/** Either pair. */
export type PasswordPair = typeof NEW_USER_PAIR | typeof NEW_PASSWORD_PAIR

/** The two fields. The first one's help is the rules, as sentences. */
export function passwordPair(
  site: FormSite,
  pair: PasswordPair,
  options: { readonly isRequired?: boolean; readonly autofocus?: true } = {},
): FormField[] {
  const { isRequired = true, autofocus } = options
  return [
    passwordInput({
      name: pair.first,
      wireName: pair.wire[0],
      label: words(`label.${pair.label}`),
      helpTexts: site.passwordValidators.map((one) => (translation) => one.helpText(translation)),
      isRequired,
      attributes: { autocomplete: 'new-password', ...(autofocus ? { autofocus } : {}) },
    }),
    passwordInput({
      name: pair.second,
      wireName: pair.wire[1],
      label: words(`label.${pair.label}_confirmation`),
      helpTexts: [words('help.password_confirmation')],
      isRequired,
      attributes: { autocomplete: 'new-password' },
    }),
  ]
}

/** Notes on the second field that the two differ (F-1); its value is gone then, and no rule is asked. */
export function checkPair(run: Validation<object>, { first, second }: PasswordPair): void {
  const [one, other] = [run.values[first], run.values[second]]
  if (one instanceof Secret && other instanceof Secret && one.reveal() !== other.reveal()) run.fail('password_mismatch', {}, second)
}

/** Notes on the second field what the rules say of the password (F-2). */
export async function checkRules(site: FormSite, run: Validation<object>, { second }: PasswordPair, user: object): Promise<void> {
  const password = run.values[second]
  if (!(password instanceof Secret)) return
  const labels = Object.fromEntries(site.users.meta.columns.map((one) => [one.name, one.label]))
  const found = await passwordProblems(password as Secret<string>, { user, labels, validators: site.passwordValidators })
  run.add(found.map((one) => ({ ...one, field: second })))
}

/** A user with what the form holds and nothing in the database: whom a new password must not resemble. */
export function unsavedUser({ users, registry }: FormSite, values: Readonly<FormValues>): object {
  const now = registry.clock.now()
  const row: FormValues = {}
  for (const { name, field } of users.meta.columns) {
    if (field.settings.hidden) continue
    const value = name in values ? values[name] : defaultOf(field, now)
    // As in Django, a text that nobody has filled in is an empty one.
    row[name] = value === undefined && field.settings.maxLength !== null ? '' : value
  }
  return new users.model(row)
}

/**
 * Sets a password only where `seen` is still the stored one: of fifty confirmations of one reset link a single one wins (G2, finding 3).
 * Null where it is not.
 */
export async function replacePassword(site: FormSite, user: BaseUser, password: Secret<string>, seen: string): Promise<BaseUser | null> {
  const { passwords } = site.registry.service(userServices)
  const encoded = await passwords.make(password)
  if (!(await attachedStore(user).compareAndSet(user, { password: seen }, { password: encoded }))) return null
  await passwords.changed(password, user)
  return user
}
