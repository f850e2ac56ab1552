/**
 * Which columns of the user a form offers, and to whom. What decides about rights is never a visitor's to fill in (I11).
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { Manager } from '../database/manager.js'
import type { ColumnMeta } from '../database/meta.js'
import type { FieldsOf, Values } from '../database/model.js'
import type { Field } from '../database/field.js'
import { CSRF_FIELD } from '../protection/csrf.js'
import type { FormField } from './form-field.js'
import type { FormSite } from './form-site.js'
import { NEXT_FIELD } from './form-input.js'
import { isOffered, namedField, type ModelFieldParts } from './model-field.js'

/** Columns that decide what an account may and whose it is: offered to staff alone, and some to nobody. */
const NEVER_FOR_VISITORS = ['password', 'isSuperuser', 'isStaff', 'isActive', 'groups', 'userPermissions', 'lastLogin', 'dateJoined'] as const

/** The names of these columns. */
export type NeverForVisitors = (typeof NEVER_FOR_VISITORS)[number]

type Keys<F> = { [K in keyof F]: F[K] extends Field<infer T> ? (T['key'] extends true ? K : never) : never }[keyof F]

/** The columns of a user model that people may fill in themselves. */
export type VisitorField<U> = Exclude<keyof Values<FieldsOf<U>> & string, NeverForVisitors | Keys<FieldsOf<U>> | 'id'>

/** The columns of a user model that staff may fill in; the password has forms of its own. */
export type StaffField<U> = Exclude<keyof Values<FieldsOf<U>> & string, 'password' | Keys<FieldsOf<U>> | 'id'>

/** The column that people log in by. */
export type LoginField<U> = U extends { readonly options: { readonly usernameField: infer N extends string } } ? N : 'username'

/** The values of columns of a user model. */
export type UserValues<U, K> = Pick<Values<FieldsOf<U>>, K & keyof Values<FieldsOf<U>>>

/** Who fills a form in. */
export type Audience = 'visitors' | 'staff'

/** How columns of the user become fields. */
export function userFieldParts(site: FormSite): ModelFieldParts {
  const { model } = site.users
  return {
    registry: site.registry,
    meta: model.meta,
    files: site.files,
    usernameField: model.usernameField,
    emailField: model.emailField,
    exists: existsOn(site),
  }
}

/** The fields of these columns; those that every form of the user can offer where none are named. */
export function userFields(site: FormSite, names: readonly string[] | undefined, audience: Audience): FormField[] {
  const parts = userFieldParts(site)
  const asked = names ?? parts.meta.columns.filter((one) => isAllowed(parts, one, audience)).map((one) => one.name)
  const twice = asked.find((name, index) => asked.indexOf(name) !== index)
  if (twice !== undefined) throw new ImproperlyConfigured(`\`fields\` names “${twice}” twice.`)
  return asked.map((name) => {
    if (audience === 'visitors' && (NEVER_FOR_VISITORS as readonly string[]).includes(name))
      throw new ImproperlyConfigured(`\`fields\` names “${name}”, which no visitor may fill in: it decides what the account may. Leave it out.`)
    const field = namedField(parts, name)
    return name === site.users.model.usernameField ? { ...field, attributes: { ...field.attributes, autofocus: true } } : field
  })
}

/** Refuses names that every form has already. */
export function checkNames(fields: readonly FormField[]): readonly FormField[] {
  const seen = new Set([CSRF_FIELD, NEXT_FIELD])
  for (const { name, wireName } of fields) {
    if (seen.has(wireName)) throw new ImproperlyConfigured(`A form has two fields called “${wireName}”. Leave “${name}” out, or rename the property.`)
    seen.add(wireName)
  }
  return fields
}

function isAllowed(parts: ModelFieldParts, column: ColumnMeta, audience: Audience): boolean {
  return isOffered(parts, column) && (audience === 'staff' || !(NEVER_FOR_VISITORS as readonly string[]).includes(column.name))
}

/** Whether a row of a model is there, for fields that point to one. */
export function existsOn({ registry }: FormSite): (label: string, key: unknown) => Promise<boolean> {
  return async (label, key) => {
    const model = registry.find(label)
    if (model === null) return false
    const manager = registry.loaderOf(model)
    return manager instanceof Manager ? manager.exists({ pk: key } as never) : new Manager(registry, model).exists({ pk: key } as never)
  }
}
