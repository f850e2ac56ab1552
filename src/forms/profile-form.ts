/**
 * The form with which people keep their account and their profile: two rows, one form, written together or not at all.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { ProfileManager } from '../accounts/profiles.js'
import { UniqueViolation } from '../base/errors.js'
import type { Field } from '../database/field.js'
import type { FieldsOf, Model, Values } from '../database/model.js'
import { changesOf, valuesOf } from './changes.js'
import { withAddressShown } from './email-change-form.js'
import { formClass } from './form.js'
import type { FormField } from './form-field.js'
import type { FormSite } from './form-site.js'
import type { AnyFormClass } from './form-types.js'
import { isOffered, namedField, type ModelFieldParts } from './model-field.js'
import { nameProblems } from './name-rules.js'
import { storeFiles, type StoredFiles } from './stored-files.js'
import { takenError, takenProblems, type TakenParts } from './taken.js'
import { takenUser, updateUser } from './user-change-form.js'
import { checkNames, existsOn, userFieldParts, userFields } from './user-fields.js'
import { userOf } from './whose.js'

type RelationNames<F> = {
  [K in keyof F]: F[K] extends Field<infer T> ? (T['relation'] extends true ? K : T['key'] extends true ? K : never) : never
}[keyof F]

/** The columns of a profile model that people may fill in. */
export type ProfileField<P> = [P] extends [never] ? never : Exclude<keyof Values<FieldsOf<P>> & string, RelationNames<FieldsOf<P>> | 'id'>

/** The values of columns of a profile model. */
export type ProfileValues<P, K> = [P] extends [never] ? unknown : Pick<Values<FieldsOf<P>>, K & keyof Values<FieldsOf<P>>>

/** What a profile form takes. */
export interface ProfileOptions<UserName extends string, ProfileName extends string> {
  /** Columns of the user. Default: all that people may fill in, but for the name they log in by. */
  readonly userFields?: readonly UserName[]
  /** Columns of the profile. Default: all but the one that says whose it is. */
  readonly profileFields?: readonly ProfileName[]
}

interface Owner {
  readonly user: BaseUser
  readonly profile: Model | null
}

/** Makes the form. */
export function profileForm(site: FormSite, options: ProfileOptions<string, string> = {}): AnyFormClass {
  const { profiles } = site
  // The profile's neighbour, wherever both are served.
  const ofUser = withAddressShown(site, userFields(site, options.userFields ?? usualFields(site), 'visitors'), '../email/').map(withoutFocus)
  const parts = profiles === null ? null : profileParts(site, profiles)
  const ofProfile = parts === null ? [] : profileFields(parts, options.profileFields)
  const fields = checkNames([...ofUser, ...ofProfile])
  return formClass<Owner>({
    submit: 'submit.profile',
    isChange: true,
    prepare: (given, request) => ({ user: userOf(given, request), profile: null }),
    load: async ({ user }) => ({ user, profile: (await profiles?.get(user)) ?? null }),
    fields: () => fields,
    initial: ({ user, profile }) => ({ ...valuesOf(user, ofUser), ...(profile === null ? {} : valuesOf(profile, ofProfile)) }),
    async complete(run) {
      const { user, profile } = run.context
      const taken = await takenProblems(takenUser(site, user), changesOf(run, ofUser))
      run.add(taken.length > 0 ? taken : nameProblems(site, changesOf(run, ofUser)))
      if (profiles !== null && profile !== null) run.add(await takenProblems(takenProfile(profiles, profile), changesOf(run, ofProfile)))
    },
    async save(run) {
      const { user, profile } = run.context
      const { database } = site.registry
      const stored: StoredFiles[] = []
      const valuesFor = async (model: ModelFieldParts, own: readonly FormField[]): Promise<Record<string, unknown>> => {
        const files = await storeFiles(model, run, own)
        stored.push(files)
        return { ...changesOf(run, own), ...files.values }
      }
      try {
        const userValues = await valuesFor(userFieldParts(site), ofUser)
        const profileValues = parts === null ? {} : await valuesFor(parts, ofProfile)
        await database.atomic(async () => {
          await updateUser(site, user, userValues)
          if (profiles !== null && profile !== null) await updateProfile(profiles, profile, profileValues)
        })
      } catch (error) {
        for (const files of stored) await files.undo(error)
        throw error
      }
      // Within a transaction of the caller the rows may yet come back, and with them the paths of the old files.
      for (const files of stored) await database.onCommit(files.finish)
      return user
    },
  })
}

async function updateProfile(profiles: ProfileManager, profile: Model, changes: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await profiles.registry.database.atomic(async () => profiles.updateObject(profile, changes))
  } catch (error) {
    throw error instanceof UniqueViolation ? await takenError(takenProfile(profiles, profile), changes) : error
  }
}

function takenProfile(profiles: ProfileManager, profile: Model): TakenParts {
  return { manager: profiles, own: profile.pk }
}

/** A name to log in by is changed with more ado than a telephone number. */
function usualFields(site: FormSite): string[] {
  return userFields(site, undefined, 'visitors')
    .map((one) => one.name)
    .filter((name) => name !== site.users.model.usernameField)
}

function profileParts(site: FormSite, profiles: ProfileManager): ModelFieldParts {
  return { registry: site.registry, meta: profiles.meta, files: site.files, exists: existsOn(site) }
}

function profileFields(parts: ModelFieldParts, names: readonly string[] | undefined): FormField[] {
  const usual = parts.meta.columns.filter((one) => isOffered(parts, one) && one.field.settings.kind !== 'oneToOne').map((one) => one.name)
  return (names ?? usual).map((name) => namedField(parts, name))
}

function withoutFocus(field: FormField): FormField {
  const { autofocus: _, ...attributes } = field.attributes
  return { ...field, attributes }
}
