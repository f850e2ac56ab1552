/**
 * `portcullis_attempt` and `portcullis_rate_limit`: counters of tries and of requests. Tables of our own without foreign keys. Accounts are
 * in them as keyed hashes, because people type passwords where a name belongs.
 * @module
 */

import { bigIntegerField, charField } from '../../database/fields.js'
import { model } from '../../database/model.js'
import type { OwnMigration } from '../../database/schema/own-migrations.js'

/** A hash in hexadecimal digits: MySQL compares without regard to case. */
const HASH_LENGTH = 64
/** The longest name of a counter's kind, which for a limit of an application is the limit's name. */
export const MOST_OF_KIND = 40
/** The longest network of IPv6. */
const MOST_OF_ADDRESS = 49

/** What every counter has. Times are milliseconds since 1970, so that one statement can reckon with them on every engine. */
const counting = () => ({
  counter: charField({ maxLength: HASH_LENGTH, primaryKey: true }),
  kind: charField({ maxLength: MOST_OF_KIND }),
  account: charField({ maxLength: HASH_LENGTH, blank: true, index: true }),
  address: charField({ maxLength: MOST_OF_ADDRESS, blank: true, index: true }),
  tries: bigIntegerField(),
  freeAt: bigIntegerField({ index: true }),
  forgetAt: bigIntegerField({ index: true }),
  seen: bigIntegerField(),
  answer: bigIntegerField(),
})

/** Tries to log in. */
export class Attempt extends model('portcullis.Attempt', { table: 'portcullis_attempt', fields: counting() }) {}

/** Everything else that is limited. */
export class RateLimit extends model('portcullis.RateLimit', { table: 'portcullis_rate_limit', fields: counting() }) {}

/** The migrations of our own tables that counting needs. */
export const attemptMigrations: readonly OwnMigration[] = [
  {
    name: '0003_attempts',
    up: (change) => {
      change.createTable(Attempt)
      change.createTable(RateLimit)
    },
    down: (change) => {
      change.dropTable(RateLimit)
      change.dropTable(Attempt)
    },
  },
]
