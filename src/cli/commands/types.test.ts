import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { charField, model, portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { permissionNames, permissionsModule, types } from './types.js'

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

async function migratedShop() {
  const site = portcullis({ ...quick, database: sqlite(':memory:'), models: [Product] })
  opened.push(site)
  await site.migrate()
  return site
}

describe('types', () => {
  test('writes a module whose union is the permissions of the database', async () => {
    const site = await migratedShop()
    await site.permissions.create({ codename: 'can_export', name: 'Can export', contentType: await site.contentTypes.getForModel(Product) })
    const outcome = await types(contextFor(site, { workingDirectory: folder }), { out: 'made/permissions.ts' })
    expect(outcome.facts).toMatchObject({ file: join(folder, 'made/permissions.ts') })
    const { permissions } = (await import(join(folder, 'made/permissions.ts'))) as { permissions: readonly string[] }
    expect(permissions).toEqual(await permissionNames(await contextFor(site).site()))
    expect(permissions).toContain('shop.can_export')
    expect(permissions).toContain('auth.add_user')
    expect([...permissions].toSorted()).toEqual(permissions)
  })

  test('prints the same module without --out, and the same text each time', async () => {
    const site = await migratedShop()
    const first = await types(contextFor(site), {})
    await types(contextFor(site, { workingDirectory: folder }), { out: 'same.ts' })
    expect(`${first.text}\n`).toBe(readFileSync(join(folder, 'same.ts'), 'utf8'))
    expect((await types(contextFor(site), {})).text).toBe(first.text)
  })

  test('a name is listed once though two models have it', async () => {
    const site = await migratedShop()
    await site.permissions.create({
      codename: 'publish_product',
      name: 'Again',
      contentType: await site.contentTypes.getByNaturalKey('auth', 'user'),
    })
    const shopType = await site.contentTypes.create({ appLabel: 'shop', model: 'other' })
    await site.permissions.create({ codename: 'publish_product', name: 'Again', contentType: shopType })
    const names = await permissionNames(await contextFor(site).site())
    expect(names.filter((one) => one === 'shop.publish_product')).toHaveLength(1)
    expect(names).toContain('auth.publish_product')
  })

  test('a codename is text, whatever stands in the table: nothing of it becomes code', () => {
    const names = [
      "shop.'] as const; throw new Error('run'); //",
      'shop.\\',
      'shop.`${x}`',
      'shop.line\nbreak\r',
      'shop.\u2028\u2029\u0000\u0085\u202e',
      'shop.*/ alert(1) /*',
      'shop.😀é',
    ]
    const file = join(folder, 'hostile.mts')
    writeFileSync(file, permissionsModule(names))
    const read = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `import { permissions } from ${JSON.stringify(file)}; console.log(JSON.stringify(permissions))`],
      { encoding: 'utf8' },
    )
    expect(JSON.parse(read)).toEqual(names)
    expect(permissionsModule(names)).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
  })
})
