/**
 * The people of the request benchmark, the same for every server: 1,000 users in five of 50 groups each.
 * @module
 */

import { randomBytes } from 'node:crypto'
import { passwordHashers } from '../../src/passwords/password-hashers.js'
import { PasswordService } from '../../src/passwords/password-service.js'
import { HashingPool } from '../../src/passwords/pool.js'
import type { Person, Seed } from './contestant.js'

const PEOPLE = 1_000
const GROUPS = 50
const GROUPS_EACH = 5
/** So many log in, and are asked for in turn. Each has a hash of their own; the others are only there. */
export const VISITORS = 200

/** What is asked about. Every fifth group grants it, and everybody is in exactly one of those. */
export const PERMISSION = 'shop.change_product'
const MODELS = ['product', 'order', 'customer', 'supplier', 'delivery']
const ACTIONS = ['add', 'change', 'delete', 'view']

/** Makes them; the hashes take a moment. */
export async function makeSeed(): Promise<Seed> {
  const password = 'correct horse battery staple'
  // Argon2id, 19 MiB, two passes: the default of portcullis, and given to every server, so that logins cost the same.
  const service = new PasswordService({ hashers: passwordHashers(), pool: new HashingPool() })
  const hashes: string[] = []
  for (let index = 0; index < VISITORS; index += 4) hashes.push(...(await Promise.all(Array.from({ length: 4 }, () => service.make(password)))))
  const others = PERMISSIONS.filter((name) => name !== PERMISSION)
  return {
    secretKey: randomBytes(48).toString('base64url'),
    password,
    people: Array.from({ length: PEOPLE }, (_, index): Person => {
      const id = index + 1
      return {
        id,
        username: `user${id}`,
        email: `user${id}@example.com`,
        password: hashes[index % VISITORS] as string,
        // The last one is in no group: whoever lets them in has not looked. The step leaves a rest of one by five.
        groups: id === PEOPLE ? [] : Array.from({ length: GROUPS_EACH }, (_, step) => 1 + ((index * 7 + step * 11) % GROUPS)),
      }
    }),
    groups: Array.from({ length: GROUPS }, (_, index) => ({
      id: index + 1,
      name: `group ${index + 1}`,
      permissions: [
        ...(index % 5 === 0 ? [PERMISSION] : []),
        ...Array.from({ length: 9 }, (_, step) => others[(index * 3 + step * 2) % others.length] as string),
      ],
    })),
  }
}

const PERMISSIONS: readonly string[] = MODELS.flatMap((model) => ACTIONS.map((action) => `shop.${action}_${model}`))
