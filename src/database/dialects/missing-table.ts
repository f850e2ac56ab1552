/**
 * A table that is not there: nearly always a site whose database was not brought up to date, which a driver's own words do not tell.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'

/** The name, as PostgreSQL, MySQL and SQLite write it into what they say. */
const NAMED = /relation "([^"]+)"|Table '(?:[^'.]+\.)?([^']+)'|no such table: (?:main\.)?(\S+)/

/** The driver's error in our words, or null if it is of another kind. */
export function missingTable(error: unknown): ImproperlyConfigured | null {
  if (!(error instanceof Error)) return null
  const { code, errno } = error as { code?: unknown; errno?: unknown }
  if (code !== '42P01' && errno !== 1146 && !error.message.startsWith('no such table: ')) return null
  const name = NAMED.exec(error.message)
    ?.slice(1)
    .find((one) => one !== undefined)
  return new ImproperlyConfigured(
    `There is no such table: ${name ?? error.message}. If it is one of the site’s, bring the database up to date first, with \`npx portcullis migrate\` or \`await auth.migrate()\`.`,
    { cause: error },
  )
}
