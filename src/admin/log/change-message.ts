/**
 * What the history says of a change, in Django's form: JSON that either admin reads and tells in its own words (AD-21, AD-22).
 * @module
 */

/** One thing that happened; `name` and `object` where it happened to a row on the same page. */
export type ChangeNote =
  | { readonly added: { readonly name?: string; readonly object?: string } }
  | { readonly changed: { readonly fields: readonly string[]; readonly name?: string; readonly object?: string } }
  | { readonly deleted: { readonly name: string; readonly object: string } }

/**
 * Writes notes as Django stores them. The labels are those of the form, untranslated.
 *
 * @example
 * changeMessage([{ changed: { fields: ['First name'] } }])   // '[{"changed": {"fields": ["First name"]}}]'
 */
export function changeMessage(notes: readonly ChangeNote[]): string {
  return pythonText(notes)
}

/** Tells what a stored message says, a sentence each. What is no such JSON is a text somebody wrote, and is told as it is. */
export function readChangeMessage(stored: string): string {
  if (!stored.startsWith('[')) return stored
  let notes: unknown
  try {
    notes = JSON.parse(stored)
  } catch {
    return stored
  }
  if (!Array.isArray(notes)) return stored
  if (notes.length === 0) return 'Nothing was changed.'
  const sentences = notes.map(sentence)
  // Whatever else somebody stored is told as it is.
  return sentences.includes(null) ? stored : sentences.join(' ')
}

/** One note in words; null for what is none. */
function sentence(note: unknown): string | null {
  const [added, changed, deleted] = [part(note, 'added'), part(note, 'changed'), part(note, 'deleted')]
  if (added !== null) return added.has('name') ? `Added ${what(added)}.` : 'Added.'
  if (changed !== null) {
    const named = changed.get('fields')
    const fields = listed(Array.isArray(named) ? named.map(String) : [])
    return changed.has('name') ? `Changed ${fields} of ${what(changed)}.` : `Changed ${fields}.`
  }
  return deleted === null ? null : `Deleted ${what(deleted)}.`
}

/** What a note says below a name. */
function part(note: unknown, name: string): ReadonlyMap<string, unknown> | null {
  if (typeof note !== 'object' || note === null) return null
  const found: unknown = new Map<string, unknown>(Object.entries(note)).get(name)
  return typeof found === 'object' && found !== null ? new Map(Object.entries(found)) : null
}

function what(detail: ReadonlyMap<string, unknown>): string {
  return `${String(detail.get('name'))} “${String(detail.get('object'))}”`
}

function listed(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? 'nothing'
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Python's `json.dumps` puts a blank behind commas and colons, and leaves ASCII only. */
function pythonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => `${pythonText(key)}: ${pythonText(one)}`)
      .join(', ')}}`
  return JSON.stringify(value).replaceAll(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
