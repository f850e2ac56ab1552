/**
 * What a shop is made of.
 * @module
 */

import { abstractUser, charField, decimalField, imageField, model, oneToOneField, textField } from 'portcullis'

/** Everybody with an account: Django's user, and a telephone number. */
export class User extends abstractUser('shop.User', {
  fields: { phone: charField({ maxLength: 20, blank: true, label: 'telephone' }) },
}) {
  get displayName(): string {
    return this.getFullName() || this.username
  }
}

/** What a user tells about themselves. Made together with the user. */
export class Profile extends model('shop.Profile', {
  fields: {
    user: oneToOneField(() => User),
    bio: textField({ blank: true }),
    profilePicture: imageField({ null: true, blank: true, uploadTo: 'profile_pics' }),
  },
}) {}

/** Something to buy. Besides Django's four permissions it has one of its own: `shop.can_do_something`. */
export class Product extends model('shop.Product', {
  fields: {
    name: charField({ maxLength: 80 }),
    price: decimalField({ maxDigits: 8, decimalPlaces: 2 }),
    picture: imageField({ null: true, blank: true, uploadTo: 'products' }),
  },
  permissions: { can_do_something: 'Can do something' },
}) {}

/** No fields: its table belongs to another tool. It only carries permissions. */
export class Invoice extends model('billing.Invoice') {}
