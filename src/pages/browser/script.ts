/**
 * The one script of the account pages: a few small modules, each a block of its own. No page needs it.
 * @module
 */

import { localTimes } from './local-times.js'
import { passwordVisibility } from './password-visibility.js'
import { picturePreview } from './picture-preview.js'
import { submitOnce } from './submit-once.js'

/** The whole of it, an ES module. */
export const script: string = [passwordVisibility, submitOnce, picturePreview, localTimes].map((source) => `{${source}}\n`).join('')
