/**
 * What a line of text may hold. A line break would end a header of a mail (B4); a character that nobody sees makes two names of one (B5).
 * @module
 */

import { problem, type Problem } from '../base/errors.js'
import { hasControlCharacter, hasLoneSurrogate, hasNullCharacter } from '../base/text.js'

/** U+2800 is a blank that Unicode counts as a symbol; the interlinear marks are shown by nobody. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u
/** Persian and Hindi are not written without the joiners, and pictographs not without the selectors. */
const USEFUL = /\u{200c}|\u{200d}|\u{fe0e}|\u{fe0f}/gu

/** What kind of line: a name that tells one from another, or anything people write. */
export type LineKind = 'identifier' | 'ordinary'

/** What is wrong with the characters of a line. */
export function lineProblems(text: string, kind: LineKind): Problem[] {
  if (hasLoneSurrogate(text)) return [problem('invalid')]
  if (hasNullCharacter(text)) return [problem('null_characters_not_allowed')]
  if (hasControlCharacter(text)) return [problem('invalid.line_break')]
  return isInvisible(text, kind) ? [problem('invalid.invisible')] : []
}

/** What is wrong with the characters of a text of several lines. */
export function textProblems(text: string): Problem[] {
  if (hasLoneSurrogate(text)) return [problem('invalid')]
  return hasNullCharacter(text) ? [problem('null_characters_not_allowed')] : []
}

function isInvisible(text: string, kind: LineKind): boolean {
  if (kind === 'identifier') return INVISIBLE.test(text)
  const visible = text.replaceAll(USEFUL, '')
  return INVISIBLE.test(visible) || (visible === '' && text !== '')
}
