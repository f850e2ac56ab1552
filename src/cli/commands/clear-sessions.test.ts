import { expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { eachShop } from '../../../test/support/shop.js'
import { Visitor } from '../../../test/support/visitor.js'
import type { FixedClock } from '../../index.js'
import { clearSessions } from './clear-sessions.js'

eachShop((open) => {
  test('deletes what has expired, and nothing else', async () => {
    const shop = await open()
    const clock = shop.internals.registry.clock as FixedClock
    const visit = async (age: number): Promise<void> => {
      const visitor = new Visitor((incoming) =>
        shop.handle(incoming, (request) => {
          request.session.set('cart', 'mug')
          request.session.setExpiry(age)
          return new Response('kept')
        }),
      )
      await visitor.get('/')
    }
    await visit(60)
    await visit(60)
    await visit(3600)
    clock.advance(61)
    expect(await clearSessions(contextFor(shop))).toMatchObject({ exitCode: 0, text: 'Deleted 2 sessions.', facts: { deleted: 2 } })
    expect(await clearSessions(contextFor(shop))).toMatchObject({ facts: { deleted: 0 } })
    expect(await shop.db.selectFrom('django_session').select('session_key').execute()).toHaveLength(1)
  })
})
