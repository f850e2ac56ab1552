/**
 * Forms that make an account: for people who sign up, and for staff who make one for somebody.
 * @module
 */

import { ImproperlyConfigured, UniqueViolation } from '../base/errors.js'
import type { Secret } from '../base/secret.js'
import { passwordChanged } from '../passwords/validators/validate.js'
import type { FormDefinition, Validation } from './definition.js'
import { storeFiles } from './stored-files.js'
import { formClass } from './form.js'
import type { FormField } from './form-field.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { checkPair, checkRules, NEW_USER_PAIR, passwordPair, unsavedUser } from './password-rules.js'
import { takenError, takenProblems, type TakenParts } from './taken.js'
import { checkUsable, usablePasswordField } from './usable-password.js'
import { checkNames, userFields, userFieldParts } from './user-fields.js'

/** What a form that makes accounts takes. */
export interface UserCreationOptions<Name extends string> {
  /** The columns to ask for, in this order. Default: the one that people log in by. */
  readonly fields?: readonly Name[]
}

/** Makes the form for signing up. */
export function userCreationForm(site: FormSite, options: UserCreationOptions<string> = {}): AnyFormClass {
  const columns = creationColumns(site, options.fields)
  const fields = checkNames([...columns, ...passwordPair(site, NEW_USER_PAIR)])
  return formClass(creation(site, columns, { submit: 'submit.user_creation', fields: () => fields }))
}

/** Makes the form with which staff make an account, perhaps without a password. */
export function adminUserCreationForm(site: FormSite, options: UserCreationOptions<string> = {}): AnyFormClass {
  const columns = creationColumns(site, options.fields)
  const fields = checkNames([...columns, ...passwordPair(site, NEW_USER_PAIR, { isRequired: false }), usablePasswordField()])
  return formClass({
    ...creation(site, columns, { submit: 'submit.admin_user_creation', fields: () => fields }),
    clean: (run) => {
      if (checkUsable(run, NEW_USER_PAIR)) checkPair(run, NEW_USER_PAIR)
    },
  })
}

function creation(
  site: FormSite,
  columns: readonly FormField[],
  parts: Pick<FormDefinition<object, unknown>, 'submit' | 'fields'>,
): FormDefinition<object, unknown> {
  const taken: TakenParts = {
    manager: site.users,
    usernameField: site.users.model.usernameField,
    emailField: site.users.model.emailField,
    refusesLookAlikes: true,
    isEmailLogin: site.isEmailLogin ?? false,
  }
  return {
    ...parts,
    prepare: () => ({}),
    clean: (run) => checkPair(run, NEW_USER_PAIR),
    async complete(run) {
      run.add(await takenProblems(taken, run.values))
      await checkRules(site, run, NEW_USER_PAIR, unsavedUser(site, run.formValues))
    },
    async save(run) {
      const files = await storeFiles(userFieldParts(site), run, columns)
      try {
        return await createUser(site, { ...valuesOf(run, columns), ...files.values }, run)
      } catch (error) {
        await files.undo(error)
        throw error instanceof UniqueViolation ? await takenError(taken, run.values) : error
      }
    },
  }
}

async function createUser(site: FormSite, values: object, run: Validation<object>): Promise<unknown> {
  // A password that staff switched off is not set, even where one was typed.
  const password = run.values['usablePassword'] === false ? null : ((run.values[NEW_USER_PAIR.second] as Secret<string> | null | undefined) ?? null)
  const user = await site.users.createUser({ ...values, password } as never)
  if (password !== null) await passwordChanged(password, user, { validators: site.passwordValidators })
  return user
}

function valuesOf(run: Validation<object>, columns: readonly FormField[]): object {
  return Object.fromEntries(columns.filter((one) => one.type !== 'file').map((one) => [one.name, run.values[one.name]]))
}

/** What an account cannot be made without must be asked for. */
function creationColumns(site: FormSite, names: readonly string[] | undefined): FormField[] {
  const { model } = site.users
  const columns = userFields(site, names ?? [model.usernameField], 'visitors')
  const missing = model.meta.columns.filter(
    (one) => one.field.isRequired && one.name !== 'password' && !columns.some((field) => field.name === one.name),
  )
  if (missing.length > 0)
    throw new ImproperlyConfigured(
      `${model.label} cannot be made without ${missing.map((one) => one.name).join(', ')}: add it to \`fields\`, or give the column a default.`,
    )
  return columns
}
