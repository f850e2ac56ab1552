/**
 * The schema of a site, loaded when it is first asked for: a server whose tables stand never needs the code that makes them.
 * @module
 */

import type { SchemaOptions } from './options.js'
import type { Schema } from './schema.js'

/**
 * Makes the schema of a site at the first call of one of its functions.
 *
 * @example
 * const schema = createLateSchema({ registry, djangoApps: djangoApps(User) })
 * await schema.migrate()
 */
export function createLateSchema(options: SchemaOptions): Schema {
  let made: Promise<Schema> | undefined
  const schema = (): Promise<Schema> => (made ??= import('./schema.js').then(({ createSchema }) => createSchema(options)))
  return {
    plan: async (asked) => (await schema()).plan(asked),
    migrate: async (asked) => (await schema()).migrate(asked),
    revert: async (asked) => (await schema()).revert(asked),
  }
}
