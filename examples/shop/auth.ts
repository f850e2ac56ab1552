/**
 * The shop's site. The command line loads it too: `npx portcullis check --site examples/shop/auth.ts`.
 * @module
 */

import { fileURLToPath } from 'node:url'
import { portcullis } from 'portcullis'
import { fileSystemStorage } from 'portcullis/media'
import { sqlite } from 'portcullis/sqlite'
import { Invoice, Product, Profile, User } from './models.js'

/** Beside this file, unless the environment names another. */
export const databaseFile: string = process.env['SHOP_DATABASE'] ?? fileURLToPath(new URL('shop.db', import.meta.url))

/** Pictures, beside the database. */
export const storage = fileSystemStorage(process.env['SHOP_MEDIA'] ?? `${databaseFile}-media`)

/** Good enough to try things out; `portcullis check --deploy` says that it is no more than that. `portcullis generate-secret` prints a real one. */
const secretKey = process.env['SECRET_KEY'] ?? 'django-insecure-the-same-for-everybody-who-has-this-example'

export const auth = portcullis({
  secretKey,
  siteName: 'The Engine Shop',
  database: sqlite(databaseFile),
  user: User,
  profile: Profile,
  models: [Product, Invoice],
  media: { storage },
  // Where a login leads that came from nowhere in particular.
  loginRedirectUrl: '/',
})

/** A user of this shop. */
export type ShopUser = typeof auth.$types.User
/** Whoever looks at the shop. */
export type ShopVisitor = typeof auth.$types.Visitor
