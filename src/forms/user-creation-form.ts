/**
 * Forms that make an account: for people who sign up, and for staff who make one for somebody.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { userServices } from '../accounts/user-services.js'
import { ImproperlyConfigured, UniqueViolation } from '../base/errors.js'
import type { Secret } from '../base/secret.js'
import type { RegistrationTerms } from '../emails/registration-terms.js'
import { passwordChanged } from '../passwords/validators/validate.js'
import type { FormDefinition, Validation } from './definition.js'
import { shown } from './email-change-form.js'
import { storeFiles } from './stored-files.js'
import { formClass } from './form.js'
import type { FormField } from './form-field.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { checkPair, checkRules, NEW_USER_PAIR, passwordPair, unsavedUser } from './password-rules.js'
import { nameProblems } from './name-rules.js'
import { takenError, takenProblems, type TakenParts } from './taken.js'
import { checkUsable, usablePasswordField } from './usable-password.js'
import { checkNames, userFields, userFieldParts, type Audience } from './user-fields.js'

/** What a form that makes accounts takes. */
export interface UserCreationOptions<Name extends string> {
  /** The columns to ask for, in this order. Default: the one that people log in by. */
  readonly fields?: readonly Name[]
}

/** Makes the form for signing up. Whoever comes by a mailed link has their address already; it is shown, and not asked for. */
export function userCreationForm(site: FormSite, options: UserCreationOptions<string> = {}): AnyFormClass {
  const columns = creationColumns(site, options.fields)
  const pair = passwordPair(site, NEW_USER_PAIR)
  const fields = checkNames([...columns, ...pair])
  return formClass<Terms>({
    ...creation(site, columns, 'visitors'),
    submit: 'submit.user_creation',
    prepare: (given) => ({ terms: (given['terms'] as RegistrationTerms | undefined) ?? null }),
    fields: ({ terms }) => (terms === null ? fields : [...withAddress(site, columns), ...pair]),
    initial: ({ terms }) => (terms === null ? {} : { [site.users.model.emailField]: terms.email }),
    clean: (run) => {
      const { terms } = run.context
      if (terms !== null) run.values[site.users.model.emailField] = terms.email
      checkPair(run, NEW_USER_PAIR)
    },
  })
}

/** Makes the form with which staff make an account, perhaps without a password. */
export function adminUserCreationForm(site: FormSite, options: UserCreationOptions<string> = {}): AnyFormClass {
  const columns = creationColumns(site, options.fields)
  const fields = checkNames([...columns, ...passwordPair(site, NEW_USER_PAIR, { isRequired: false }), usablePasswordField()])
  return formClass<Terms>({
    ...creation(site, columns, 'staff'),
    submit: 'submit.admin_user_creation',
    prepare: () => ({ terms: null }),
    fields: () => fields,
    clean: (run) => {
      if (checkUsable(run, NEW_USER_PAIR)) checkPair(run, NEW_USER_PAIR)
    },
  })
}

/** Who makes the account: somebody by a mailed link, or, for null, whoever fills the form in. */
interface Terms {
  readonly terms: RegistrationTerms | null
}

function creation(site: FormSite, columns: readonly FormField[], audience: Audience): Pick<FormDefinition<Terms, unknown>, 'complete' | 'save'> {
  const taken: TakenParts = {
    manager: site.users,
    usernameField: site.users.model.usernameField,
    emailField: site.users.model.emailField,
    refusesLookAlikes: audience === 'visitors',
    isEmailLogin: site.isEmailLogin ?? false,
  }
  return {
    async complete(run) {
      run.add(await takenProblems(taken, run.values))
      if (audience === 'visitors') run.add(nameProblems(site, run.values))
      await checkRules(site, run, NEW_USER_PAIR, unsavedUser(site, { ...run.formValues, ...addressIn(site, run) }))
    },
    async save(run) {
      const files = await storeFiles(userFieldParts(site), run, columns)
      try {
        return await createUser(site, { ...valuesOf(run, columns), ...addressIn(site, run), ...files.values }, run)
      } catch (error) {
        await files.undo(error)
        throw error instanceof UniqueViolation ? await takenError(taken, run.values) : error
      }
    },
  }
}

async function createUser(site: FormSite, values: object, run: Validation<Terms>): Promise<unknown> {
  const { terms } = run.context
  // A password that staff switched off is not set, even where one was typed.
  const password = run.values['usablePassword'] === false ? null : ((run.values[NEW_USER_PAIR.second] as Secret<string> | null | undefined) ?? null)
  const user = terms === null ? await site.users.createUser({ ...values, password } as never) : await createOn(terms, site, values, password)
  if (password !== null) await passwordChanged(password, user, { validators: site.passwordValidators })
  return user
}

/** The password is hashed before the transaction, which would hold everybody else up meanwhile. */
async function createOn(terms: RegistrationTerms, site: FormSite, values: object, password: Secret<string> | null): Promise<BaseUser> {
  const made = password === null ? {} : { encodedPassword: await site.registry.service(userServices).passwords.make(password) }
  return terms.accept(async () => (await site.users.bulkCreate([{ ...values, ...made } as never]))[0] as BaseUser)
}

/** The address of a mailed link, where it came by one. */
function addressIn(site: FormSite, { context: { terms } }: Validation<Terms>): object {
  const { emailField, meta } = site.users.model
  return terms === null || !meta.column.has(emailField) ? {} : { [emailField]: terms.email }
}

function withAddress(site: FormSite, columns: readonly FormField[]): FormField[] {
  return columns.map((field) => (field.name === site.users.model.emailField ? shown(field) : field))
}

function valuesOf(run: Validation<Terms>, columns: readonly FormField[]): object {
  const asked = columns.filter((one) => one.type !== 'file' && run.has(one.name))
  return Object.fromEntries(asked.map((one) => [one.name, run.values[one.name]]))
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
