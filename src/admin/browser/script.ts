/**
 * The one script of the admin: small modules, each a block of its own. No page needs it.
 * @module
 */

import { localTimes } from '../../pages/browser/local-times.js'
import { passwordVisibility } from '../../pages/browser/password-visibility.js'
import { submitOnce } from '../../pages/browser/submit-once.js'
import { chooseAll } from './choose-all.js'
import { matrix } from './matrix.js'
import { sideFilter } from './side-filter.js'

/** The whole of it, an ES module. */
export const adminScript: string = [passwordVisibility, submitOnce, localTimes, sideFilter, chooseAll, matrix].map((source) => `{${source}}\n`).join('')
