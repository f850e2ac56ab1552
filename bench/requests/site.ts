/**
 * The site that portcullis' servers of this benchmark serve, and whose tables the hand-written ones and Django share.
 * @module
 */

import { model, portcullis } from '../../src/index.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import type { Place, Seed } from './contestant.js'

class Product extends model('shop.Product') {}
class Order extends model('shop.Order') {}
class Customer extends model('shop.Customer') {}
class Supplier extends model('shop.Supplier') {}
class Delivery extends model('shop.Delivery') {}

const MANY = { limit: 1_000_000 }

/** Opens it. */
export function openSite(place: Place, seed: Seed) {
  return portcullis({
    secretKey: seed.secretKey,
    database: place.engine === 'sqlite' ? sqlite(place.url) : postgres(place.url),
    models: [Product, Order, Customer, Supplier, Delivery],
    // Rows of events are written, as on every site; the lines of the log would stand between the figures.
    securityLog: false,
    // Tries are counted, as on every site; but the load is one address with a thousand logins a minute, which a site would slow down.
    lockouts: { accountAndAddress: MANY, account: MANY, address: MANY, knownDevice: MANY },
  })
}
