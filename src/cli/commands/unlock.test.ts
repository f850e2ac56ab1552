import { expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { eachSite, quick } from '../../../test/support/shop.js'
import { FixedClock, portcullis, TooManyRequests } from '../../index.js'
import { Misuse } from '../errors.js'
import { unlock } from './unlock.js'

eachSite(
  (database) => portcullis({ ...quick, lockouts: {}, database, clock: new FixedClock('2026-11-23T08:00:00Z') }),
  (open) => {
    test('ends a wait by name, known or not, and says where there was none', async () => {
      const site = await open()
      const context = contextFor(site)
      await site.users.createUser({ username: 'ada', password: 'notes' })
      const ada = { username: 'ada', password: 'notes' }
      expect(await unlock(context, 'ada', {})).toMatchObject({ exitCode: 1, text: 'Nothing was counted for ada.', facts: { dropped: 0 } })
      expect(await unlock(context, undefined, { list: true })).toMatchObject({ exitCode: 0, text: 'Nobody waits.', facts: { lockouts: [] } })
      for (let round = 0; round < 5; round++) await site.authenticate(null, { ...ada, password: 'wrong' })
      await expect(site.authenticate(null, ada)).rejects.toThrow(TooManyRequests)
      const listed = await unlock(context, undefined, { list: true })
      expect(listed.text).toMatch(/^2026-11-23T08:05:00\.000Z {2}account-address {2}account [0-9a-f]{8} {2}5 tries$/)
      expect(await unlock(context, 'Ada', {})).toMatchObject({ exitCode: 0, text: 'Unlocked Ada: 2 counts were dropped.', facts: { dropped: 2 } })
      expect((await site.authenticate(null, ada))?.username).toBe('ada')
      for (let round = 0; round < 5; round++) await site.authenticate(null, { username: 'nobody', password: 'wrong' })
      expect(await unlock(context, 'nobody', { address: '203.0.113.9' })).toMatchObject({ exitCode: 0, facts: { dropped: 2 } })
    })

    test('without a name and an address it was called wrongly', async () => {
      await expect(unlock(contextFor(await open()), undefined, {})).rejects.toThrow(Misuse)
    })
  },
)
