import { describe, expect, test } from 'vitest'
import { PermissionSets } from './permission-sets.js'
import { RememberedGrants, type GrantAnswer } from './remembered-grants.js'

/** A database that notes with which version it was asked. */
function database() {
  const asked: (number | null)[] = []
  const here = { asked, version: 1, names: ['shop.add_product'] }
  const ask = async (known: number | null): Promise<GrantAnswer> => {
    asked.push(known)
    return { version: here.version, sets: known === here.version ? null : new PermissionSets(new Set(here.names), new Set()) }
  }
  return { here, ask }
}

describe('RememberedGrants', () => {
  test('asks whether anything changed, and keeps what it has if not', async () => {
    const { here, ask } = database()
    const memory = new RememberedGrants()
    const unwritten = {}
    const first = await memory.read(7, unwritten, ask)
    expect(await memory.read(7, unwritten, ask)).toBe(first)
    here.version = 2
    here.names = []
    const changed = await memory.read(7, unwritten, ask)
    expect(changed.has('shop.add_product')).toBe(false)
    expect(await memory.read(7, unwritten, ask)).toBe(changed)
    expect(here.asked).toEqual([null, 1, 1, 2])
  })

  test('knows nothing of one user by another, or after a write', async () => {
    const { here, ask } = database()
    const memory = new RememberedGrants()
    const unwritten = {}
    for (const [user, mark] of [
      [7, unwritten],
      [8, unwritten],
      [7, {}],
      [7, {}],
    ] as const)
      await memory.read(user, mark, ask)
    expect(here.asked).toEqual([null, null, null, null])
  })

  test('forgets who has not been asked about for longest, and does not keep very long lists', async () => {
    const { here, ask } = database()
    const memory = new RememberedGrants()
    const unwritten = {}
    for (let user = 0; user <= 500; user++) await memory.read(user, unwritten, ask)
    here.asked.length = 0
    await memory.read(500, unwritten, ask)
    await memory.read(0, unwritten, ask)
    here.names = Array.from({ length: 201 }, (_, index) => `shop.act_${index}`)
    for (let again = 0; again < 2; again++) await memory.read('busy', unwritten, ask)
    expect(here.asked).toEqual([1, null, null, null])
  })
})
