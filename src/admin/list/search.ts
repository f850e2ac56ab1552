/**
 * Searching a list as Django does (AD-12): every word must be found in one of the fields; quotes keep words together; `^` begins with, `=` is exactly.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { Dialect } from '../../database/dialects/dialect.js'
import type { ModelRegistry } from '../../database/registry.js'
import type { ModelAdmin } from '../model-admin.js'
import { followPath, wherePath, type ColumnPath } from './paths.js'

/** Longer searches are cut: each word costs a comparison with each row. */
const MOST_WORDS = 8
export const LONGEST_SEARCH = 200

/** A field to search, and how. */
interface SearchColumn {
  readonly path: ColumnPath
  readonly how: 'icontains' | 'istartsWith' | 'iexact'
}

const PREFIXES = { '^': 'istartsWith', '=': 'iexact' } as const

/** What a model's list is searched by. */
export class ListSearch {
  readonly #columns: readonly SearchColumn[]
  readonly #dialect: Dialect

  constructor(registry: ModelRegistry, admin: ModelAdmin) {
    this.#dialect = registry.database.dialect
    this.#columns = ((admin.options.searchFields ?? []) as readonly string[]).map((text) => {
      const prefix = text.charAt(0)
      const how = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix as keyof typeof PREFIXES] : null
      return { path: followPath(registry, admin.meta, how === null ? text : text.slice(1)), how: how ?? 'icontains' }
    })
  }

  get isPossible(): boolean {
    return this.#columns.length > 0
  }

  /** Whether a search may have to read every row: one that begins or is exactly has an index, one in the middle has none. */
  get readsEverything(): boolean {
    return this.#columns.some((one) => one.how === 'icontains')
  }

  /** The condition of a search; null where nothing was asked for. */
  condition(text: string): RawBuilder<unknown> | null {
    const words = wordsOf(text)
    if (words.length === 0 || !this.isPossible) return null
    return sql.join(
      words.map(
        (word) =>
          sql`(${sql.join(
            this.#columns.map((one) => this.#matches(one, word)),
            sql` or `,
          )})`,
      ),
      sql` and `,
    )
  }

  #matches({ path, how }: SearchColumn, word: string): RawBuilder<unknown> {
    return wherePath(path, (reference) => {
      const { kind } = path.last.column.field.settings
      // Numbers and dates are compared as the text they are shown as.
      const text = TEXTS.has(kind) ? reference : this.#asText(reference)
      return this.#dialect.textMatch(how, text, word)
    })
  }

  #asText(reference: RawBuilder<unknown>): RawBuilder<unknown> {
    return this.#dialect.engine === 'mysql' ? sql`cast(${reference} as char)` : sql`cast(${reference} as text)`
  }
}

const TEXTS = new Set(['char', 'text', 'email', 'url', 'slug', 'file', 'image'])

/** The words of a search. */
export function wordsOf(text: string): string[] {
  const clean = text.slice(0, LONGEST_SEARCH).replaceAll('\0', '').toWellFormed()
  return [...clean.matchAll(/"([^"]+)"|'([^']+)'|(\S+)/g)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((one) => one !== '')
    .slice(0, MOST_WORDS)
}
