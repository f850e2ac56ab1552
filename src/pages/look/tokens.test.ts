import { describe, expect, test } from 'vitest'

import { colors, contrasts, designTokens } from './tokens.js'

describe('designTokens', () => {
  test.each(['light', 'dark'] as const)('differ enough to be read, %s', (scheme) => {
    for (const [front, back, atLeast] of contrasts) {
      expect([front, back, contrast(colors[front][scheme], colors[back][scheme]) >= atLeast]).toEqual([front, back, true])
    }
  })

  test('are the same names by day and by night', () => {
    const [day, night, chosen] = designTokens().match(/\{[^{}]*--pc-paper[^{}]*\}/g) ?? []
    expect(namesIn(night)).toEqual(namesIn(day).filter((name) => namesIn(night).includes(name)))
    expect(namesIn(chosen)).toEqual(namesIn(night))
    expect(namesIn(night).length).toBe(Object.keys(colors).length + 1)
  })
})

function namesIn(rule = ''): string[] {
  return rule.match(/--pc-[a-z-]+(?=:)/g) ?? []
}

/** As WCAG 2.2 defines it. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
