/**
 * What a form was opened with: of each column a mark, of each relation the keys that were shown. It travels with the form, so that a change
 * somebody else made meanwhile shows, and what this form's author did not touch is left as it is now. It decides nothing about rights: who may
 * write a field may write it either way.
 * @module
 */

import { createHash } from 'node:crypto'
import type { RequestData } from '../../protection/body/request-data.js'

/** The hidden fields, behind the prefix of their form. */
const COLUMNS = '_opened'
const RELATION = '_opened-'

/** 72 bits: two values with the same mark would be taken for one, which nobody makes by chance. */
const MARK_LENGTH = 12

/** A mark of a value as its control shows it. Browsers send line ends of their own, so these do not count. */
export function markOf(text: string): string {
  return createHash('sha256').update(sameLines(text)).digest('base64url').slice(0, MARK_LENGTH)
}

/** A text with one kind of line end. */
export function sameLines(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n')
}

/** What a form was opened with. */
export class Opened {
  /** With these texts in its controls, by wire name. */
  static with(texts: Iterable<readonly [wireName: string, text: string]>): Opened {
    return new Opened(new Map([...texts].map(([name, text]) => [name, markOf(text)])))
  }

  readonly #marks: ReadonlyMap<string, string>
  readonly #keys: ReadonlyMap<string, ReadonlySet<string>>

  constructor(marks: ReadonlyMap<string, string>, keys: ReadonlyMap<string, ReadonlySet<string>> = new Map()) {
    this.#marks = marks
    this.#keys = keys
  }

  /** Reads what travelled with a form; what is not there is not known. */
  static read({ fields }: RequestData, prefix: string): Opened {
    const [columns] = fields.get(prefix + COLUMNS) ?? []
    const pairs = (typeof columns === 'string' ? columns : '').split(' ').flatMap((one): [string, string][] => {
      const end = one.indexOf(':')
      return end < 1 ? [] : [[one.slice(0, end), one.slice(end + 1)]]
    })
    const keys = new Map<string, ReadonlySet<string>>()
    for (const [name, [value]] of fields) {
      if (!name.startsWith(prefix + RELATION) || typeof value !== 'string') continue
      keys.set(name.slice(prefix.length + RELATION.length), new Set(value.split(',').filter(Boolean).map(decoded)))
    }
    return new Opened(new Map(pairs), keys)
  }

  /** The same, with other keys for relations. */
  withKeys(keys: ReadonlyMap<string, ReadonlySet<string>>): Opened {
    return new Opened(this.#marks, keys)
  }

  /** Whether anything is known of columns: a form that a program sent says nothing. */
  get isKnown(): boolean {
    return this.#marks.size > 0
  }

  /** Whether a column was shown as this text; null where nothing is known of it. */
  showed(wireName: string, text: string): boolean | null {
    const mark = this.#marks.get(wireName)
    return mark === undefined ? null : mark === markOf(text)
  }

  /** The keys of a relation that were shown as chosen; null where nothing is known of it. */
  keysOf(wireName: string): ReadonlySet<string> | null {
    return this.#keys.get(wireName) ?? null
  }

  /** The hidden fields that carry it. */
  toFields(prefix: string): readonly (readonly [name: string, value: string])[] {
    const columns = [...this.#marks].map(([name, mark]) => `${name}:${mark}`).join(' ')
    return [
      [prefix + COLUMNS, columns],
      ...[...this.#keys].map(([name, keys]) => [prefix + RELATION + name, [...keys].map(encodeURIComponent).join(',')] as const),
    ]
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
