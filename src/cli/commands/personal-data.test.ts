import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { contextFor, runHere, scripted } from '../../../test/support/command-line.js'
import { eachSite, quick } from '../../../test/support/shop.js'
import { portcullis, ValidationError } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { Misuse, Refusal } from '../errors.js'
import { eraseUser, exportUser } from './personal-data.js'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-'))
afterAll(() => rmSync(folder, { recursive: true }))

eachSite(
  (database) => portcullis({ ...quick, database }),
  (open) => {
    test('export-user prints JSON, or writes a file that nobody else may read and never over another', async () => {
      const site = await open()
      const ada = await site.users.createUser({ username: 'ada', email: 'ada@example.com', password: 'notes' })
      const context = contextFor(site, { workingDirectory: folder })
      const { text, facts } = await exportUser(context, 'ada', {})
      expect(JSON.parse(text)).toMatchObject({ user: { username: 'ada', email: 'ada@example.com' }, profile: null, sessions: [] })
      expect(text).not.toContain('pbkdf2')
      expect(facts['data']).toMatchObject({ user: { id: ada.id } })
      const out = `ada-${Math.random()}.json`
      await exportUser(context, 'ada', { out })
      expect(statSync(join(folder, out)).mode & 0o777).toBe(0o600)
      expect(JSON.parse(readFileSync(join(folder, out), 'utf8'))).toMatchObject({ user: { username: 'ada' } })
      await expect(exportUser(context, 'ada', { out })).rejects.toThrow(Refusal)
      await expect(exportUser(context, 'nobody', {})).rejects.toThrow('There is no user “nobody”.')
    })

    test('erase-user asks for the name once more', async () => {
      const site = await open()
      await site.users.createUser({ username: 'eve', password: 'notes' })
      await expect(eraseUser(contextFor(site), 'eve', { noInput: false })).rejects.toThrow(Misuse)
      expect(await eraseUser(contextFor(site, { terminal: scripted('yes') }), 'eve', { noInput: false })).toMatchObject({
        exitCode: 0,
        text: 'Nothing was erased.',
        facts: { erased: null },
      })
      expect(await site.users.count({ username: 'eve' })).toBe(1)
      expect(await eraseUser(contextFor(site, { terminal: scripted('eve') }), 'eve', { noInput: false })).toMatchObject({
        text: 'eve was deleted.',
        facts: { erased: { outcome: 'deleted' } },
      })
      expect(await site.users.count({ username: 'eve' })).toBe(0)
      await expect(eraseUser(contextFor(site), 'eve', { noInput: true })).rejects.toThrow(Refusal)
    })

    test('erase-user refuses the last superuser', async () => {
      const site = await open()
      await site.users.createSuperuser({ username: 'root', password: 'notes' })
      await expect(eraseUser(contextFor(site), 'root', { noInput: true })).rejects.toThrow(ValidationError)
    })
  },
)

test('from the command line, with exit codes', async () => {
  const site = () => portcullis({ ...quick, database: sqlite(join(folder, 'shop.db')) })
  const made = site()
  await made.migrate()
  await made.users.createSuperuser({ username: 'root', password: 'notes' })
  await made.users.createUser({ username: 'ada', password: 'notes' })
  await made.close()
  const run = async (...args: string[]) => runHere([...args, '--site', 'shop', '--json'], { sites: { shop: site } })
  const exported = await run('export-user', 'ada')
  expect([exported.exitCode, JSON.parse(exported.stdout)]).toMatchObject([0, { ok: true, data: { user: { username: 'ada' } } }])
  expect((await run('erase-user', 'ada')).exitCode).toBe(2)
  expect((await run('erase-user', 'ada', '--noinput')).exitCode).toBe(0)
  expect((await run('export-user', 'ada')).exitCode).toBe(1)
  const refused = await run('erase-user', 'root', '--noinput')
  expect([refused.exitCode, JSON.parse(refused.stdout)]).toMatchObject([1, { error: { code: 'invalid', problems: [{ code: 'last_superuser' }] } }])
})
