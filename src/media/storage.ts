/**
 * Where pictures are kept: behind three functions, so that a folder, a bucket or a table will do. Names are made here and mean nothing;
 * what a client called its file never reaches a storage (J3).
 * @module
 */

import { ImproperlyConfigured, ServiceUnavailable } from '../base/errors.js'
import { isOutage, wordsOf } from '../base/outage.js'
import { getRandomString } from '../crypto/random.js'

/** What a storage keeps under a name. */
export interface StoredMedia {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>
  readonly size: number
  /** What it was stored as: `image/webp`. */
  readonly type: string
}

/**
 * A place for pictures.
 *
 * @example
 * const kept = new Map<string, Uint8Array<ArrayBuffer>>()
 * const inMemory: MediaStorage = {
 *   async save(name, bytes) {
 *     kept.set(name, new Uint8Array(bytes))
 *     return name
 *   },
 *   async open(name) {
 *     const body = kept.get(name)
 *     return body === undefined ? null : { body, size: body.length, type: 'image/webp' }
 *   },
 *   async delete(name) {
 *     return kept.delete(name)
 *   },
 * }
 */
export interface MediaStorage {
  /** Keeps the bytes, whole or not at all, and gives the name they are found by afterwards. `name` comes from `newPictureName`. */
  save(name: string, bytes: Uint8Array): Promise<string>
  /** Finds what was kept; null for any other name, whatever it looks like. */
  open(name: string): Promise<StoredMedia | null>
  /** Forgets it. Tells whether there was one. */
  delete(name: string): Promise<boolean>
}

/** Small letters and digits: a file system that does not know capitals from small letters keeps them apart. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** 26 of 36 letters carry 134 bits: nobody finds a picture by trying names (J14). */
const NAME_LENGTH = 26
/** Parts of a folder's name: nothing with a dot, a blank or a percent sign in it. */
const FOLDER = String.raw`[A-Za-z0-9_-]{1,64}(?:/[A-Za-z0-9_-]{1,64}){0,3}`
const UPLOAD_TO = new RegExp(`^${FOLDER}$`)
const STORED_NAME = new RegExp(`^(?:${FOLDER}/)?[a-z0-9]{22,64}\\.webp$`)
/** Django's length of a column for a file's name. */
const LONGEST_NAME = 100

/**
 * Makes a name for a new picture, below the folder `uploadTo`; Django's `upload_to`. Throws `ImproperlyConfigured` where that is no plain folder.
 *
 * @example
 * const name = newPictureName('profile_pics')   // such as 'profile_pics/7w0fvkzq2m8s4c1x5b3nj9rtyd.webp'
 */
export function newPictureName(uploadTo: string): string {
  const folder = uploadTo.replace(/\/$/, '')
  const name = `${folder === '' ? '' : `${folder}/`}${getRandomString(NAME_LENGTH, ALPHABET)}.webp`
  if ((folder !== '' && !UPLOAD_TO.test(folder)) || name.length > LONGEST_NAME) {
    throw new ImproperlyConfigured(`uploadTo is ${JSON.stringify(uploadTo)}. Use a folder of letters, digits, _ and -, such as 'profile_pics'.`)
  }
  return name
}

/** Tells whether a text is a name as `newPictureName` makes them: nothing else is looked for. */
export function isStoredName(name: string): boolean {
  return name.length <= LONGEST_NAME && STORED_NAME.test(name)
}

/** Asks a storage. One that is full, or is somewhere else and away, throws `ServiceUnavailable`: another time it will do. */
export async function fromStorage<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isOutage(error)) throw error
    throw new ServiceUnavailable(`The storage of pictures cannot be asked now: ${wordsOf(error)}`, { retryAfter: 60, cause: error })
  }
}
