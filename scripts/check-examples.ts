/**
 * Compiles every example of the pages and of the sources, and runs those that say they run.
 *
 * An example may show a fragment. Names it does not make itself come, in this order, from its own imports; for an example in a
 * source, from that file; from `test/support/examples.ts`; from what the package exports. An example in a page that imports
 * something from the package has to import everything it uses from there: it looks complete, so it is.
 * @module
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { findExamples, type Example } from './find-examples.js'

/** Inside the repository, so that `portcullis` means this package; git ignores it. */
const FOLDER = '.examples'

const PRELUDE = 'test/support/examples.ts'

/** Where a name comes from, as an import written in the folder says it. */
type Names = ReadonlyMap<string, string>

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const examples = findExamples()
const prelude = exportsOf(PRELUDE)
const packageNames = namesOfPackage()

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const written = new Map(examples.map((example, index) => [`${FOLDER}/example-${index + 1}.${isMarkup(example) ? 'tsx' : 'ts'}`, example]))
for (const [path, example] of written) writeFileSync(path, moduleFrom(example))
// Names are imported here without knowing which are types; the compiler may drop those that are.
const options = { noEmit: true, rootDir: '..', verbatimModuleSyntax: false, isolatedModules: false }
writeFileSync(
  join(FOLDER, 'tsconfig.json'),
  JSON.stringify({ extends: '../tsconfig.json', compilerOptions: options, include: ['*.ts', '*.tsx'], exclude: [] }),
)

const problems = compile()
const runnable = examples.filter((example) => example.isRunnable)
const failed = runnable.filter((example) => !runs(example))
console.log(`${examples.length} examples, ${problems} errors; ${runnable.length - failed.length} of ${runnable.length} run`)
if (problems + failed.length === 0) rmSync(FOLDER, { recursive: true, force: true })
else process.exitCode = 1

/** Examples of markup sources may show markup. */
function isMarkup({ file }: Example): boolean {
  return file.endsWith('.tsx')
}

/** An example as a module: imports first, the rest in a function, so that it may `await`, `return`, and name things as it likes. */
function moduleFrom(example: Example): string {
  const lines = [...example.code]
  // The function begins on the line of the last import, so that each line of the example stays one line below its place.
  const end = lines.findLastIndex((line) => /^(?:import\b.*|\} )from '[^']+'\s*(?:\/\/.*)?$|^import '[^']+'/.test(line)) + 1
  const head = lines.slice(0, end)
  const body = lines
    .slice(end)
    .map((line) =>
      line.replace(/^export (?:default )?/, (word) => (word.includes('default') ? 'void '.padEnd(word.length) : ' '.repeat(word.length))),
    )
  const opening = 'async function example() {'
  const last = head.pop()
  const first = [importsFor(example, head.concat(last ?? [])), ...(last === undefined ? [opening] : [])].join(' ')
  return [first, ...head, ...(last === undefined ? [] : [`${last.replace(/\s*\/\/.*$/, '')}; ${opening}`]), ...body, '}', 'void example', ''].join(
    '\n',
  )
}

function importsFor(example: Example, head: readonly string[]): string {
  const own = head.join('\n')
  const ownNames = namesImportedBy(own)
  const isComplete = example.file.endsWith('.md') && /from 'portcullis/.test(own)
  const sources: Names[] = [
    ...(example.file.endsWith('.md') ? [] : [exportsOf(example.file), importsOf(example.file)]),
    prelude,
    ...(isComplete ? [] : [packageNames]),
  ]
  const words = new Set(
    example.code
      .map(withoutComment)
      .join('\n')
      .match(/[A-Za-z_$][\w$]*/g),
  )
  const imports = [...words].flatMap((word) => {
    const from = ownNames.has(word) ? undefined : sources.find((names) => names.has(word))?.get(word)
    return from === undefined ? [] : [`import { ${word} } from '${from}';`]
  })
  return imports.length === 0 ? 'export {};' : imports.join(' ')
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)\/\/ .*$/, '')
}

function exportsOf(file: string): Names {
  const text = readFileSync(file, 'utf8')
  const declared = [
    ...text.matchAll(/^export (?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|interface|type|enum) (\w+)/gm),
  ].map((match) => match[1] ?? '')
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap((match) => namesInBraces(match[1] ?? ''))
  const from = specifierOf(file)
  return new Map([...declared, ...listed].map((name) => [name, from]))
}

/** What a source file imports is known to its examples, too. */
function importsOf(file: string): Names {
  const text = readFileSync(file, 'utf8')
  const names = new Map<string, string>()
  for (const [, braces = '', from = ''] of text.matchAll(/^import (?:type )?\{([^}]*)\} from '([^']+)'/gm)) {
    const specifier = from.startsWith('.') ? `../${relativeToRoot(resolve(dirname(file), from))}` : from
    for (const name of namesInBraces(braces)) names.set(name, specifier)
  }
  return names
}

function namesImportedBy(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/\{([^}]*)\}/g)]
      .flatMap((match) => namesInBraces(match[1] ?? ''))
      .concat([...text.matchAll(/^import (?:\* as )?(\w+)/gm)].map((match) => match[1] ?? '')),
  )
}

function namesInBraces(text: string): string[] {
  return text
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter(Boolean)
}

function namesOfPackage(): Names {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  const names = new Map<string, string>()
  for (const [path, conditions] of Object.entries(exports)) {
    const source = typeof conditions === 'string' ? undefined : conditions['portcullis-source']
    if (source === undefined) continue
    for (const name of exportsOf(source).keys()) if (!names.has(name)) names.set(name, `portcullis${path.slice(1)}`)
  }
  return names
}

function specifierOf(file: string): string {
  return `../${file.replace(/\.tsx?$/, '.js')}`
}

function relativeToRoot(path: string): string {
  return path.slice(process.cwd().length + 1)
}

/** Prints what the compiler says, at the places where the examples stand. Returns the number of errors. */
function compile(): number {
  const { status, stdout, stderr } = spawnSync('tsc', ['--project', FOLDER, '--pretty', 'false'], { encoding: 'utf8' })
  let count = 0
  for (const line of `${stdout}${stderr}`.split('\n')) {
    const [, path = '', row, column, message = ''] = /^(\S+?)\((\d+),(\d+)\): (.*)$/.exec(line) ?? []
    const example = written.get(path)
    if (message !== '') count += 1
    if (example === undefined) console.log(line)
    else console.log(`${example.file}:${example.line + Number(row) - 2}:${Number(column) + example.indent}: ${message}`)
  }
  // A complaint without a place, or no compiler at all.
  return status === 0 ? count : Math.max(count, 1)
}

function runs(example: Example): boolean {
  const path = join(FOLDER, 'run.ts')
  writeFileSync(path, example.code.join('\n'))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=portcullis-source', '--import', './test/support/typescript.mjs', path],
    { encoding: 'utf8' },
  )
  console.log(`${example.file}:${example.line} prints\n${stdout}${stderr}`)
  return status === 0
}
