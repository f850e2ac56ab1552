/**
 * The admin's stylesheet and script as files that never change under their names.
 * @module
 */

import { icon } from '../../pages/look/icon.js'
import { staticFile, type StaticFile } from '../../pages/look/static-files.js'
import { sharedStyles } from '../../pages/look/stylesheet.js'
import { adminScript } from '../browser/script.js'
import { changeStyles } from '../change/styles.js'
import { peopleStyles } from '../people/styles.js'
import { adminStyles } from './styles.js'

const stylesheet: StaticFile = staticFile('admin.css', sharedStyles + adminStyles + changeStyles + peopleStyles)
const script: StaticFile = staticFile('admin.js', adminScript)
const mark: StaticFile = staticFile('portcullis.svg', icon)

/** The files of the admin. */
export const adminFiles = {
  stylesheet,
  script,
  icon: mark,
  byName: new Map([stylesheet, script, mark].map((file) => [file.name, file])) as ReadonlyMap<string, StaticFile>,
} as const
