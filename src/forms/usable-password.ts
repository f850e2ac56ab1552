/**
 * Whether somebody may log in with a password at all: a choice that staff have.
 * @module
 */

import { Secret } from '../base/secret.js'
import type { Validation } from './definition.js'
import type { FormField } from './form-field.js'
import type { PasswordPair } from './password-rules.js'
import { choiceInput } from './value-inputs.js'
import { words, type Words } from './words.js'

/** The field: `true` or `false`, Django's texts for it. */
export function usablePasswordField(warning: readonly Words[] = []): FormField {
  const field = choiceInput({
    name: 'usablePassword',
    wireName: 'usable_password',
    label: words('label.usable_password'),
    helpTexts: [words('help.usable_password'), ...warning],
    isRequired: false,
    type: 'radio',
    // Whoever says nothing of it means a password.
    empty: true,
    none: null,
    choices: [
      [true, words('label.usable_password.true')],
      [false, words('label.usable_password.false')],
    ],
  })
  return { ...field, write: (value) => (value === false ? 'false' : 'true') }
}

/** Notes that both passwords are missing where one is to be set; false where none is, and then what was typed counts for nothing. */
export function checkUsable(run: Validation<object>, { first, second }: PasswordPair): boolean {
  if (run.values['usablePassword'] === false) {
    run.values[first] = null
    run.values[second] = null
    return false
  }
  for (const name of [first, second]) if (run.has(name) && !(run.values[name] instanceof Secret)) run.fail('required', {}, name)
  return true
}
