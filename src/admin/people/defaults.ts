/**
 * What every admin shows to begin with: users, groups, permissions, content types and the history, as Django's admin shows them (§11.3, AD-20).
 * An application may unregister any of them and register its own. Loaded with the site, so it knows no page.
 * @module
 */

import { ContentType } from '../../accounts/content-type.js'
import { LogEntry } from '../../accounts/django-apps.js'
import { Group } from '../../accounts/group.js'
import { Permission } from '../../accounts/permission.js'
import type { AnyUserClass } from '../../accounts/user.js'
import type { SiteRequest } from '../../authentication/site-request.js'
import type { AnyModelClass } from '../../database/model.js'
import type { Staff } from '../admin-parts.js'
import type { Fieldset, ModelAdminOptions } from '../options.js'
import type { AdminRegistry } from '../registry.js'

type AnyOptions = ModelAdminOptions<AnyModelClass, never>

/** Registers what a site has of its own. */
export function registerDefaults(registry: AdminRegistry, user: AnyUserClass, profile: AnyModelClass | null = null): void {
  registry.add(user as unknown as AnyModelClass, userOptions(user, profile))
  registry.add(Group, { searchFields: ['name'], ordering: ['name'], filterHorizontal: ['permissions'] } as unknown as AnyOptions)
  registry.add(Permission, permissionOptions)
  registry.add(ContentType, contentTypeOptions)
  registry.add(LogEntry, historyOptions)
}

/** What a user's list and change page show; columns that a model of one's own does not have are left out. */
export function userOptions(user: AnyUserClass, profile: AnyModelClass | null): AnyOptions {
  const { meta, usernameField, emailField } = user
  const relations = new Set(meta.relations.map((one) => one.name))
  const has = (name: string): boolean => meta.column.has(name) || relations.has(name)
  const columns = [...new Set([usernameField, emailField, 'firstName', 'lastName', 'isStaff'])].filter((name) => meta.column.has(name))
  const texts = [...new Set([usernameField, 'firstName', 'lastName', emailField])].filter(
    (name) => meta.column.get(name)?.field.settings.maxLength !== undefined,
  )
  const rights = ['groups', 'userPermissions'].filter((name) => relations.has(name))
  return {
    listDisplay: columns,
    listFilter: ['isStaff', 'isSuperuser', 'isActive', 'groups'].filter(has),
    searchFields: texts.filter((name) => meta.column.has(name)),
    ordering: [usernameField],
    fieldsets: fieldsetsOf(user),
    filterHorizontal: rights,
    inlines: profile === null ? [] : [{ model: profile, extra: 1, max: 1, canDelete: false }],
  } as unknown as AnyOptions
}

function fieldsetsOf({ meta, usernameField, emailField }: AnyUserClass): readonly Fieldset<AnyModelClass>[] {
  const relations = meta.relations.map((one) => one.name)
  const has = (name: string): boolean => meta.column.has(name) || relations.includes(name)
  const first = [usernameField, 'password']
  const personal = ['firstName', 'lastName', emailField].filter((name) => has(name) && !first.includes(name))
  const rights = ['isActive', 'isStaff', 'isSuperuser', 'groups', 'userPermissions'].filter(has)
  const dates = ['lastLogin', 'dateJoined'].filter(has)
  const known = new Set([...first, ...personal, ...rights, ...dates, meta.primaryKey?.name])
  const more = [...meta.columns.map((one) => one.name), ...relations].filter((name) => !known.has(name))
  return [
    { fields: first },
    { title: 'Personal info', fields: personal },
    { title: 'Permissions', fields: rights },
    { title: 'Important dates', fields: dates },
    { title: 'More', fields: more },
  ].filter((one) => one.fields.length > 0) as unknown as readonly Fieldset<AnyModelClass>[]
}

const permissionOptions = {
  listDisplay: ['name', 'codename', 'contentType'],
  listFilter: ['contentType.appLabel'],
  searchFields: ['name', 'codename', 'contentType.appLabel', 'contentType.model'],
  ordering: ['contentType.appLabel', 'contentType.model', 'codename'],
  fields: ['name', 'contentType', 'codename'],
  nameOf: (row: Permission) => `${row.name} (${row.codename})`,
} as unknown as AnyOptions

/** Content types follow the models; they are only looked at, and stale ones removed. */
const contentTypeOptions = {
  listDisplay: ['appLabel', 'model'],
  listDisplayLinks: ['model'],
  searchFields: ['appLabel', 'model'],
  ordering: ['appLabel', 'model'],
  hasAddPermission: () => false,
  hasChangePermission: () => false,
} as unknown as AnyOptions

/** Django's numbers for what was done, in words. */
const ACTIONS: Readonly<Record<number, string>> = { 1: 'Added', 2: 'Changed', 3: 'Deleted' }

/** What was done is read by superusers and rewritten by nobody. */
const historyOptions = {
  listDisplay: [
    'actionTime',
    'user',
    { label: 'Action', value: (row: LogEntry) => ACTIONS[row.actionFlag], ordering: 'actionFlag' },
    'contentType',
    'objectRepr',
  ],
  listDisplayLinks: ['actionTime'],
  searchFields: ['objectRepr', 'changeMessage'],
  ordering: ['-actionTime', '-id'],
  hasAddPermission: () => false,
  hasChangePermission: () => false,
  hasDeletePermission: () => false,
  hasViewPermission: ({ user }: SiteRequest) => (user as unknown as Staff).isSuperuser === true,
} as unknown as AnyOptions
