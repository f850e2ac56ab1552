/**
 * Django's session table, as a model and as one of Django's apps.
 * @module
 */

import { charField, dateTimeField, textField } from '../database/fields.js'
import { model } from '../database/model.js'
import type { DjangoApp } from '../database/schema/options.js'

/** A row of Django's session table. */
export class Session extends model('sessions.Session', {
  table: 'django_session',
  fields: {
    sessionKey: charField({ maxLength: 40, primaryKey: true, label: 'session key' }),
    sessionData: textField({ label: 'session data' }),
    expireDate: dateTimeField({ index: true, label: 'expire date' }),
  },
}) {}

/** The app, with the migration that Django knows it by. */
export const sessionsApp: DjangoApp = { app: 'sessions', migrations: ['0001_initial'], models: [Session] }
