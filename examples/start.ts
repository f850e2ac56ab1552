/**
 * `npm start`: a shop on an SQLite file, a few people, and the answers to what they may. It ends by itself.
 * @module
 */

import { relative } from 'node:path'
import { auth, databaseFile } from './shop/auth.js'
import { PASSWORD, seed } from './shop/seed.js'

heading(`The database: ${relative(process.cwd(), databaseFile)}`)
const plan = await auth.migrationPlan()
console.log(plan.toText())
await auth.migrate()

heading('The people')
const { root, ada, grace, alan } = await seed()
for (const user of [root, ada, grace, alan]) {
  const groups = (await user.groups.all()).map((one) => one.name)
  console.log(
    `${user.username.padEnd(6)} ${user.displayName.padEnd(13)} ${groups.length > 0 ? `in ${groups.join(', ')}` : 'in no group'}${user.isSuperuser ? ', superuser' : ''}${user.isActive ? '' : ', switched off'}`,
  )
}
console.log(`Everybody's password is “${PASSWORD}”; stored is ${await algorithm()}.`)

heading('What they may')
for (const user of [root, ada, grace, alan]) {
  const all = await user.getAllPermissions()
  console.log(
    `${user.username.padEnd(6)} publishes products: ${answer(await user.hasPerm('shop.publish_product'))}  sees invoices: ${answer(await user.hasPerm('billing.view_invoice'))}  ${all.size === 1 ? '1 permission' : `${all.size} permissions`} in all`,
  )
}

heading('Why')
for (const user of [ada, grace, alan]) console.log(`${(await auth.explain(user, 'shop.publish_product')).render()}\n`)

heading('What to try next')
console.log(`npx portcullis explain ada shop.publish_product --site examples/shop/auth.ts
npx portcullis createsuperuser --site examples/shop/auth.ts
npx portcullis changepassword ada --site examples/shop/auth.ts
npx portcullis check --deploy --site examples/shop/auth.ts
npx portcullis types --site examples/shop/auth.ts
npx portcullis migrate --plan --json --site examples/shop/auth.ts

In examples/shop: models.ts declares, auth.ts makes the site, seed.ts uses it. Misspell a permission there and your editor will tell.`)

await auth.close()

function heading(text: string): void {
  console.log(`\n${text}\n${'─'.repeat(text.length)}`)
}

function answer(yes: boolean): string {
  return yes ? 'yes' : 'no '
}

/** The first part of a stored hash names its algorithm. */
async function algorithm(): Promise<string> {
  const row = await auth.db.selectFrom('shop_user').select('password').where('username', '=', 'ada').executeTakeFirstOrThrow()
  return `an ${row.password.split('$', 1)[0]} hash`
}
