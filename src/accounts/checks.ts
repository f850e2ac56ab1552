/**
 * Checks of declared models: names of permissions that would clash or not fit their columns, and users nobody could tell apart.
 * @module
 */

import type { ModelMeta } from '../database/meta.js'
import type { SystemCheck } from '../settings/checks.js'
import type { AnyUserClass } from './user.js'

/** `auth_permission.name` and `.codename`, and `django_content_type.model` (P-6, CT-7). */
const LONGEST_NAME = 255
const LONGEST_CODENAME = 100
const LONGEST_MODEL = 100

/** Everything wrong with the declared models. */
export function checkModels(metas: readonly ModelMeta[], user: AnyUserClass, onlyModelBackend: boolean): SystemCheck[] {
  return [...metas.flatMap(checkPermissions), ...metas.flatMap(checkModelName), ...checkUsername(user, onlyModelBackend)]
}

function checkPermissions(meta: ModelMeta): SystemCheck[] {
  const own = new Set(meta.permissions.map(([codename]) => codename))
  const error = (id: string, message: string, hint: string): SystemCheck => ({ id, level: 'error', subject: meta.label, message, hint })
  const builtin = meta.defaultPermissions.map((action) => [`${action}_${meta.modelName}`, `Can ${action} ${meta.verboseName}`] as const)
  return [
    ...builtin
      .filter(([codename]) => own.has(codename))
      .map(([codename]) =>
        error(
          'auth.E005',
          `The permission “${codename}” of ${meta.label} is made by itself already.`,
          'Drop it from `permissions`, or leave its action out of `defaultPermissions`.',
        ),
      ),
    ...builtin
      .filter(([, name]) => name.length > LONGEST_NAME)
      .map(() =>
        error(
          'auth.E007',
          `${meta.label} has a verboseName too long for “Can … ${meta.verboseName.slice(0, 20)}…” to fit ${LONGEST_NAME} characters.`,
          'Shorten `verboseName`.',
        ),
      ),
    ...meta.permissions
      .filter(([, name]) => name.length > LONGEST_NAME)
      .map(([codename]) =>
        error('auth.E008', `The name of the permission “${codename}” of ${meta.label} is longer than ${LONGEST_NAME} characters.`, 'Shorten it.'),
      ),
    ...builtin
      .filter(([codename]) => codename.length > LONGEST_CODENAME)
      .map(([codename]) =>
        error(
          'auth.E011',
          `${meta.label} is too long a name: its permission “${codename.slice(0, 20)}…” would pass ${LONGEST_CODENAME} characters.`,
          'Shorten the class name.',
        ),
      ),
    ...meta.permissions
      .filter(([codename]) => codename.length > LONGEST_CODENAME)
      .map(([codename]) =>
        error('auth.E012', `The codename “${codename.slice(0, 20)}…” of ${meta.label} is longer than ${LONGEST_CODENAME} characters.`, 'Shorten it.'),
      ),
  ]
}

function checkModelName(meta: ModelMeta): SystemCheck[] {
  if (meta.modelName.length <= LONGEST_MODEL) return []
  return [
    {
      id: 'contenttypes.E005',
      level: 'error',
      subject: meta.label,
      message: `The class name of ${meta.label} is longer than ${LONGEST_MODEL} characters.`,
      hint: 'Shorten it.',
    },
  ]
}

function checkUsername(user: AnyUserClass, onlyModelBackend: boolean): SystemCheck[] {
  const { meta, usernameField } = user
  const settings = meta.column.get(usernameField)?.field.settings
  const unique =
    settings?.unique === true || settings?.primaryKey === true || meta.uniqueTogether.some((one) => one.length === 1 && one[0] === usernameField)
  if (unique) return []
  const message = `${meta.label} is logged in with “${usernameField}”, which is not unique: two people could have the same.`
  const hint = `Declare ${usernameField} with \`unique: true\`.`
  return [
    onlyModelBackend
      ? { id: 'auth.E003', level: 'error', subject: meta.label, message, hint }
      : { id: 'auth.W004', level: 'warning', subject: meta.label, message, hint },
  ]
}
