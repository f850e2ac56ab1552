/**
 * A running Django and a portcullis site on one live database.
 * @module
 */

import { afterAll, beforeAll } from 'vitest'
import { memoryTransport } from '../../src/mail/memory-transport.js'
import type { TestEngine } from './databases.js'
import type { DjangoServer } from './django-server.js'
import { eachDjango, type Django } from './django.js'
import { SHARED, sharedSite, sideOfSite, sourceOf, type SharedSite } from './shared-site.js'
import { PASSWORD, sideOfDjango, type Side, type SideName } from './sides.js'

/** A Django and a site on one database. */
export interface Pair {
  readonly engine: TestEngine
  readonly url: string
  readonly site: SharedSite
  readonly server: DjangoServer
  readonly django: Django
  side(name: SideName): Side
  /** Makes a user with `PASSWORD`, a name of their own and an address; gives the name. */
  newcomer(values?: { readonly isSuperuser?: boolean; readonly isStaff?: boolean }): Promise<string>
}

/**
 * Declares `tests` once for every kind of database: a running Django and a site on the same one. `tablesBy`
 * tells who makes Django's tables; the other finds them.
 *
 * @example
 * eachPair((pair) => {
 *   test('a login on one is a login on the other', async () => {
 *     const { site, server } = pair()
 *   })
 * })
 */
export function eachPair(tests: (pair: () => Pair) => void, { tablesBy = 'portcullis' }: { readonly tablesBy?: SideName } = {}): void {
  eachDjango((engine, makeSite) => {
    let pair: Pair | null = null
    beforeAll(async () => {
      const { django, url } = await makeSite({ environment: SHARED })
      const server = await django.serve()
      if (tablesBy === 'Django') await server.shell('from django.core.management import call_command\ncall_command("migrate", verbosity=0)')
      const mailbox = memoryTransport()
      const site = sharedSite(sourceOf(engine, url), mailbox)
      await site.migrate()
      const sides = { Django: sideOfDjango(server), portcullis: sideOfSite(site, mailbox) }
      let people = 0
      pair = {
        engine,
        url,
        site,
        server,
        django,
        side: (name) => sides[name],
        async newcomer(values) {
          const username = `ada${++people}`
          await site.users.createUser({ username, password: PASSWORD, email: `${username}@example.com`, ...values })
          return username
        },
      }
    })
    afterAll(async () => {
      await pair?.server.stop()
      await pair?.site.close()
    })
    tests(() => {
      if (pair === null) throw new Error('The pair is there once the tests run.')
      return pair
    })
  })
}
