/**
 * What examples in pages and comments may take for granted: a small shop, a user of it, a request, a key.
 * `scripts/check-examples.ts` imports from here what an example does not make itself. Nothing here runs.
 * @module
 */

import type { Express } from 'express'
import type { Redis } from 'ioredis'
import type { Kysely } from 'kysely'
import {
  abstractBaseUser,
  charField,
  decimalField,
  emailField,
  model,
  oneToOneField,
  portcullis,
  textField,
  User,
  uuidField,
  type Clock,
  type Group,
  type SiteTypes,
} from 'portcullis'
import { type Hasher, type PasswordContext } from 'portcullis/passwords'
import { type ExpressSite } from 'portcullis/express'
import { type Keys } from 'portcullis/signing'
import { sqlite } from 'portcullis/sqlite'
import type { Host } from '../../src/cli/run.js'
import type { Site as CommandSite } from '../../src/cli/command.js'
import type { ColumnMeta, ModelMeta } from '../../src/database/meta.js'
import type { ModelRegistry } from '../../src/database/registry.js'
import type { Schema } from '../../src/database/schema/schema.js'
import type { MediaStorage } from '../../src/media/storage.js'
import type { FormView } from '../../src/pages/form-view.js'
import type { SessionRecordRow } from '../../src/sessions/session-store.js'
import type { UploadedFile } from '../../src/protection/body/request-data.js'

export { createHash } from 'node:crypto'
export { readFile } from 'node:fs/promises'
export { createServer } from 'node:http'
export { default as express } from 'express'
export { Redis } from 'ioredis'
export { sql } from 'kysely'
export { User } from 'portcullis'
export { djangoApps } from '../../src/accounts/django-apps.js'
export { MadeTable } from '../../src/database/schema/made-tables.js'

// A site, and who is on it.

export class Tag extends model('shop.Tag', { fields: { name: charField({ maxLength: 20, unique: true }) } }) {}

export class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }), price: decimalField({ maxDigits: 8, decimalPlaces: 2 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}

export class Profile extends model('shop.Profile', { fields: { user: oneToOneField(() => User), bio: textField({ blank: true }) } }) {}

export class Member extends abstractBaseUser('club.Member', {
  fields: { id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }), email: emailField({ unique: true }) },
  usernameField: 'email',
  withPermissions: true,
}) {}

export declare const secretKey: string
export const database = sqlite(':memory:')
export const auth = portcullis({ secretKey, database, profile: Profile, models: [Tag, Product] })

export declare const user: typeof auth.$types.User
export declare const ada: typeof auth.$types.User
export declare const john: PasswordContext['user']
export declare const group: Group

// What an application has around it.

export declare const request: typeof auth.$types.VisitorRequest
export declare const session: Record<string, string> & { flush(): Promise<void> }
export declare const app: Express
export declare const site: ExpressSite<SiteTypes>['site'] & CommandSite
export declare const form: FormView
export declare const csrfToken: string
export declare const redis: Redis
export declare const record: SessionRecordRow
export declare const clock: Clock
export declare const kysely: Kysely<unknown>
export declare function page(content: string, status?: number): Response
export declare function linkNoLongerWorks(): string

// What was given, stored, or made before.

export declare const keys: Keys
export declare const newKey: string
export declare const keyOfLastYear: string
export declare const secret: string
export declare const bytes: Uint8Array
export declare const upload: UploadedFile
export declare const storage: MediaStorage
export declare const password: string
export declare const encoded: string
export declare const token: string
export declare const cookie: string
export declare const newAddress: string
export declare const expectedSignature: string
export declare const givenSignature: string
export declare const error: unknown

// Parts of a site, for examples of what lives inside.

export declare const host: Host
export declare const registry: ModelRegistry
export declare const schema: Schema
export declare const meta: ModelMeta
export declare const column: ColumnMeta
export declare const hasher: Hasher
export declare const rows: readonly object[]
export declare function insert(rows: readonly object[]): Promise<void>
