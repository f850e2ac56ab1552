/**
 * What other programs made, kept as files.
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs'
import type { TestEngine } from './databases.js'
import type { SchemaDump } from './schema-dump.js'

/** The schemas that Django 5.2 makes on one engine: of the app `kinds` with Django's own, and with the user model `people.Person`. */
export interface DjangoSchemas {
  readonly django: string
  readonly kinds: SchemaDump
  readonly people: SchemaDump
}

/** Reads what `test/django/record-schema.test.ts` wrote. */
export function readDjangoSchemas(engine: TestEngine['engine']): DjangoSchemas {
  return JSON.parse(readFileSync(fileOf(engine), 'utf8')) as DjangoSchemas
}

/** Writes it. */
export function writeDjangoSchemas(engine: TestEngine['engine'], schemas: DjangoSchemas): void {
  writeFileSync(fileOf(engine), `${JSON.stringify(schemas, null, 1)}\n`)
}

function fileOf(engine: TestEngine['engine']): URL {
  return new URL(`../fixtures/django-5.2-schema-${engine === 'mysql' ? 'mariadb' : engine}.json`, import.meta.url)
}
