/**
 * `portcullis_invitation`: who was invited, by whom, into which groups; and which links to register were used. A table of our own without
 * foreign keys.
 * @module
 */

import { EMAIL_MAX_LENGTH } from '../base/email-address.js'
import { bigAutoField, charField, dateTimeField, jsonField } from '../database/fields.js'
import { model } from '../database/model.js'
import type { OwnMigration } from '../database/schema/own-migrations.js'
import { PUBLIC_ID } from './email-models.js'

/** A key as text. */
const MOST_OF_KEY = 255

/** An invitation as it is stored. */
export class InvitationRow extends model('portcullis.Invitation', {
  table: 'portcullis_invitation',
  fields: {
    id: bigAutoField(),
    publicId: charField({ maxLength: PUBLIC_ID.length, unique: true }),
    email: charField({ maxLength: EMAIL_MAX_LENGTH }),
    /** The keys of the groups that whoever comes joins. */
    groups: jsonField(),
    /** The key of who invited, as text; empty where it was the command line, the application, or the owner of the address. */
    invitedBy: charField({ maxLength: MOST_OF_KEY, blank: true }),
    created: dateTimeField(),
    expires: dateTimeField({ index: true }),
    /** When an account was made with it; null while it is open. */
    usedAt: dateTimeField({ null: true }),
  },
}) {}

/** The migrations of our own tables that invitations need. */
export const invitationMigrations: readonly OwnMigration[] = [
  { name: '0006_invitations', up: (change) => change.createTable(InvitationRow), down: (change) => change.dropTable(InvitationRow) },
]
