/**
 * Finds the examples of this repository: what stands between fences in its pages, and after `@example` in its sources.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A piece of TypeScript that a reader may copy. */
export interface Example {
  readonly file: string
  /** The line of the file its first line stands on. */
  readonly line: number
  /** How many characters of the file stand before each of its lines. */
  readonly indent: number
  readonly code: readonly string[]
  /** Marked ```` ```ts runnable ````: it runs as it stands. */
  readonly isRunnable: boolean
}

/** Finds all examples, file by file. */
export function findExamples(): readonly Example[] {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md', 'src/*.ts', 'src/*.tsx'], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
  return files.flatMap((file) => {
    if (/\.test(-d)?\.tsx?$/.test(file)) return []
    const lines = readFileSync(file, 'utf8').split('\n')
    return file.endsWith('.md') ? inPage(file, lines) : inSource(file, lines)
  })
}

function inPage(file: string, lines: readonly string[]): Example[] {
  const found: Example[] = []
  let open: { line: number; fence: string; isRunnable: boolean } | null = null
  for (const [index, text] of lines.entries()) {
    const fence = /^\s*```(\S*)(.*)$/.exec(text)
    if (fence === null) continue
    if (open === null) open = { line: index + 1, fence: fence[1] ?? '', isRunnable: /\brunnable\b/.test(fence[2] ?? '') }
    else {
      if (open.fence === 'ts') found.push({ file, line: open.line + 1, indent: 0, code: lines.slice(open.line, index), isRunnable: open.isRunnable })
      open = null
    }
  }
  return found
}

function inSource(file: string, lines: readonly string[]): Example[] {
  const found: Example[] = []
  for (const [index, text] of lines.entries()) {
    const tag = /^(\s*\* )@example\s*$/.exec(text)
    if (tag === null) continue
    // It ends with the comment, or where the next tag begins.
    const rest = lines.slice(index + 1)
    const length = rest.findIndex((line) => /\*\/\s*$/.test(line) || /^\s*\* @[a-z]+\b/.test(line))
    const indent = tag[1]?.length ?? 0
    found.push({ file, line: index + 2, indent, code: rest.slice(0, length).map((line) => line.slice(indent)), isRunnable: false })
  }
  return found
}
