/**
 * `portcullis_session`: who logged in by which session, when, and from where; for the list of devices. A table of our own, without a foreign
 * key to any of Django's, so that Django can delete users and sessions as ever.
 * @module
 */

import type { Field } from '../database/field.js'
import { bigAutoField, charField, dateTimeField } from '../database/fields.js'
import { model, type AnyModelClass } from '../database/model.js'
import { pointingTo } from '../database/pointing-field.js'
import type { OwnMigration } from '../database/schema/own-migrations.js'

/** The longest address of IPv6, with an IPv4 address inside. */
export const MOST_OF_ADDRESS = 45
/** Enough to tell one's browsers apart; the rest of what browsers send is history. */
export const MOST_OF_USER_AGENT = 300

/** The model for a site whose users have this primary key. */
export function sessionRecordModel(userKey: Field): AnyModelClass {
  return model('portcullis.Session', {
    table: 'portcullis_session',
    fields: {
      id: bigAutoField(),
      publicId: charField({ maxLength: 22, unique: true }),
      sessionKey: charField({ maxLength: 40, unique: true }),
      userKey: pointingTo(userKey),
      created: dateTimeField(),
      lastSeen: dateTimeField(),
      address: charField({ maxLength: MOST_OF_ADDRESS, blank: true }),
      userAgent: charField({ maxLength: MOST_OF_USER_AGENT, blank: true }),
    },
  })
}

/** The migrations of our own tables that sessions need, for a site whose users have this primary key. */
export function sessionMigrations(userKey: Field): readonly OwnMigration[] {
  const made = sessionRecordModel(userKey)
  return [{ name: '0002_sessions', up: (change) => change.createTable(made), down: (change) => change.dropTable(made) }]
}
