/**
 * Forms that change an account's own columns: for its owner, and for staff. Only what changed is written.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { UniqueViolation } from '../base/errors.js'
import { messageFor } from '../base/messages.js'
import { withAddressShown } from './email-change-form.js'
import type { FormField } from './form-field.js'
import { formClass } from './form.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { changesOf, valuesOf } from './changes.js'
import { nameProblems } from './name-rules.js'
import { storeFiles } from './stored-files.js'
import { takenError, takenProblems, type TakenParts } from './taken.js'
import { checkNames, userFieldParts, userFields, type Audience } from './user-fields.js'
import { userOf } from './whose.js'
import { words } from './words.js'

/** What a form that changes accounts takes. */
export interface UserChangeOptions<Name extends string> {
  /** The columns, in this order. Default: all that may be offered. */
  readonly fields?: readonly Name[]
}

interface Owner {
  readonly user: BaseUser
}

/** Makes the form. For staff the password is shown, masked, with the way to change it. */
export function userChangeForm(site: FormSite, options: UserChangeOptions<string>, audience: Audience): AnyFormClass {
  const offered = userFields(site, options.fields, audience)
  const columns = audience === 'staff' ? offered : withAddressShown(site, offered, site.emailChangeUrl ?? '')
  checkNames(columns)
  return formClass<Owner>({
    submit: 'submit.user_change',
    isChange: true,
    prepare: (given, request) => ({ user: userOf(given, request) }),
    fields: ({ user }) => (audience === 'staff' ? withPassword(columns, user) : columns),
    initial: ({ user }) => ({ ...valuesOf(user, columns), ...(audience === 'staff' ? { password: summaryOf(site, user) } : {}) }),
    async complete(run) {
      const changes = changesOf(run, columns)
      const taken = await takenProblems({ ...takenUser(site, run.context.user), refusesLookAlikes: audience === 'visitors' }, changes)
      run.add(taken.length > 0 || audience === 'staff' ? taken : nameProblems(site, changes))
    },
    async save(run) {
      const { user } = run.context
      const files = await storeFiles(userFieldParts(site), run, columns)
      try {
        await updateUser(site, user, { ...changesOf(run, columns), ...files.values })
      } catch (error) {
        await files.undo(error)
        throw error
      }
      // Within a transaction of the caller the row may yet come back, and with it the path of the old file.
      await site.registry.database.onCommit(files.finish)
      return user
    },
  })
}

/** Writes the columns that changed; a name that was taken meanwhile is an error of its field. */
export async function updateUser(site: FormSite, user: BaseUser, changes: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    // Within a transaction of the caller this is a savepoint: PostgreSQL answers no question of a transaction in which a statement failed.
    await site.registry.database.atomic(async () => site.users.updateObject(user, changes))
  } catch (error) {
    throw error instanceof UniqueViolation ? await takenError(takenUser(site, user), changes) : error
  }
}

/** Who else may have a user's values: nobody. */
export function takenUser({ users, isEmailLogin = false }: FormSite, user: BaseUser): TakenParts {
  const { usernameField, emailField } = users.model
  return { manager: users, own: user.pk, usernameField, emailField, refusesLookAlikes: true, isEmailLogin }
}

/** The password after the name, as Django shows it. */
function withPassword(columns: readonly FormField[], user: BaseUser): FormField[] {
  const isUsable = user.hasUsablePassword()
  const password: FormField = {
    name: 'password',
    wireName: 'password',
    label: words('label.password'),
    helpTexts: [words(isUsable ? 'help.password_hash' : 'help.no_password')],
    isRequired: false,
    type: 'readonly',
    attributes: {},
    link: { href: '../password/', label: words(isUsable ? 'password_hash.reset' : 'password_hash.set') },
    read: () => null,
    write: (summary) => (typeof summary === 'string' ? summary : ''),
  }
  return [...columns.slice(0, 1), password, ...columns.slice(1)]
}

/** What may be seen of a hash: its algorithm and cost, and of salt and hash the beginning (I2). */
function summaryOf(site: FormSite, user: BaseUser): string {
  if (!user.hasUsablePassword() || user.password === '') return messageFor('password_hash.none')
  const items = site.passwordSummary(user.password)
  return items === null ? messageFor('password_hash.unreadable') : items.map((one) => `${one.label}: ${one.value}`).join(', ')
}
