/**
 * The site: its users, and a model that carries permissions; and what Next needs of it.
 * @module
 */

import { charField, model, portcullis } from 'portcullis'
import { forNext } from 'portcullis/next'
import { sqlite } from 'portcullis/sqlite'

export class Product extends model('shop.Product', { fields: { name: charField({ maxLength: 80 }) } }) {}

export const auth = portcullis({
  secretKey: process.env['SECRET_KEY'] ?? 'django-insecure-the-same-for-everybody-who-has-this-example',
  database: sqlite(process.env['DATABASE'] ?? 'shop.db'),
  models: [Product],
  loginRedirectUrl: '/',
})

export const { handle, pages, getUser, requireUser, requirePermission, getRequest, login, logout } = forNext(auth)
