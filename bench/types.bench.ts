/**
 * What 50 models cost the compiler: a site with them against one without, both using what a site is used for. The target is 1.5 s.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Row } from './run.js'

export const name = 'types'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MODELS = 50
const ROUNDS = 3

const IMPORTS = `import { abstractUser, booleanField, charField, dateTimeField, decimalField, foreignKey, integerField, manyToManyField, model, oneToOneField, portcullis, textField } from 'portcullis'
import { sqlite } from 'portcullis/sqlite'
export class User extends abstractUser('shop.User', { fields: { phone: charField({ maxLength: 20, blank: true }) } }) {}
export class Profile extends model('shop.Profile', { fields: { user: oneToOneField(() => User), bio: textField({ blank: true }) } }) {}
export const used = [booleanField, dateTimeField, decimalField, foreignKey, integerField, manyToManyField]
`

export async function run(): Promise<Row[]> {
  // Inside the repository, so that the compiler finds the packages.
  mkdirSync(join(ROOT, 'node_modules', '.cache'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.cache', 'types-'))
  try {
    const empty = project(join(folder, 'empty'), 0)
    const full = project(join(folder, 'full'), MODELS)
    const times = { empty: [] as number[], full: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      times.empty.push(compile(empty))
      times.full.push(compile(full))
    }
    const [least, most] = [Math.min(...times.empty), Math.min(...times.full)]
    return [
      { what: 'a site without models', value: least, unit: 's' },
      { what: `a site with ${MODELS} models`, value: most, unit: 's', ratio: most / least },
      { what: 'the difference (target: under 1.5)', value: most - least, unit: 's' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function project(folder: string, models: number): string {
  mkdirSync(folder)
  const numbers = Array.from({ length: models }, (_, index) => index)
  const declared = numbers.map((n) => {
    const relations = n === 0 ? '' : `, other: foreignKey(() => Model${n - 1}), many: manyToManyField(() => Model${n - 1})`
    return `export class Model${n} extends model('app${n % 7}.Model${n}', { fields: { name: charField({ maxLength: 80 }), price: decimalField({ maxDigits: 8, decimalPlaces: 2 }), live: booleanField({ default: true }), made: dateTimeField({ autoNowAdd: true }), stock: integerField({ default: 0 }), owner: foreignKey(() => User, { null: true })${relations} }, permissions: { publish_model${n}: 'Can publish' } }) {}`
  })
  const uses = numbers.map(
    (n) => `  await auth.objects(Model${n}).filter({ name: { contains: 'x' }, stock: { gt: 1 } }, { orderBy: '-made' })
  await user.hasPerm('app${n % 7}.publish_model${n}')
  await auth.db.selectFrom('app${n % 7}_model${n}').select(['name', 'owner_id']).where('live', '=', true).execute()`,
  )
  writeFileSync(
    join(folder, 'site.ts'),
    `${IMPORTS}${declared.join('\n')}
export const auth = portcullis({ secretKey: 'k', database: sqlite('x.db'), user: User, profile: Profile, models: [${numbers.map((n) => `Model${n}`).join(', ')}] })
export async function use(user: typeof auth.$types.User): Promise<void> {
  await user.hasPerm('shop.add_user')
${uses.join('\n')}
}
`,
  )
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const paths = { portcullis: [join(ROOT, 'src/index.ts')], 'portcullis/*': [join(ROOT, 'src/*.ts')] }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { rootDir: '/', paths, typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: ['site.ts'],
      exclude: [],
    }),
  )
  return folder
}

function compile(folder: string): number {
  const start = performance.now()
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder], { stdio: 'inherit' })
  return (performance.now() - start) / 1000
}
