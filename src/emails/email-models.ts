/**
 * `portcullis_email` and `portcullis_email_change`: which addresses were proven, and which took another's place. Tables of our own, without
 * a foreign key to any of Django's.
 * @module
 */

import type { Field } from '../database/field.js'
import { bigAutoField, charField, dateTimeField } from '../database/fields.js'
import { model, type AnyModelClass } from '../database/model.js'
import { pointingTo } from '../database/pointing-field.js'
import type { OwnMigration } from '../database/schema/own-migrations.js'
import { EMAIL_MAX_LENGTH } from '../base/email-address.js'

/** 22 letters and digits in lower case, because MySQL compares without regard to it: 113 bits. */
export const PUBLIC_ID = { length: 22, alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789' } as const

/** Such an id before the token of a link; what is longer or other is nobody's. */
export const NAMED_TOKEN = /^([0-9a-z]{22})\.([0-9A-Za-z_-]{1,80})$/

/** What is known of somebody's address. */
export interface EmailRow {
  readonly pk: unknown
  readonly userKey: unknown
  readonly address: string
  /** Null while nobody has confirmed it. */
  readonly verifiedAt: Date | null
  /** What the link that may confirm it is tied to; empty once it was used. */
  readonly nonce: string
}

/** A change of somebody's address. */
export interface EmailChangeRow {
  readonly pk: unknown
  readonly publicId: string
  readonly userKey: unknown
  readonly oldAddress: string
  readonly newAddress: string
  readonly askedAt: Date
  /** When the new address took the old one's place; null while it is only wanted. */
  readonly changedAt: Date | null
  /** When its link back lost its meaning: by being used, because an earlier one was, or because there never was one. */
  readonly revertedAt: Date | null
}

/** The models for a site whose users have this primary key. */
export function emailModels(userKey: Field): { readonly Email: AnyModelClass; readonly EmailChange: AnyModelClass } {
  return {
    Email: model('portcullis.Email', {
      table: 'portcullis_email',
      fields: {
        id: bigAutoField(),
        userKey: pointingTo(userKey, { unique: true }),
        address: charField({ maxLength: EMAIL_MAX_LENGTH }),
        verifiedAt: dateTimeField({ null: true }),
        nonce: charField({ maxLength: PUBLIC_ID.length, blank: true }),
      },
    }),
    EmailChange: model('portcullis.EmailChange', {
      table: 'portcullis_email_change',
      fields: {
        id: bigAutoField(),
        publicId: charField({ maxLength: PUBLIC_ID.length, unique: true }),
        userKey: pointingTo(userKey),
        oldAddress: charField({ maxLength: EMAIL_MAX_LENGTH, blank: true }),
        newAddress: charField({ maxLength: EMAIL_MAX_LENGTH }),
        askedAt: dateTimeField({ index: true }),
        changedAt: dateTimeField({ null: true }),
        revertedAt: dateTimeField({ null: true }),
      },
    }),
  }
}

/** The migrations of our own tables that addresses need. */
export function emailMigrations({ Email, EmailChange }: ReturnType<typeof emailModels>): readonly OwnMigration[] {
  return [
    {
      name: '0005_emails',
      up: (change) => {
        change.createTable(Email)
        change.createTable(EmailChange)
      },
      down: (change) => {
        change.dropTable(EmailChange)
        change.dropTable(Email)
      },
    },
  ]
}
