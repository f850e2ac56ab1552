import { afterAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { charField, model, portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { explain } from './explain.js'

class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}

const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

async function migratedShop() {
  const site = portcullis({ ...quick, database: sqlite(':memory:'), models: [Product] })
  opened.push(site)
  await site.migrate()
  return site
}

describe('explain', () => {
  test('answers what hasPerm answers, with the reasons', async () => {
    const site = await migratedShop()
    const ada = await site.users.createUser({ username: 'ada' })
    const editors = await site.groups.create({ name: 'editors', permissions: ['shop.publish_product'] })
    await ada.groups.add(editors)
    const yes = await explain(contextFor(site), 'ada', 'shop.publish_product')
    expect(yes).toMatchObject({ exitCode: 0, facts: { granted: true } })
    expect(yes.text).toContain('editors')
    expect(await explain(contextFor(site), 'ada', 'shop.add_product')).toMatchObject({ exitCode: 1, facts: { granted: false } })
    expect(await explain(contextFor(site), 'ada', 'no such thing')).toMatchObject({ exitCode: 1, facts: { granted: false } })
    await expect(explain(contextFor(site), 'bob', 'shop.add_product')).rejects.toThrow('There is no user “bob”.')
  })
})
