/**
 * Forms that set a password: with the old one, with a reset link, and by staff.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { Secret } from '../base/secret.js'
import type { Validation } from './definition.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { checkPair, checkRules, NEW_PASSWORD_PAIR, NEW_USER_PAIR, passwordPair, replacePassword, type PasswordPair } from './password-rules.js'
import { passwordInput } from './text-inputs.js'
import { checkUsable, usablePasswordField } from './usable-password.js'
import { userOf } from './whose.js'
import { words } from './words.js'

/** Whose password, and the stored hash that the right to set it was checked against. */
interface Owner {
  readonly user: BaseUser
  readonly seen: string
}

/** Makes the form with which people change their password: the old one, then the new one twice. */
export function passwordChangeForm(site: FormSite): AnyFormClass {
  const old = passwordInput({
    name: 'oldPassword',
    wireName: 'old_password',
    label: words('label.old_password'),
    attributes: { autocomplete: 'current-password', autofocus: true },
  })
  const fields = [old, ...passwordPair(site, NEW_PASSWORD_PAIR)]
  return formClass<Owner>({
    submit: 'submit.password_change',
    prepare: ownerOf,
    fields: () => fields,
    async clean(run) {
      const { user } = run.context
      const given = run.values['oldPassword']
      // A program that named a field wrongly is told so, and has not used up an attempt.
      if (given instanceof Secret && run.unknown.length === 0) {
        if (!(await site.checkPassword(run.request, user, given as Secret<string>))) run.fail('password_incorrect', {}, 'oldPassword')
        // An old hash may just have been renewed; the new one is then what was checked.
        run.notes.set('seen', user.password)
      }
      checkPair(run, NEW_PASSWORD_PAIR)
    },
    complete: (run) => checkRules(site, run, NEW_PASSWORD_PAIR, run.context.user),
    save: (run) => replacePassword(site, run.context.user, newPassword(run, NEW_PASSWORD_PAIR), String(run.notes.get('seen'))),
  })
}

/** Makes the form with which somebody who has proven who they are sets a new password: the last page of a reset. */
export function setPasswordForm(site: FormSite): AnyFormClass {
  const fields = passwordPair(site, NEW_PASSWORD_PAIR, { autofocus: true })
  return formClass<Owner>({
    submit: 'submit.set_password',
    prepare: ownerOf,
    fields: () => fields,
    clean: (run) => checkPair(run, NEW_PASSWORD_PAIR),
    complete: (run) => checkRules(site, run, NEW_PASSWORD_PAIR, run.context.user),
    save: (run) => replacePassword(site, run.context.user, newPassword(run, NEW_PASSWORD_PAIR), run.context.seen),
  })
}

/** Makes the form with which staff set somebody's password, or take it away. */
export function adminPasswordChangeForm(site: FormSite): AnyFormClass {
  const pair = passwordPair(site, NEW_USER_PAIR, { autofocus: true })
  const optional = [
    ...passwordPair(site, NEW_USER_PAIR, { autofocus: true, isRequired: false }),
    usablePasswordField([words('help.usable_password.lost')]),
  ]
  return formClass<Owner>({
    submit: 'submit.set_password',
    prepare: ownerOf,
    // Who has no password has none to lose.
    fields: ({ user }) => (user.hasUsablePassword() ? optional : pair),
    clean(run) {
      if (checkUsable(run, NEW_USER_PAIR)) checkPair(run, NEW_USER_PAIR)
    },
    complete: (run) => checkRules(site, run, NEW_USER_PAIR, run.context.user),
    // Taking a password away counts as no change, as in Django's history (F-8).
    changed: (run) => (run.values[NEW_USER_PAIR.second] instanceof Secret ? ['password'] : []),
    async save(run) {
      const { user } = run.context
      if (run.values['usablePassword'] === false) await user.setUnusablePassword()
      else await user.setPassword(newPassword(run, NEW_USER_PAIR))
      return user
    },
  })
}

function ownerOf(given: Readonly<Record<string, unknown>>, request: Parameters<typeof userOf>[1]): Owner {
  const user = userOf(given, request)
  return { user, seen: user.password }
}

function newPassword(run: Validation<Owner>, { second }: PasswordPair): Secret<string> {
  return run.values[second] as Secret<string>
}
