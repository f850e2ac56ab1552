/**
 * Django's apps around users as portcullis makes them: their models and the names of the migrations that lead to them (DM-5). A database
 * that Django made already has them and is left as it is. The app of sessions stands with the sessions.
 * @module
 */

import { autoField, charField, dateTimeField, foreignKey, positiveSmallIntegerField, textField } from '../database/fields.js'
import { model, type AnyModelClass } from '../database/model.js'
import { ContentType } from './content-type.js'
import { Group } from './group.js'
import { Permission } from './permission.js'
import { User } from './user.js'

/** A row of the admin's history. */
export class LogEntry extends model('admin.LogEntry', {
  table: 'django_admin_log',
  verboseName: 'log entry',
  verboseNamePlural: 'log entries',
  fields: {
    id: autoField(),
    actionTime: dateTimeField({ default: ({ now }) => now, editable: false, label: 'action time' }),
    user: foreignKey(() => User),
    contentType: foreignKey(() => ContentType, { null: true, blank: true, onDelete: 'setNull', label: 'content type' }),
    objectId: textField({ null: true, blank: true, label: 'object id' }),
    objectRepr: charField({ maxLength: 200, label: 'object repr' }),
    actionFlag: positiveSmallIntegerField({ label: 'action flag' }),
    changeMessage: textField({ blank: true, label: 'change message' }),
  },
  ordering: ['-actionTime'],
}) {}

/** One of Django's apps. */
export interface DjangoApp {
  readonly app: string
  /** What `django_migrations` holds once the app is up to date. */
  readonly migrations: readonly string[]
  readonly models: readonly AnyModelClass[]
}

/** The apps in the order their tables depend on each other. A site with a user model of its own has no `auth_user`, as in Django. */
export function djangoApps(user: AnyModelClass): readonly DjangoApp[] {
  return [
    { app: 'contenttypes', migrations: ['0001_initial', '0002_remove_content_type_name'], models: [ContentType] },
    {
      app: 'auth',
      migrations: [
        '0001_initial',
        '0002_alter_permission_name_max_length',
        '0003_alter_user_email_max_length',
        '0004_alter_user_username_opts',
        '0005_alter_user_last_login_null',
        '0006_require_contenttypes_0002',
        '0007_alter_validators_add_error_messages',
        '0008_alter_user_username_max_length',
        '0009_alter_user_last_name_max_length',
        '0010_alter_group_name_max_length',
        '0011_update_proxy_permissions',
        '0012_alter_user_first_name_max_length',
      ],
      models: user === User ? [Permission, Group, User] : [Permission, Group],
    },
    { app: 'admin', migrations: ['0001_initial', '0002_logentry_remove_auto_add', '0003_logentry_add_action_flag_choices'], models: [LogEntry] },
  ]
}
