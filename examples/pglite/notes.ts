/**
 * An application's own Kysely on PGlite, PostgreSQL inside the process, handed to portcullis. Run it: `node examples/pglite/notes.ts`.
 *
 * The application makes the connection, uses it for its own tables, and closes it; portcullis borrows it.
 * @module
 */

import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, sql, type Generated } from 'kysely'
import { charField, model, portcullis } from 'portcullis'

/** A table that the application made itself, long before. */
interface Tables {
  notes: { id: Generated<number>; text: string }
}

/** Declares no fields, so its table stays the application's: it only carries permissions, `notes.add_note` and its like. */
class Note extends model('notes.Note') {}

/** This one is portcullis's to make. */
class Tag extends model('notes.Tag', { fields: { name: charField({ maxLength: 30, unique: true }) } }) {}

const kysely = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: new PGlite() }) })
await sql`create table notes (id integer generated always as identity primary key, text text not null)`.execute(kysely)

const auth = portcullis({
  secretKey: process.env['SECRET_KEY'] ?? 'an example’s key, which is the same for everybody who has it',
  database: kysely,
  models: [Note, Tag],
})
await auth.migrate()

const ada = await auth.users.createUser({ username: 'ada', password: 'notes on the engine' })
await ada.userPermissions.add('notes.add_note')
if (await ada.hasPerm('notes.add_note'))
  await kysely.insertInto('notes').values({ text: 'The engine has no pretensions to originate anything.' }).execute()

await auth.objects(Tag).create({ name: 'engines' })
console.log(`${(await kysely.selectFrom('notes').selectAll().execute()).length} note; ${(await auth.explain(ada, 'notes.add_note')).conclusion}`)
console.log(`Right password: ${(await auth.authenticate(null, { username: 'ada', password: 'notes on the engine' })) !== null}`)

await auth.close()
// Closing the site left this open: who makes a connection closes it.
console.log(
  `Tables: ${(await kysely.introspection.getTables())
    .map((one) => one.name)
    .toSorted()
    .join(', ')}`,
)
await kysely.destroy()
