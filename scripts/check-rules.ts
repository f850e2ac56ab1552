/**
 * House rules that no linter knows, each with its reason. A line that must break a rule says why: `// rule: <name>: <why>`.
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
/** Recorded answers and lists of words, which are as they are. */
const DATA = /^test\/(?:vectors|fixtures)\//
/** These two files name what they forbid. */
const OURSELVES = /^scripts\/check-rules(?:\.test)?\.ts$/

/** The end of a name whose value an attacker would like to guess byte by byte. */
const GUESSABLE = '(?:[tT]oken|[mM]ac|[sS]ignature|[dD]igest|[hH]ash)'

const RULES: readonly Rule[] = [
  {
    name: 'constant-time',
    where: NOT_A_TEST,
    // Comparing with a literal, null or undefined asks what kind of value it is, and tells nobody anything.
    forbidden: new RegExp(
      `(?<!typeof )\\b\\w*${GUESSABLE}\\s*[!=]==(?!\\s*(?:['"]|null\\b|undefined\\b))|(?<!null |undefined |['"] )[!=]==\\s*\\w*${GUESSABLE}\\b(?!\\.)`,
    ),
    reason: 'secrets are compared with constantTimeCompare (A8)',
  },
  {
    name: 'case-table',
    // SQL's keywords and types are ASCII, whoever writes them.
    where: /^src\/(?!base\/|database\/)(?!.*\.test).*\.tsx?$/,
    forbidden: /\.to(?:Locale)?(?:Lower|Upper)Case\(/,
    reason: 'case folding comes from base/text and base/case-folding (one canonical form)',
  },
  { name: 'no-any', where: CODE, forbidden: /\bas any\b(?! [a-z])|:\s*any\s*(?:[,;)=\]|&]|$)|<any>|\bany\[\]/, reason: 'say what it is, or unknown' },
  {
    name: 'no-suppression',
    where: /^(src|scripts|bench|examples)\/.*\.tsx?$/,
    forbidden: /@ts-(?:ignore|nocheck|expect-error)/,
    reason: 'the types are mended, not silenced',
  },
  { name: 'randomness', where: NOT_A_TEST, forbidden: /Math\.random\(/, reason: 'random values come from crypto/random' },
  {
    name: 'no-focus',
    where: /\.test\.tsx?$/,
    forbidden: /\b(?:test|it|describe)\.(?:only|skip|todo)\(/,
    reason: 'a skip prints its reason: use skipIf beside a line that says why',
  },
  { name: 'no-later', where: CODE, forbidden: /\b(?:TODO|FIXME|XXX)\b/, reason: 'do it, or write an issue' },
  {
    name: 'no-machine',
    where: /./,
    forbidden: /(?<![\w./])\/(?:home|root|Users|mnt|srv)\/\w+/,
    reason: 'nothing here knows the machine it was written on',
  },
  {
    name: 'no-host',
    where: /(?:^|\/)package-lock\.json$/,
    forbidden: /"resolved": "https?:/,
    reason: 'a lock that names a host installs nowhere else',
  },
]

/** What is wrong with this text, a sentence each; `file` is its path from the root. */
export function brokenRules(file: string, text: string): string[] {
  const rules = RULES.filter((rule) => rule.where.test(file))
  if (rules.length === 0 || DATA.test(file) || OURSELVES.test(file)) return []
  return text.split('\n').flatMap((line, index) => {
    if (isComment(line)) return []
    const broken = rules.filter(({ name, forbidden }) => forbidden.test(line) && !line.includes(`// rule: ${name}:`))
    return broken.map(({ name, reason }) => `${file}:${index + 1}: ${name}: ${reason}\n    ${line.trim().slice(0, 120)}`)
  })
}

function isComment(line: string): boolean {
  return /^\s*(?:\*|\/\/|\/\*)/.test(line)
}

if (import.meta.main) {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  const broken = files.flatMap((file) => brokenRules(file, read(file)))
  for (const one of broken) console.error(one)
  console.log(`${files.length} files, ${RULES.length} rules, ${broken.length} broken`)
  process.exitCode = broken.length > 0 || files.length === 0 ? 1 : 0
}

/** Binary files, and files that a commit is about to delete, have no lines. */
function read(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? '' : text
  } catch {
    return ''
  }
}
