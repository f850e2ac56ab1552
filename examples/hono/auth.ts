/**
 * The site: its users, and a model that carries permissions.
 * @module
 */

import { charField, model, portcullis } from 'portcullis'
import { sqlite } from 'portcullis/sqlite'

export class Product extends model('shop.Product', { fields: { name: charField({ maxLength: 80 }) } }) {}

export const auth = portcullis({
  secretKey: process.env['SECRET_KEY'] ?? 'django-insecure-the-same-for-everybody-who-has-this-example',
  database: sqlite(process.env['DATABASE'] ?? 'shop.db'),
  models: [Product],
  loginRedirectUrl: '/',
})
