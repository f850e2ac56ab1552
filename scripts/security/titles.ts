/**
 * Ids in titles: a test that proves a row says so in its title, `'D1, 7.2.4: a planted key is worth nothing'` or `'… (D4)'`.
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The forms that ids of rows have. Whatever looks like one and is none is a mistake. */
const ROW_ID = /^(?:[A-Z]\d{1,2}|\d{1,2}\.\d{1,2}\.\d{1,2}|NIST \d(?:\.\d+)+[a-z]?|(?:finding|goal) \d{1,2})$/
/** Ids of how Django behaves (`SE-5`), which may stand beside ours. */
const OTHER_ID = /^[A-Z]{1,3}-\d{1,3}$/
/** Matches every title with an id, for vitest's `--testNamePattern`, and some more. */
export const ANY_ID = String.raw`(?:^|[ (])(?:[A-K]\d{1,2}|\d{1,2}\.\d{1,2}\.\d{1,2}|NIST \d\S+|(?:finding|goal) \d{1,2})(?:[,:)]|$)`

/** Tests of this very reading have titles in them that are examples. */
const OURSELVES = 'security.test.ts'

/** A title as it stands in a source, with its place. */
export interface WrittenTitle {
  readonly file: string
  readonly line: number
  readonly title: string
  readonly ids: readonly string[]
}

/** The ids of rows that a title claims, at its beginning before a colon or at its end in brackets. */
export function idsOfTitle(title: string): readonly string[] {
  const lists = [/^([^:]{2,120}):(?: |$)/.exec(title)?.[1], / \(([^()]{2,60})\)$/.exec(title)?.[1], title.length <= 12 ? title : undefined]
  return lists.flatMap((list) => {
    const words = list?.split(', ') ?? []
    return words.every((word) => ROW_ID.test(word) || OTHER_ID.test(word)) ? words.filter((word) => ROW_ID.test(word)) : []
  })
}

/** Every title with an id that stands in the tests below `root`, read without running anything. */
export function writtenTitles(root: string): readonly WrittenTitle[] {
  return ['src', 'test', 'scripts']
    .flatMap((folder) => testSources(join(root, folder)))
    .flatMap((path) => titlesIn(relative(root, path), readFileSync(path, 'utf8')))
}

/** The titles with ids of one source: texts that are somebody's first argument. */
export function titlesIn(file: string, text: string): readonly WrittenTitle[] {
  return Array.from(text.matchAll(/\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*)\1\s*,/g), (found) => {
    const title = found[2] ?? ''
    return { file, line: text.slice(0, found.index).split('\n').length, title, ids: idsOfTitle(title) }
  }).filter(({ ids }) => ids.length > 0)
}

/** Tests, and what they share below `test/`: cases that several of them declare. */
function testSources(folder: string): string[] {
  const everything = folder.endsWith('test')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== OURSELVES && (everything ? /\.tsx?$/ : /\.test\.tsx?$/).test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .toSorted()
}
