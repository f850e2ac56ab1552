import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { gif } from '../../test/support/pictures.js'
import { decodePicture } from '../media/decode-picture.js'
import { fileInput } from './file-input.js'

const hooks = { prepare: () => expect.unreachable(), remove: async () => {}, url: () => null }

describe('fileInput', () => {
  const offered = String(fileInput({ name: 'picture', wireName: 'picture', label: 'Picture', kind: 'image', hooks }).attributes['accept']).split(',')

  test.each(offered)('a browser offers %s, and it is decoded', async (type) => {
    const plain = sharp({ create: { width: 4, height: 4, channels: 3, background: '#c33' } })
    const bytes = type === 'image/gif' ? gif(1) : await plain.toFormat(type.replace('image/', '') as 'png').toBuffer()
    expect(await decodePicture(bytes, { seconds: 30 })).toMatchObject(type === 'image/gif' ? { width: 1 } : { width: 4 })
  })

  test('a browser offers every kind that is decoded', () => {
    expect(offered.toSorted()).toEqual(['image/gif', 'image/jpeg', 'image/png', 'image/webp'])
  })
})
