import { describe, expect, test } from 'vitest'
import { contextFor, nobody, scripted } from '../../../test/support/command-line.js'
import { eachSite, quick } from '../../../test/support/shop.js'
import { charField, model, portcullis } from '../../index.js'
import { removeStaleContentTypes } from './remove-stale-content-types.js'

class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}

eachSite(
  (database) => portcullis({ ...quick, database, models: [Product] }),
  (open) => {
    describe('remove-stale-contenttypes, on every database', () => {
      async function withLeftovers() {
        const site = await open()
        await site.contentTypes.delete({ model: { in: ['gone', 'foreign'] } })
        const gone = await site.contentTypes.create({ appLabel: 'shop', model: 'gone' })
        const foreign = await site.contentTypes.create({ appLabel: 'blog', model: 'foreign' })
        const permission = await site.permissions.create({ codename: 'add_gone', name: 'Can add gone', contentType: gone })
        const user = (await site.users.find({ username: 'holder' })) ?? (await site.users.createUser({ username: 'holder' }))
        await user.userPermissions.add(permission)
        return { site, gone, foreign, user }
      }

      test('lists them with their permissions, and deletes them with the grants after yes', async () => {
        const { site, gone, foreign, user } = await withLeftovers()
        const terminal = scripted('yes')
        const outcome = await removeStaleContentTypes(contextFor(site, { terminal }), { includeStaleApps: false, noInput: false })
        expect(terminal.transcript[0]).toContain('shop | gone\n    shop.add_gone')
        expect(terminal.transcript[0]).not.toContain('foreign')
        expect(outcome).toMatchObject({
          exitCode: 0,
          facts: { contentTypes: [{ appLabel: 'shop', model: 'gone', permissions: ['shop.add_gone'] }], deleted: { total: 3 } },
        })
        expect(await site.contentTypes.exists({ id: gone.id })).toBe(false)
        expect(await site.contentTypes.exists({ id: foreign.id })).toBe(true)
        expect(await user.userPermissions.count()).toBe(0)
        expect((await site.permissions.all()).some((one) => one.codename === 'add_gone')).toBe(false)
      })

      test.each(['no', '', 'y', 'YES', ' yes'])('deletes nothing after “%s”', async (answer) => {
        const { site, gone } = await withLeftovers()
        const outcome = await removeStaleContentTypes(contextFor(site, { terminal: scripted(answer) }), { includeStaleApps: true, noInput: false })
        expect(outcome).toMatchObject({ exitCode: 0, facts: { deleted: null } })
        expect(await site.contentTypes.exists({ id: gone.id })).toBe(true)
      })

      test('--include-stale-apps takes other apps too; --noinput does not ask', async () => {
        const { site, foreign } = await withLeftovers()
        await removeStaleContentTypes(contextFor(site, { terminal: nobody }), { includeStaleApps: true, noInput: true })
        expect(await site.contentTypes.exists({ id: foreign.id })).toBe(false)
        expect(await site.contentTypes.exists({ appLabel: 'shop', model: 'product' })).toBe(true)
        expect(await removeStaleContentTypes(contextFor(site), { includeStaleApps: true, noInput: true })).toMatchObject({
          exitCode: 0,
          facts: { contentTypes: [], deleted: null },
        })
      })
    })
  },
)
