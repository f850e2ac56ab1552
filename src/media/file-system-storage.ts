/**
 * Pictures in a folder of this machine. Nothing outside the folder can be named, read or written, and nobody but the site's own user can
 * read what is in it, whatever the process's umask (J3, K7).
 * @module
 */

import { realpathSync } from 'node:fs'
import { chmod, constants, mkdir, open, realpath, rename, rm, unlink } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'

import { ImproperlyConfigured } from '../base/errors.js'
import { getRandomString } from '../crypto/random.js'
import { isStoredName, type MediaStorage, type StoredMedia } from './storage.js'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** A link is not followed, and what is no file, such as a pipe, does not make us wait. Windows has neither. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Keeps pictures in `folder`, which is made when the first one comes. Put it where no web server serves files from: see `checkMediaFolder`.
 *
 * @example
 * const storage = fileSystemStorage('var/media')
 * const picture = await storage.open('profile_pics/7w0fvkzq2m8s4c1x5b3nj9rtyd.webp')
 */
export function fileSystemStorage(folder: string): MediaStorage {
  if (folder === '' || folder.includes('\0')) throw new ImproperlyConfigured('fileSystemStorage() needs the path of a folder.')
  return new FileSystemStorage(resolve(folder))
}

/**
 * Refuses a folder of pictures that a web server would serve by itself, or that holds what it serves: ours are served with headers that
 * keep them from being anything but pictures (ASVS 5.3.1). Throws `ImproperlyConfigured`.
 *
 * @example
 * checkMediaFolder('var/media', ['public', 'dist/assets'])
 */
export function checkMediaFolder(folder: string, staticFolders: readonly string[]): void {
  const media = realFolder(folder)
  for (const one of staticFolders) {
    const served = realFolder(one)
    if (isWithin(media, served) || isWithin(served, media)) {
      throw new ImproperlyConfigured(
        `The folder of pictures, ${folder}, and the folder ${one} of static files are one inside the other. Keep them apart.`,
      )
    }
  }
}

class FileSystemStorage implements MediaStorage {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async save(name: string, bytes: Uint8Array): Promise<string> {
    if (!isStoredName(name)) throw new ImproperlyConfigured('A picture can be kept under a name from newPictureName() only.')
    const path = join(this.#root, name)
    await makeFolder(dirname(path))
    if (!(await this.#isOurs(path))) throw new ImproperlyConfigured(`A folder inside ${this.#root} is a link to somewhere else. Make it a folder.`)
    // Written beside and then renamed: a reader finds all of it or none. The dot makes it a name that nobody can ask for.
    const unfinished = join(dirname(path), `.${getRandomString(22)}.part`)
    try {
      await writeNew(unfinished, bytes)
      await rename(unfinished, path)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
    return name
  }

  async open(name: string): Promise<StoredMedia | null> {
    if (!isStoredName(name)) return null
    const path = join(this.#root, name)
    try {
      if (!(await this.#isOurs(path))) return null
      const body = await readRegular(path)
      return body === null ? null : { body, size: body.length, type: 'image/webp' }
    } catch (error) {
      if (isAbsence(error)) return null
      throw error
    }
  }

  async delete(name: string): Promise<boolean> {
    if (!isStoredName(name)) return false
    const path = join(this.#root, name)
    try {
      if (!(await this.#isOurs(path))) return false
      await unlink(path)
      return true
    } catch (error) {
      if (isAbsence(error)) return false
      throw error
    }
  }

  /** Whether the folder of `path` is below the root itself, and not where a link leads. The root may be a link: it was configured. */
  async #isOurs(path: string): Promise<boolean> {
    const [root, folder] = await Promise.all([realpath(this.#root), realpath(dirname(path))])
    return folder === join(root, dirname(path).slice(this.#root.length))
  }
}

async function readRegular(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await open(path, READ_FLAGS)
  try {
    return (await file.stat()).isFile() ? await file.readFile() : null
  } finally {
    await file.close()
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE)
  try {
    // A umask can only take away; said again, it takes nothing.
    await file.chmod(FILE_MODE)
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a folder and those above it. What was there already keeps its mode: somebody chose it. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_MODE })
    await chmod(path, FOLDER_MODE)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await makeFolder(path)
  }
}

/** Not there, a link (ELOOP), or a file where a folder should be. */
function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Where a folder really is, as far as it exists. */
function realFolder(folder: string): string {
  const path = resolve(folder)
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realFolder(parent), path.slice(parent.length))
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
