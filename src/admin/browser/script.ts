/**
 * The one script of the admin: small modules, each a block of its own. No page needs it.
 * @module
 */

import { localTimes } from '../../pages/browser/local-times.js'
import { passwordVisibility } from '../../pages/browser/password-visibility.js'
import { picturePreview } from '../../pages/browser/picture-preview.js'
import { submitOnce } from '../../pages/browser/submit-once.js'
import { autocomplete } from './autocomplete.js'
import { chooseAll } from './choose-all.js'
import { chooser } from './chooser.js'
import { foldFilters } from './fold-filters.js'
import { inlines } from './inlines.js'
import { localMoments } from './local-moments.js'
import { matrix } from './matrix.js'
import { prepopulate } from './prepopulate.js'
import { sideFilter } from './side-filter.js'

/** The whole of it, an ES module. */
export const adminScript: string = [
  passwordVisibility,
  submitOnce,
  localTimes,
  sideFilter,
  chooseAll,
  foldFilters,
  matrix,
  // New rows tell the others of themselves.
  picturePreview,
  autocomplete,
  chooser,
  prepopulate,
  localMoments,
  inlines,
]
  .map((source) => `{${source}}\n`)
  .join('')
