/**
 * No regular expression of the package takes longer than its text is long: `a+$` looks at every `a` once more for each of them, and a visitor who
 * sends a hundred thousand stops the process. Checked by `recheck`, on all that stand in the sources, and on those that a module makes as it
 * loads. A line that may keep one says why, there or above it: `// rule: regex: <why>`.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { loadPackage } from '../src/base/load-package.js'

/** The part of `recheck` that is used. */
interface Recheck {
  checkSync(source: string, flags: string, options: object): Answer
}

interface Answer {
  readonly status: 'safe' | 'vulnerable' | 'unknown'
  readonly complexity?: { readonly summary: string }
  readonly attack?: { readonly pattern: string }
  readonly error?: { readonly kind: string }
}

/** The part of `oxc-parser` that is used. */
interface Parser {
  parseSync(file: string, text: string): { readonly program: object; readonly errors: readonly { readonly message: string }[] }
}

/** One expression and where it stands. */
interface Found {
  readonly source: string
  readonly flags: string
  readonly where: string
}

const EXCUSE = /\/\/ rule: regex: \S/

const { checkSync } = await loadPackage<Recheck>('recheck')
const { parseSync } = await loadPackage<Parser>('oxc-parser')

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file) && !/\.test(?:-d)?\.tsx?$/.test(file))
const found: Found[] = []
const makers: string[] = []
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n')
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]?.message}`)
  walk(program, (node) => {
    if (node.type !== 'Literal' || node.regex === undefined) return
    const line = text.slice(0, node.start).split('\n').length
    if (EXCUSE.test(lines[line - 1] ?? '') || EXCUSE.test(lines[line - 2] ?? '')) return
    found.push({ source: node.regex.pattern, flags: node.regex.flags, where: `${file}:${line}` })
  })
  if (/^(?:export )?const .*new RegExp\(/m.test(text)) makers.push(file)
}
found.push(...(await madeBy(makers)))

const broken = found.flatMap(problemOf)
for (const line of broken) console.error(line)
console.log(`${found.length} regular expressions, ${broken.length} slower than their text is long`)
if (broken.length > 0) process.exitCode = 1

/** What is wrong with an expression, as a list of one or none. */
function problemOf({ source, flags, where }: Found): string[] {
  // By the automaton it has an answer for nearly all, and the same on every machine; else by trying, which may find nothing.
  const options = { timeout: 20_000, incubationLimit: 10_000 }
  const proof = checkSync(source, flags, { ...options, checker: 'automaton', timeout: 10_000 })
  const answer = proof.status === 'unknown' ? checkSync(source, flags, { ...options, checker: 'fuzz' }) : proof
  if (answer.status === 'safe') return []
  const said = answer.status === 'unknown' ? `nobody can tell (${answer.error?.kind})` : `${answer.complexity?.summary}: ${answer.attack?.pattern}`
  return [`${where}: /${source}/${flags}\n    ${said}`]
}

/** What modules make as they load. */
async function madeBy(modules: readonly string[]): Promise<Found[]> {
  const made: Found[] = []
  const Original = RegExp
  let where = ''
  globalThis.RegExp = new Proxy(Original, {
    construct(target, args: [string | RegExp, string?], self) {
      const built = Reflect.construct(target, args, self) as RegExp
      if (typeof args[0] === 'string') made.push({ source: built.source, flags: built.flags, where })
      return built
    },
  })
  try {
    for (const file of modules) {
      where = file
      await import(pathToFileURL(file).href)
    }
  } finally {
    globalThis.RegExp = Original
  }
  return made
}

interface SyntaxNode {
  readonly type?: string
  readonly start: number
  readonly regex?: { readonly pattern: string; readonly flags: string }
}

function walk(node: unknown, visit: (node: SyntaxNode) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as SyntaxNode)
  for (const child of Object.values(node)) walk(child, visit)
}
