/**
 * Words for people, made when they are shown: a text as it stands, or a sentence of the catalogue in the reader's language.
 * @module
 */

import { messageFor, type Catalogue, type MessageKey, type MessageParams } from '../base/messages.js'

/** A text, or how to make it in a language. */
export type Words = string | ((translation: Catalogue | undefined) => string)

/** The words for a key of the catalogue. */
export function words(key: MessageKey, params?: MessageParams): Words {
  return (translation) => messageFor(key, params, translation)
}

/** Words as text. */
export function say(text: Words, translation?: Catalogue): string {
  return typeof text === 'string' ? text : text(translation)
}

/** A label with its first letter in upper case: labels are declared in lower case, as they stand inside a sentence. */
export function capitalized(label: string): string {
  const [first = ''] = label
  return first.toUpperCase() + label.slice(first.length) // rule: case-table: shown to people, compared with nothing
}
