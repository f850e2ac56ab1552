/**
 * A trial of the installed package: an application's own Kysely, from the package of that name, works with ours, which is a copy in `dist/`.
 * @module
 */

import { deepEqual, equal } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { CamelCasePlugin, CompiledQuery, expressionBuilder, Kysely, sql, SqliteDialect, type Generated } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/sqlite'
import { charField, fromKysely, model, portcullis } from 'portcullis'
import { sqlite } from 'portcullis/sqlite'

class Product extends model('shop.Product', { fields: { name: charField({ maxLength: 80 }) } }) {}

interface Tables {
  auth_user: { id: Generated<number>; username: string; is_staff: number }
}

const secretKey = 'a key for trying out the package, good for nothing else: 0123456789'
const auth = portcullis({ secretKey, database: sqlite(':memory:'), models: [Product] })
await auth.migrate()
await auth.users.createUser({ username: 'ada', password: 'notes on the engine' })
await auth.objects(Product).create({ name: 'Engine' })

// The application's `sql`, its statements, expressions, plugins and helpers, on our database.
const { rows } = await sql<{ total: number }>`select count(*) as total from auth_user where username = ${'ada'}`.execute(auth.db)
equal(rows[0]?.total, 1)
const named = await auth.db
  .selectFrom('auth_user')
  .select((ask) => ['username', ask.fn.countAll<number>().over().as('total'), sql<number>`1 + ${1}`.as('two')])
  .where(sql<boolean>`length(username) = ${3}`)
  .where(({ eb, and, not }) => and([eb('is_active', '=', true), not(eb('username', '=', 'bob'))]))
  .execute()
deepEqual(
  named.map((one) => ({ ...one })),
  [{ username: 'ada', total: 1, two: 2 }],
)
equal((await auth.db.executeQuery(CompiledQuery.raw('select username from auth_user', []))).rows.length, 1)
const ask = expressionBuilder<Tables, 'auth_user'>()
const condition = ask.or([ask('username', '=', 'ada'), ask('is_staff', '=', 1)])
equal((await auth.db.selectFrom('auth_user').select('id').where(condition).execute()).length, 1)
const camel = await auth.db.withPlugin(new CamelCasePlugin()).selectFrom('auth_user').selectAll().executeTakeFirstOrThrow()
equal((camel as unknown as { isSuperuser: boolean }).isSuperuser, false)
const nested = await auth.db
  .selectFrom('auth_user')
  .select((outer) => ['id', jsonArrayFrom(outer.selectFrom('shop_product').select('name')).as('products')])
  .executeTakeFirstOrThrow()
deepEqual(JSON.parse(nested.products as unknown as string), [{ name: 'Engine' }])

// Its transactions and ours are one.
await auth.db.transaction().execute(async (transaction) => {
  await sql`update auth_user set first_name = ${'Ada'}`.execute(transaction)
  await auth.atomic(async () => void (await auth.users.createUser({ username: 'bob' })))
})
equal((await auth.users.get({ username: 'ada' })).firstName, 'Ada')

// A function of the application that takes a Kysely takes ours.
const count = async (db: typeof auth.db): Promise<number> => (await db.selectFrom('auth_user').select('id').execute()).length
equal(await count(auth.db), 2)
await auth.close()

// The other way round: the application's Kysely as a site's database, and statements built with either run on either.
const own = new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(new DatabaseSync(':memory:')) }) })
for (const database of [own, fromKysely(own)]) {
  const site = portcullis({ secretKey, database })
  await site.migrate()
  await site.users.createUser({ username: `user of ${typeof database}` + (database === own ? '' : ' again') })
  const ours = site.db.selectFrom('auth_user').selectAll()
  equal((await own.executeQuery(ours.compile())).rows.length, (await site.db.executeQuery(own.selectFrom('auth_user').selectAll())).rows.length)
  equal((await own.selectFrom(ours.as('people')).selectAll().execute()).length, (await site.users.all()).length)
  await site.close()
}
await own.destroy()

/** What Kysely's dialect wants of a handle: the interface of `better-sqlite3`. */
function shim(handle: DatabaseSync): ConstructorParameters<typeof SqliteDialect>[0]['database'] {
  return {
    close: () => handle.close(),
    prepare: (text: string) => {
      const statement = handle.prepare(text)
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...(values as string[])),
        run: (values: readonly unknown[]) => statement.run(...(values as string[])),
        iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])),
      }
    },
  } as never
}
