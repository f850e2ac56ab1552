import { sql } from 'kysely'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { makePassword, ValidationError } from '../../src/index.js'
import { eachShop, type Shop } from '../support/shop.js'

/** Everything a logger could print of an error. */
function told(error: unknown): string {
  return inspect(error, { depth: 12, showHidden: true })
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('nothing was thrown'),
    (error: unknown) => error,
  )
}

describe('an error of the database (K4)', () => {
  eachShop((open, engine) => {
    test('holds no hash, whatever the driver noted down', async () => {
      const shop: Shop = await open()
      await shop.users.createUser({ username: 'ada', password: 'hunter2-hunter2' })
      const error = await errorOf(shop.users.createUser({ username: 'ada', password: 'hunter2-hunter2' }))
      expect(told(error)).not.toMatch(/pbkdf2|hunter2/)
      // A column that another tool added: the refusal of PostgreSQL quotes the whole row.
      const { database } = shop.internals.registry
      if (engine.engine !== 'sqlite')
        await database.execute(sql`alter table shop_customer add column extra_note varchar(9) check (phone <> 'refused')`)
      if (engine.engine === 'sqlite') return
      const refused = await errorOf(shop.users.createUser({ username: 'eve', password: 'hunter2-hunter2', phone: 'refused' }))
      expect(told(refused)).not.toMatch(/pbkdf2|hunter2/)
      const broken = await errorOf(database.execute(sql`update shop_customer set no_such_column = ${'pbkdf2$secret'}`))
      expect(told(broken)).not.toContain('pbkdf2$secret')
    })

    test('a password that is no text is refused without repeating it, and never the right one (B10)', async () => {
      const shop = await open()
      const eve = await shop.users.createUser({ username: 'eva', password: '12345678' })
      for (const wrong of [12345678, { length: 3 }, true, ['12345678']]) {
        const error = await errorOf(shop.users.createUser({ username: 'zoe', password: wrong as never }))
        expect(error).toBeInstanceOf(ValidationError)
        expect(told(error)).not.toContain('12345678')
        await expect(eve.setPassword(wrong as never)).rejects.toThrow(ValidationError)
        await expect(shop.validatePassword(wrong as never)).rejects.toThrow(ValidationError)
        await expect(makePassword(wrong as never)).rejects.toThrow(ValidationError)
        expect(await eve.checkPassword(wrong as never)).toBe(false)
      }
      await expect(eve.setPassword(undefined as never)).rejects.toThrow(ValidationError)
      expect(await eve.checkPassword(undefined as never)).toBe(false)
      expect(await eve.checkPassword('12345678')).toBe(true)
    })
  })
})
