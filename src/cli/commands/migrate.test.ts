import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { charField, model, portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { migrate } from './migrate.js'

class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}

const folder = mkdtempSync(join(tmpdir(), 'portcullis-cli-'))
const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

function newShop(path = ':memory:', models: readonly (typeof Product)[] = [Product]) {
  const site = portcullis({ ...quick, database: sqlite(path), models })
  opened.push(site)
  return site
}

describe('migrate', () => {
  test('shows the plan, then does it, and finds nothing to do the second time', async () => {
    const site = newShop()
    const context = contextFor(site)
    const outcome = await migrate(context, {})
    expect(context.shown.join()).toContain('+ Create table shop_product')
    expect(outcome.exitCode).toBe(0)
    expect(outcome.text).toMatch(/^Done: \d+ steps\.$/)
    expect(outcome.facts['applied']).not.toEqual([])
    expect(await site.permissions.find('shop.publish_product')).not.toBeNull()
    const again = contextFor(site)
    expect(await migrate(again, {})).toMatchObject({ exitCode: 0, text: '', facts: { applied: [], plan: { isEmpty: true } } })
    expect(again.shown.join()).toContain('Nothing to do.')
  })

  test('--plan and --check do nothing', async () => {
    const site = newShop()
    expect(await migrate(contextFor(site), { plan: true })).toMatchObject({ exitCode: 0, facts: { applied: [], plan: { isEmpty: false } } })
    expect(await migrate(contextFor(site), { check: true })).toMatchObject({ exitCode: 1 })
    expect((await site.migrationPlan()).isEmpty).toBe(false)
    await site.migrate()
    expect(await migrate(contextFor(site), { check: true })).toMatchObject({ exitCode: 0 })
  })

  test('--sql shows the statements', async () => {
    const outcome = await migrate(contextFor(newShop()), { plan: true, sql: true })
    expect(outcome.text).toMatch(/create table "shop_product"/i)
  })

  test('what loses data is left out, and told, until --destructive', async () => {
    const path = join(folder, 'shrinking.db')
    await newShop(path).migrate()
    const without = newShop(path, [])
    expect((await migrate(contextFor(without), { plan: true })).text).toContain('migrate --destructive')
    const careful = await migrate(contextFor(without), {})
    expect(careful.text).toBe('Left out, because data would be lost: 1 step. Run it with --destructive to do that too.')
    const bold = await migrate(contextFor(without), { destructive: true })
    expect(bold.facts['applied']).toEqual([expect.objectContaining({ kind: 'dropTable', table: 'shop_product' })])
    expect(bold.text).toBe('Done: 1 step.')
  })
})
