/**
 * From an uploaded file to a stored picture: decoded, looked at by the site's scanner if it has one, and kept under a name of ours.
 * @module
 */

import { problem, ValidationError } from '../base/errors.js'
import { decodePicture, type PictureLimits } from './decode-picture.js'
import { fromStorage, newPictureName, type MediaStorage } from './storage.js'

/** Where a picture goes, and what it goes through. */
export interface PictureSaving {
  readonly storage: MediaStorage
  /** The folder inside the storage, such as `profile_pics`. */
  readonly uploadTo: string
  readonly limits?: PictureLimits
  /**
   * Asked before anything is kept, with the bytes as they were sent; false refuses them. None by default: the picture is written anew, and
   * nothing of what was sent is kept (ASVS 5.4.3).
   */
  readonly scan?: (bytes: Uint8Array) => Promise<boolean>
}

/**
 * Keeps an uploaded picture and gives its stored name. Throws `ValidationError` where it is none.
 *
 * @example
 * const profilePicture = await savePicture(upload.bytes, { storage, uploadTo: 'profile_pics' })
 */
export async function savePicture(bytes: Uint8Array, { uploadTo, ...checks }: PictureSaving): Promise<string> {
  // A folder that is none is the application's mistake: it shows before anybody's picture is looked at.
  newPictureName(uploadTo)
  const picture = await preparePicture(bytes, checks)
  return picture.store(uploadTo)
}

/** A picture that was looked at, and is kept nowhere yet. */
export interface PreparedPicture {
  /** Keeps it below the folder, and gives its stored name. */
  store(uploadTo: string): Promise<string>
}

/**
 * Looks at an uploaded picture without keeping it, for a form whose other fields may yet be wrong. Throws `ValidationError` where it is none.
 *
 * @example
 * const picture = await preparePicture(upload.bytes, { storage })
 * const profilePicture = await picture.store('profile_pics')
 */
export async function preparePicture(bytes: Uint8Array, { storage, limits, scan }: Omit<PictureSaving, 'uploadTo'>): Promise<PreparedPicture> {
  const picture = await decodePicture(bytes, limits)
  if (scan !== undefined && !(await scan(bytes))) throw new ValidationError(problem('invalid_image.refused'))
  return {
    store: async (uploadTo) => {
      const name = newPictureName(uploadTo)
      return fromStorage(async () => storage.save(name, picture.bytes))
    },
  }
}
