/**
 * HTML that is escaped by construction: what is not made here is text, and text is escaped.
 * @module
 */

import { escapeHtml } from '../base/html.js'

/** HTML made by `element`; anything else that is put into an element is text. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }

  toString(): string {
    return this.html
  }
}

/** What may stand in an element. */
export type Content = Markup | string | null | false | readonly Content[]

/** Attributes by name; `true` writes the name alone, null and false leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>

const EMPTY = new Set(['input', 'img', 'br'])
/** Names of elements and attributes are ours; a name that could hold markup is a mistake. */
const NAME = /^[a-z][a-z0-9-]*$/

/**
 * Makes an element.
 *
 * @example
 * element('label', { for: 'id_bio' }, '<b>').html   // '<label for="id_bio">&lt;b&gt;</label>'
 */
export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== false)
    .map(([key, value]) => (value === true ? ` ${checked(key)}` : ` ${checked(key)}="${escapeHtml(String(value))}"`))
  const open = `<${checked(name)}${written.join('')}>`
  return new Markup(EMPTY.has(name) ? open : `${open}${join(content)}</${name}>`)
}

/** Several pieces as one. */
export function join(content: Content): string {
  if (content === null || content === false) return ''
  if (content instanceof Markup) return content.html
  return typeof content === 'string' ? escapeHtml(content) : content.map(join).join('')
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`“${name}” is no name of an element or attribute.`)
  return name
}
