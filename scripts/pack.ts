/**
 * Packs what is published, which is not what is developed with: the Node that the repository's scripts run on is an optional dependency here,
 * and must not be downloaded by everyone who installs the package. So a folder of its own is packed, and the manifest here is never rewritten.
 *
 * `npm run pack` leaves the tarball in the root; `npm publish portcullis-0.1.0.tgz` publishes it.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ALONGSIDE = ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'src']
const FOR_DEVELOPMENT = ['optionalDependencies', 'devDependencies', 'scripts']
/** Resolves to the sources in this repository's own tests and examples. */
const OWN_CONDITION = 'portcullis-source'

type Manifest = Record<string, unknown> & { readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>> }

/** Packs the built package into `destination`, and answers the tarball's path. */
export function pack(destination: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'portcullis-pack-'))
  try {
    for (const name of ALONGSIDE.filter((one) => existsSync(one))) cpSync(name, join(stage, name), { recursive: true })
    const manifest = published(JSON.parse(readFileSync('package.json', 'utf8')) as Manifest)
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    const printed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(destination)], { cwd: stage, encoding: 'utf8' })
    return resolve(destination, printed.trim().split('\n').at(-1) ?? '')
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

function published(manifest: Manifest): Manifest {
  const exports = Object.entries(manifest.exports).map(([path, target]) => {
    if (typeof target === 'string') return [path, target] as const
    return [path, Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== OWN_CONDITION))] as const
  })
  const kept = Object.entries(manifest).filter(([name]) => !FOR_DEVELOPMENT.includes(name))
  return { ...Object.fromEntries(kept), exports: Object.fromEntries(exports) }
}

if (import.meta.main) console.log(pack('.'))
