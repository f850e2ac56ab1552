/**
 * The shop's site. The command line loads it too: `npx portcullis check --site examples/shop/auth.ts`.
 * @module
 */

import { fileURLToPath } from 'node:url'
import { portcullis } from 'portcullis'
import { sqlite } from 'portcullis/sqlite'
import { Invoice, Product, Profile, User } from './models.js'

/** Beside this file, unless the environment names another. */
export const databaseFile: string = process.env['SHOP_DATABASE'] ?? fileURLToPath(new URL('shop.db', import.meta.url))

/** Good enough to try things out; `portcullis check --deploy` says that it is no more than that. `portcullis generate-secret` prints a real one. */
const secretKey = process.env['SECRET_KEY'] ?? 'django-insecure-the-same-for-everybody-who-has-this-example'

export const auth = portcullis({ secretKey, database: sqlite(databaseFile), user: User, profile: Profile, models: [Product, Invoice] })

/** A user of this shop. */
export type ShopUser = typeof auth.$types.User
