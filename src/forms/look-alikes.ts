/**
 * Letters of other alphabets that look like Latin ones. `аdmin` with a Cyrillic а is another name to a computer and the same to people (B7).
 * @module
 */

import { caseFold } from '../base/case-folding.js'

/** The letters of UTS 39's table of confusables that usernames are made of: what it looks like, then what looks so. */
const LOOK_ALIKES: readonly (readonly [latin: string, others: string])[] = [
  ['a', 'аАαΑɑⲁᴀꓮᎪ'],
  ['b', 'ВΒЬʙꓐᏴ'],
  ['c', 'сСϲⲥᴄꓚᏟ'],
  ['d', 'ԁᴅꓓᎠ'],
  ['e', 'еЕΕҽᴇꓰᎬ'],
  ['f', 'ϝꜰꓝ'],
  ['g', 'ɡցԍɢꓖᏀ'],
  ['h', 'һНΗհʜꓧᎻ'],
  ['i', 'іІιΙıɪꓲᏆᎥ'],
  ['j', 'јЈյᴊꓙᎫ'],
  ['k', 'кКκΚᴋꓗᏦ'],
  ['l', 'ӏӀʟꓡᏞ'],
  ['m', 'МΜᴍꓟᎷ'],
  ['n', 'ΝոռɴꓠᏁ'],
  ['o', 'оОοΟօⲟσᴏꓳ'],
  ['p', 'рРρΡⲣᴘꓑᏢ'],
  ['q', 'ԛզգ'],
  ['r', 'ʀꓣᏒ'],
  ['s', 'ѕЅꜱꓢᏚ'],
  ['t', 'ТΤτтᴛꓔᎢ'],
  ['u', 'υսʋᴜꓴ'],
  ['v', 'νѵѴᴠꓦᏙ'],
  ['w', 'ԝшѡᴡꓪᎳ'],
  ['x', 'хХΧχꓫ'],
  ['y', 'уУΥγүʏꓬ'],
  ['z', 'ΖᴢꓜᏃ'],
]

const LATIN: ReadonlyMap<string, string> = new Map(LOOK_ALIKES.flatMap(([latin, others]) => Array.from(others, (one) => [one, latin] as const)))

/**
 * Alphabets whose letters pass for those of another (UTS 39). A name holds letters of one of them at most, so that none is made of letters
 * picked from two; other scripts may stand beside any.
 */
const CONFUSABLE_SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Georgian', 'Lisu', 'Glagolitic', 'Deseret'].map(
  (name) => new RegExp(String.raw`\p{Script=${name}}`, 'u'),
)

/** The whole alphabets that Latin names can be written in. */
const TWINS = [/\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].map(
  (script) =>
    new Map(
      LOOK_ALIKES.flatMap(([latin, others]) => {
        const twin = Array.from(others).find((one) => script.test(one) && caseFold(one) === one)
        return twin === undefined ? [] : [[latin, twin] as const]
      }),
    ),
)

/** Tells whether a name holds letters of two alphabets that look alike. */
export function mixesAlphabets(name: string): boolean {
  return CONFUSABLE_SCRIPTS.filter((script) => script.test(name)).length > 1
}

/** A name as it is read: every letter the Latin one it looks like, in lower case. */
export function skeletonOf(name: string): string {
  return Array.from(name, (letter) => LATIN.get(letter) ?? caseFold(letter)).join('')
}

/** How a name of Latin letters would be written wholly in another alphabet, where each of its letters looks like one there. */
export function twinsOf(name: string): readonly string[] {
  const letters = Array.from(caseFold(name))
  if (!letters.some((letter) => /[a-z]/.test(letter))) return []
  return TWINS.filter((twins) => letters.every((letter) => !/\p{L}/u.test(letter) || twins.has(letter))).map((twins) =>
    letters.map((letter) => twins.get(letter) ?? letter).join(''),
  )
}

/**
 * The Latin name that people read where this one stands; null where it is written with nothing that looks like something else.
 *
 * @example
 * latinLookAlike('аdmin')   // 'admin', the first letter of the one given being Cyrillic
 */
export function latinLookAlike(name: string): string | null {
  return Array.from(name).some((letter) => LATIN.has(letter)) ? skeletonOf(name) : null
}
