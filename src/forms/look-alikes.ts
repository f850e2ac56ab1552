/**
 * Letters of other alphabets that look like Latin ones. `аdmin` with a Cyrillic а is another name to a computer and the same to people (B7).
 * @module
 */

import { caseFold } from '../base/case-folding.js'

/** The letters of UTS 39's table of confusables that usernames are made of: what it looks like, then what looks so. */
const LOOK_ALIKES: readonly (readonly [latin: string, others: string])[] = [
  ['a', 'аАαΑɑⲁ'],
  ['b', 'ВΒЬ'],
  ['c', 'сСϲⲥ'],
  ['d', 'ԁ'],
  ['e', 'еЕΕҽ'],
  ['f', 'ϝ'],
  ['g', 'ɡցԍ'],
  ['h', 'һНΗհ'],
  ['i', 'іІιΙı'],
  ['j', 'јЈյ'],
  ['k', 'кКκΚ'],
  ['l', 'ӏӀ'],
  ['m', 'МΜ'],
  ['n', 'Νոռ'],
  ['o', 'оОοΟօⲟσ'],
  ['p', 'рРρΡⲣ'],
  ['q', 'ԛզգ'],
  ['s', 'ѕЅꜱ'],
  ['t', 'ТΤτт'],
  ['u', 'υսʋ'],
  ['v', 'νѵѴ'],
  ['w', 'ԝшѡ'],
  ['x', 'хХΧχ'],
  ['y', 'уУΥγү'],
  ['z', 'Ζᴢ'],
]

const LATIN: ReadonlyMap<string, string> = new Map(LOOK_ALIKES.flatMap(([latin, others]) => Array.from(others, (one) => [one, latin] as const)))

/**
 * The Latin name that people read where this one stands; null where it is written with nothing that looks like something else.
 *
 * @example
 * latinLookAlike('аdmin')   // 'admin', the first letter of the one given being Cyrillic
 */
export function latinLookAlike(name: string): string | null {
  const letters = Array.from(name)
  if (!letters.some((letter) => LATIN.has(letter))) return null
  return letters.map((letter) => LATIN.get(letter) ?? caseFold(letter)).join('')
}
