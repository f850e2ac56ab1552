/**
 * Case folding: one spelling for all cases of a text, so that two texts can be compared whatever their case. It is more than
 * lower case: ß folds to ss, and both small sigmas to one.
 * @module
 */

// For all other characters the fold is the lower case of the upper case. Unicode keeps these apart: ı stays ı (its upper case
// is I), ẞ has no upper case that lower-cases to ss, and Cherokee folds to its capitals, because they were there first.
const EXCEPTION = /[ıẞ\u13a0-\u13f5\u13f8-\u13fd\uab70-\uabbf]/
const EXCEPTION_OR_RUN = /[ıẞ\u13a0-\u13f5\u13f8-\u13fd\uab70-\uabbf]|[^ıẞ\u13a0-\u13f5\u13f8-\u13fd\uab70-\uabbf]+/g

/**
 * Folds case as Python's `casefold` does (Unicode's full case folding).
 *
 * @example
 * caseFold('Straße') === caseFold('STRASSE')   // true
 */
export function caseFold(text: string): string {
  if (!EXCEPTION.test(text)) return foldRun(text)
  return text.replace(EXCEPTION_OR_RUN, (part) => (EXCEPTION.test(part) ? foldException(part) : foldRun(part)))
}

function foldRun(text: string): string {
  // Lower-casing writes the final sigma at the end of words; folding knows only the other.
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

function foldException(character: string): string {
  if (character === 'ı') return 'ı'
  if (character === 'ẞ') return 'ss'
  const code = character.charCodeAt(0)
  if (code >= 0xab70) return String.fromCharCode(code - 0xab70 + 0x13a0)
  if (code >= 0x13f8) return String.fromCharCode(code - 8)
  return character
}
