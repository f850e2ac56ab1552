import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import { checkMediaFolder, fileSystemStorage } from './file-system-storage.js'
import { isStoredName, newPictureName, type MediaStorage } from './storage.js'

const folder = mkdtempSync(join(tmpdir(), 'portcullis_media_'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
/** A storage in a folder that is not there yet. */
function fresh(): { root: string; storage: MediaStorage } {
  const root = join(folder, `case-${++count}`, 'media')
  return { root, storage: fileSystemStorage(root) }
}

const BYTES = new TextEncoder().encode('RIFF')
const NAME = `${'a'.repeat(26)}.webp`
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

const HOSTILE = [
  `../${NAME}`,
  `..\\${NAME}`,
  `pics/../../${NAME}`,
  `pics/..%2f${NAME}`,
  `%2e%2e/${NAME}`,
  `./${NAME}`,
  `pics//${NAME}`,
  `/etc/${NAME}`,
  `/${NAME}`,
  `C:\\${NAME}`,
  `${NAME}\0`,
  `pics\0/${NAME}`,
  `${NAME}\n`,
  ` ${NAME}`,
  `${NAME}.html`,
  `${'a'.repeat(26)}.php`,
  `${'a'.repeat(26)}.WEBP`,
  `${'A'.repeat(26)}.webp`,
  'short.webp',
  '.webp',
  '',
  '.',
  '..',
  'pics',
  'etc/passwd',
  `${'a'.repeat(10_000)}.webp`,
  `__proto__`,
]

describe('fileSystemStorage', () => {
  test('keeps a picture, finds it, and forgets it', async () => {
    const { root, storage } = fresh()
    const name = newPictureName('profile_pics')
    expect(await storage.open(name)).toBe(null)
    expect(await storage.delete(name)).toBe(false)
    expect(await storage.save(name, BYTES)).toBe(name)
    expect(await storage.open(name)).toEqual({ body: Buffer.from(BYTES), size: 4, type: 'image/webp' })
    expect(readdirSync(join(root, 'profile_pics'))).toEqual([name.slice('profile_pics/'.length)])
    expect(await storage.delete(name)).toBe(true)
    expect(await storage.open(name)).toBe(null)
    expect(await storage.delete(name)).toBe(false)
  })

  test.each(HOSTILE)('J3: %j is no name: nothing is read, written or deleted', async (name) => {
    const { root, storage } = fresh()
    await storage.save(NAME, BYTES)
    // What the name would lead to, were it followed.
    for (const path of [join(root, '..', NAME), join(root, 'short.webp'), join(root, `${NAME}.html`)]) writeFileSync(path, 'outside')
    const before = readdirSync(dirname(root), { recursive: true }).sort()
    expect(isStoredName(name)).toBe(false)
    expect(await storage.open(name)).toBe(null)
    expect(await storage.delete(name)).toBe(false)
    await expect(storage.save(name, BYTES)).rejects.toThrow(/newPictureName/)
    expect(readdirSync(dirname(root), { recursive: true }).sort()).toEqual(before)
  })

  test('J3: a link in the folder leads nowhere, whether to a file or to a folder', async () => {
    const { root, storage } = fresh()
    await storage.save(NAME, BYTES)
    const outside = join(root, '..', 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, NAME), 'secret')
    const linked = `${'b'.repeat(26)}.webp`
    symlinkSync(join(outside, NAME), join(root, linked))
    symlinkSync(outside, join(root, 'pics'))
    expect(await storage.open(linked)).toBe(null)
    expect(await storage.open(`pics/${NAME}`)).toBe(null)
    expect(await storage.delete(`pics/${NAME}`)).toBe(false)
    await expect(storage.save(`pics/${linked}`, BYTES)).rejects.toThrow(/link/)
    expect(readdirSync(outside)).toEqual([NAME])
    // The folder itself may be one: an administrator made it.
    symlinkSync(root, join(root, '..', 'alias'))
    expect((await fileSystemStorage(join(root, '..', 'alias')).open(NAME))?.size).toBe(4)
  })

  test('J3: what is no file is not found, and not waited for', async () => {
    const { root, storage } = fresh()
    mkdirSync(join(root, NAME), { recursive: true })
    expect(await storage.open(NAME)).toBe(null)
    expect(await storage.open(`${'c'.repeat(22)}/${NAME}`)).toBe(null)
  })

  test.each([0o000, 0o022, 0o777])('K7: folders are 0700 and files 0600, whatever the umask (%i)', async (mask) => {
    const { root, storage } = fresh()
    const before = process.umask(mask)
    try {
      await storage.save(`a/b/${NAME}`, BYTES)
    } finally {
      process.umask(before)
    }
    expect([root, join(root, 'a'), join(root, 'a/b')].map(modeOf)).toEqual(['700', '700', '700'])
    expect(modeOf(join(root, 'a/b', NAME))).toBe('600')
  })

  test('K7: a folder that was there keeps its mode', async () => {
    const { root, storage } = fresh()
    mkdirSync(root, { recursive: true })
    chmodSync(root, 0o750)
    await storage.save(`pics/${NAME}`, BYTES)
    expect([root, join(root, 'pics')].map(modeOf)).toEqual(['750', '700'])
  })

  test('a picture that cannot be written whole leaves nothing', async () => {
    const { root, storage } = fresh()
    mkdirSync(join(root, NAME, 'in-the-way'), { recursive: true })
    await expect(storage.save(NAME, BYTES)).rejects.toThrow(/EISDIR|ENOTEMPTY|directory/)
    expect(readdirSync(root)).toEqual([NAME])
  })

  test('J14: a thousand pictures have a thousand names, none of which can be guessed from another', async () => {
    const names = new Set(Array.from({ length: 1000 }, () => newPictureName('pics')))
    expect(names.size).toBe(1000)
    for (const name of names) expect(name).toMatch(/^pics\/[a-z0-9]{26}\.webp$/)
    const { root, storage } = fresh()
    for (const name of [...names].slice(0, 20)) await storage.save(name, BYTES)
    expect(readdirSync(join(root, 'pics'))).toHaveLength(20)
  })
})

describe('newPictureName', () => {
  test('5.3.2, J3: takes a plain folder only', () => {
    expect(newPictureName('')).toMatch(/^[a-z0-9]{26}\.webp$/)
    expect(newPictureName('a/b/')).toMatch(/^a\/b\/[a-z0-9]{26}\.webp$/)
    for (const bad of ['..', '../x', '/x', 'a//b', 'a b', 'a\0', 'a.b', '%2e', 'x'.repeat(65), `${'x'.repeat(60)}/${'x'.repeat(60)}`]) {
      expect(() => newPictureName(bad)).toThrow(/uploadTo/)
    }
  })
})

describe('checkMediaFolder', () => {
  test('5.3.2, 5.3.1: refuses a folder that is served as it stands, whichever way it is written', () => {
    const { root } = fresh()
    const served = join(root, 'public')
    mkdirSync(served, { recursive: true })
    symlinkSync(served, join(root, 'link'))
    for (const inside of [served, join(served, 'media'), join(root, 'private/../public/media'), join(root, 'link/media')]) {
      expect(() => checkMediaFolder(inside, ['/nowhere', served])).toThrow(/Keep them apart/)
    }
    expect(() => checkMediaFolder(root, [served])).toThrow(/Keep them apart/)
    expect(() => checkMediaFolder(join(root, 'public-not'), [served])).not.toThrow()
    expect(existsSync(join(root, 'public-not'))).toBe(false)
  })
})
