/**
 * House rules that no linter knows, each with its reason. A rule that a line must break is answered on that line: `// rule: <name>: why`.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Rule {
  readonly name: string
  readonly where: RegExp
  readonly forbidden: RegExp
  readonly reason: string
}

const CODE = /^(src|test|scripts|bench|examples)\/.*\.tsx?$/
const NOT_A_TEST = /^src\/(?!.*\.test).*\.tsx?$/

const RULES: readonly Rule[] = [
  { name: 'constant-time', where: NOT_A_TEST, forbidden: /(?<!typeof )\b\w*(?:[tT]oken|[mM]ac|[sS]ignature|[dD]igest)\s*[!=]==(?!\s*['"])|[!=]==\s*\w*(?:[tT]oken|[mM]ac|[sS]ignature|[dD]igest)\b(?!\.)/, reason: 'secrets are compared with constantTimeCompare (A8)' },
  { name: 'case-table', where: /^src\/(?:accounts|authentication|crypto|passwords|sessions|protection|mail|forms|pages|admin)\/(?!.*\.test).*\.tsx?$/, forbidden: /\.to(?:Locale)?(?:Lower|Upper)Case\(/, reason: 'case folding comes from base/text and base/case-folding (one canonical form)' },
  { name: 'no-any', where: CODE, forbidden: /\bas any\b(?! [a-z])|:\s*any\s*(?:[,;)=\]|&]|$)|<any>|\bany\[\]/, reason: 'say what it is, or unknown' },
  { name: 'no-suppression', where: /^(src|scripts|bench|examples)\/.*\.tsx?$/, forbidden: /@ts-(?:ignore|nocheck|expect-error)/, reason: 'the types are mended, not silenced' },
  { name: 'randomness', where: NOT_A_TEST, forbidden: /Math\.random\(/, reason: 'random values come from crypto/random' },
  { name: 'no-focus', where: /\.test\.tsx?$/, forbidden: /\b(?:test|it|describe)\.(?:only|skip|todo)\(/, reason: 'a skip prints its reason: use skipIf beside a line that says why' },
  { name: 'no-later', where: CODE, forbidden: /\b(?:TODO|FIXME|XXX)\b/, reason: 'do it, or write an issue' },
  { name: 'no-machine', where: /(?!^scripts\/check-rules\.ts$)/, forbidden: /\/work\/(?:main|shared)|registry\.npmjs|\/\.library\b/, reason: 'nothing here knows the machine it was written on' },
]

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n').filter(Boolean)
let broken = 0
for (const file of files) {
  const rules = RULES.filter((rule) => rule.where.test(file) && file !== 'scripts/check-rules.ts')
  if (rules.length === 0 || /^test\/(vectors|fixtures)\//.test(file)) continue
  const text = read(file)
  if (text === null) continue
  for (const [index, line] of text.split('\n').entries()) {
    for (const { name, forbidden, reason } of rules) {
      if (!forbidden.test(line) || line.includes(`// rule: ${name}:`) || isComment(line)) continue
      broken += 1
      console.error(`${file}:${index + 1}: ${name}: ${reason}\n    ${line.trim().slice(0, 120)}`)
    }
  }
}
console.log(`${files.length} files, ${RULES.length} rules, ${broken} broken`)
process.exitCode = broken > 0 ? 1 : 0

function isComment(line: string): boolean {
  return /^\s*(?:\*|\/\/|\/\*)/.test(line)
}

/** Binary files and files that a commit is about to delete have no lines. */
function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

