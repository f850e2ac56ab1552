/**
 * `portcullis_event`: what happened on the site, for those who look after it. A table of our own without foreign keys: what is known of an
 * account outlives the account.
 * @module
 */

import { bigAutoField, charField, dateTimeField, textField } from '../database/fields.js'
import { model } from '../database/model.js'
import type { OwnMigration } from '../database/schema/own-migrations.js'
import { MOST_OF_ADDRESS, MOST_OF_PATH, MOST_OF_SUBJECT, MOST_OF_USER_AGENT } from './event.js'

/** The table. Every filter has an index that gives its rows newest first, so that a page costs the same however many rows there are. */
export class EventRow extends model('portcullis.Event', {
  table: 'portcullis_event',
  fields: {
    id: bigAutoField(),
    time: dateTimeField({ index: true }),
    name: charField({ maxLength: 40 }),
    outcome: charField({ maxLength: 10 }),
    actor: charField({ maxLength: MOST_OF_SUBJECT, blank: true }),
    target: charField({ maxLength: MOST_OF_SUBJECT, blank: true }),
    address: charField({ maxLength: MOST_OF_ADDRESS, blank: true }),
    userAgent: charField({ maxLength: MOST_OF_USER_AGENT, blank: true }),
    path: charField({ maxLength: MOST_OF_PATH, blank: true }),
    data: textField({ blank: true }),
  },
  indexes: [
    ['name', 'time'],
    ['actor', 'time'],
    ['target', 'time'],
    ['address', 'time'],
  ],
}) {}

/** The migrations of our own tables that events need. */
export const eventMigrations: readonly OwnMigration[] = [
  { name: '0004_events', up: (change) => change.createTable(EventRow), down: (change) => change.dropTable(EventRow) },
]
