import { describe, expect, test } from 'vitest'

import { caseFold } from './case-folding.js'

describe('caseFold', () => {
  test.each([
    ['ASCII', 'AbC', 'abc'],
    ['the sharp s is two letters, the capital one too', 'Straße STRAẞE', 'strasse strasse'],
    ['ligatures come apart', 'ﬁﬄ', 'fiffl'],
    ['both small sigmas are one, wherever they stand', 'ΣΑΣ σας', 'σασ σασ'],
    ['the dotted capital keeps its dot', 'İ', 'i\u0307'],
    ['the dotless i stays apart from i and I', 'ı', 'ı'],
    ['the long s and the Kelvin sign', 'ſK', 'sk'],
    ['Cherokee folds to capitals', '\uab70\u13f8\u13a0', '\u13a0\u13f0\u13a0'],
    ['the iota below', 'ᾳ\u0345', 'αιι'],
    ['Armenian', 'և', 'եւ'],
    ['beyond the first plane', '𐐀', '𐐨'],
    ['exceptions in the middle of others', 'AıẞꭰΣ', 'aıssᎠσ'],
    ['a broken surrogate', '\ud800A', '\ud800a'],
  ])('%s', (_, text, folded) => {
    expect(caseFold(text)).toBe(folded)
  })

  test('finding 6: folds what is folded to itself, for every character', () => {
    const moving: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const folded = caseFold(String.fromCodePoint(code))
      if (caseFold(folded) !== folded) moving.push(code.toString(16))
    }
    expect(moving).toEqual([])
  })

  test('differs from simple folding only where one letter becomes several, and at the Turkish pair', () => {
    // The engine's own simple folding, as an independent witness: a pattern without regard to case.
    const wrong: string[] = []
    for (let code = 0; code < 0x20000; code++) {
      const character = String.fromCodePoint(code)
      const folded = caseFold(character)
      if (folded === character || [...folded].length > 1) continue
      if (!new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(folded)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })
})
