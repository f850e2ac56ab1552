import { describe, expect, test } from 'vitest'
import { mixesAlphabets, skeletonOf } from './look-alikes.js'

describe('B7: skeletonOf', () => {
  test.each(['admin', 'ADMIN', 'аdmin', 'ꓮꓓꓟꓲꓠ', 'ᴀᴅᴍɪɴ', 'ᎪᎠᎷᏆᏁ', 'ΑDΜIΝ'])('%s is read as admin', (name) => {
    expect(skeletonOf(name)).toBe('admin')
  })

  test('whole words of other languages stay what they are, and mix nothing', () => {
    for (const name of ['özlem', 'юлия', 'ελένη', '山田taro']) {
      expect(mixesAlphabets(name)).toBe(false)
      expect(skeletonOf(name)).not.toMatch(/^[a-z]+$/)
    }
  })
})
