/**
 * Reading SQLite's `CREATE TABLE`: SQLite keeps the text and can change little of a table, so a changed table is a changed text.
 * @module
 */

/** A `CREATE TABLE` in parts. */
export interface CreateTableText {
  /** One definition each, columns first, as written. */
  readonly columns: readonly { readonly name: string; readonly text: string }[]
  readonly constraints: readonly string[]
  /** What follows the closing parenthesis: `STRICT`, `WITHOUT ROWID`. */
  readonly tail: string
}

/** What begins a definition that is no column. */
const CONSTRAINT = /^(constraint|primary\s+key|unique|check|foreign\s+key)\b/i

/** Takes the text of a `CREATE TABLE` apart. */
export function parseCreateTable(written: string): CreateTableText {
  const text = withoutComments(written)
  const tokens = tokensOf(text)
  const open = tokens.findIndex((one) => one.text === '(')
  let depth = 0
  let start = 0
  const definitions: string[] = []
  let end = text.length
  for (const { text: token, at } of tokens.slice(Math.max(open, 0))) {
    if (token === '(') {
      depth += 1
      if (depth === 1) start = at + 1
    } else if (token === ')') {
      depth -= 1
      if (depth > 0) continue
      definitions.push(text.slice(start, at))
      end = at + 1
      break
    } else if (token === ',' && depth === 1) {
      definitions.push(text.slice(start, at))
      start = at + 1
    }
  }
  const trimmed = definitions.map((one) => one.trim())
  return {
    columns: trimmed.filter((one) => !CONSTRAINT.test(one)).map((one) => ({ name: firstName(one), text: one })),
    constraints: trimmed.filter((one) => CONSTRAINT.test(one)),
    tail: text.slice(end).trim(),
  }
}

/** The conditions of the CHECKs in a text. */
export function checksIn(text: string): string[] {
  const tokens = tokensOf(text)
  const found: string[] = []
  tokens.forEach(({ text: token }, index) => {
    const open = tokens[index + 1]
    if (token.toLowerCase() !== 'check' || open?.text !== '(') return
    let depth = 0
    for (const one of tokens.slice(index + 1)) {
      if (one.text === '(') depth += 1
      if (one.text === ')') depth -= 1
      if (depth === 0) return void found.push(text.slice(open.at + 1, one.at))
    }
  })
  return found
}

/** Quoted things, comments, words, and single characters. */
// rule: regex: the database's own schema is read, and no text from outside
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\w+|[^\s\w]/g

function tokensOf(text: string): { readonly text: string; readonly at: number }[] {
  return [...text.matchAll(TOKEN)].map((one) => ({ text: one[0], at: one.index })).filter((one) => !isComment(one.text))
}

/** In a text put together anew a comment would swallow what follows it. */
function withoutComments(text: string): string {
  return text.replaceAll(TOKEN, (token) => (isComment(token) ? ' ' : token))
}

function isComment(token: string): boolean {
  return token.startsWith('--') || token.startsWith('/*')
}

function firstName(definition: string): string {
  const [first] = tokensOf(definition)
  const name = first?.text ?? ''
  const quote = name[0]
  if (quote === '[') return name.slice(1, -1)
  if (quote === '"' || quote === '`' || quote === "'") return name.slice(1, -1).replaceAll(quote + quote, quote)
  return name
}
