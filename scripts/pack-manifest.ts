/**
 * What is published is not what is developed with: the Node that the repository's scripts run on is an optional dependency here, and must not
 * be downloaded by everyone who installs the package. `npm pack` strips the manifest before and restores it after.
 * @module
 */

import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const MANIFEST = 'package.json'
const KEPT = 'node_modules/.cache/package.json'
const FOR_DEVELOPMENT = ['optionalDependencies', 'devDependencies', 'scripts']

if (process.argv[2] === 'strip') {
  mkdirSync('node_modules/.cache', { recursive: true })
  copyFileSync(MANIFEST, KEPT)
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, unknown>
  const published = Object.fromEntries(Object.entries(manifest).filter(([name]) => !FOR_DEVELOPMENT.includes(name)))
  // npm looks up `postpack` in the manifest it finds afterwards.
  writeFileSync(MANIFEST, `${JSON.stringify({ ...published, scripts: { postpack: (manifest['scripts'] as Record<string, string>)['postpack'] } }, null, 2)}\n`)
} else {
  renameSync(KEPT, MANIFEST)
}
