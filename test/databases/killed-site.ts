/**
 * A site that is killed: its models and settings, for the process that serves it and for the test that looks at what it left.
 * @module
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { abstractUser, charField, imageField, model, oneToOneField, portcullis } from '../../src/index.js'
import { fileSystemStorage } from '../../src/media.js'
import { forNode } from '../../src/node.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import { createMailbox } from '../../src/testing.js'

class Member extends abstractUser('club.Member') {}
class Card extends model('club.Card', {
  fields: {
    user: oneToOneField(() => Member),
    note: charField({ maxLength: 9, blank: true }),
    picture: imageField({ null: true, uploadTo: 'faces' }),
  },
}) {}

/** The site on a database (a path, or the address of a PostgreSQL), with its pictures in `folder`. */
export function killedSite(url: string, folder: string) {
  const mailbox = createMailbox()
  const auth = portcullis({
    secretKey: 'a secret key for tests, long enough to be no reason for a warning: 0123456789',
    database: url.startsWith('postgres:') ? postgres(url) : sqlite(url),
    user: Member,
    profile: Card,
    passwords: { hashers: { preferred: 'pbkdf2_sha256', costs: { pbkdf2: { iterations: 2 } } } },
    lockouts: false,
    rateLimits: false,
    baseUrl: 'http://127.0.0.1',
    mail: { transport: mailbox },
    media: { storage: fileSystemStorage(folder) },
  })
  return { auth, mailbox }
}

/** Serves it, and prints its port. `dieAt` says at which new profile the process dies: in the middle of a transaction. 0 leaves that to others. */
export async function serveKilledSite(url: string, folder: string, dieAt: string): Promise<void> {
  const { auth } = killedSite(url, folder)
  let profiles = 0
  auth.internals.registry.database.onStatement((text) => {
    if (!/^insert into \W?club_card/i.test(text)) return
    profiles += 1
    if (profiles === Number(dieAt)) process.kill(process.pid, 'SIGKILL')
  })
  const { site } = forNode(auth)
  const server = createServer(site({ '/accounts': auth.pages() }, (_request, response) => response.end('home')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  console.log(`port ${(server.address() as AddressInfo).port};`)
}
