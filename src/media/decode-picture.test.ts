import sharp from 'sharp'
import { describe, expect, test } from 'vitest'

import { gif, png, webpChunks } from '../../test/support/pictures.js'
import { ServiceUnavailable, ValidationError } from '../base/errors.js'
import { decodePicture, type PictureLimits } from './decode-picture.js'
import { findSharp } from './sharp-package.js'
import { Turns } from './turns.js'

const MARKER = '<script>alert("marker")</script>'

const plain = (width: number, height: number, background = '#c33') => sharp({ create: { width, height, channels: 3, background } })

/** The codes it is refused with. */
async function codesOf(bytes: Uint8Array, limits?: PictureLimits): Promise<string[]> {
  try {
    // What is not about time is not refused by it, however busy the machine.
    const { width, height } = await decodePicture(bytes, { seconds: 30, ...limits })
    return [`decoded, ${width} by ${height}`]
  } catch (error) {
    if (error instanceof ValidationError) return error.codes
    throw error
  }
}

describe('decodePicture', () => {
  test('makes WebP of the four kinds, small enough and upright', async () => {
    const jpeg = await plain(800, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const kinds = { jpeg, png: await plain(40, 20).png().toBuffer(), webp: await plain(40, 20).webp().toBuffer(), gif: gif(1) }
    const sizes = { jpeg: [256, 512], png: [40, 20], webp: [40, 20], gif: [1, 1] }
    for (const kind of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const picture = await decodePicture(kinds[kind])
      const { format, width, height } = await sharp(picture.bytes).metadata()
      expect([kind, format, width, height]).toEqual([kind, 'webp', ...sizes[kind]])
      expect([picture.width, picture.height]).toEqual(sizes[kind])
    }
    expect(await codesOf(jpeg, { size: 100 })).toEqual(['decoded, 50 by 100'])
  })

  test('5.2.6, J1: twenty thousand by twenty thousand pixels in 50 kB are refused by their header', async () => {
    const bomb = png(20_000, 20_000)
    expect(bomb.length).toBeLessThan(300_000)
    expect(await codesOf(bomb)).toEqual(['max_pixels'])
    expect(await codesOf(png(10_001, 1))).toEqual(['max_pixels'])
    expect(await codesOf(png(8000, 8000))).toEqual(['max_pixels'])
    expect(await codesOf(png(101, 100), { maxPixels: 10_000 })).toEqual(['max_pixels'])
    expect(await codesOf(png(100, 100), { maxPixels: 10_000 })).toEqual(['decoded, 100 by 100'])
  })

  test('J1: pictures that move are refused, however many frames they have', async () => {
    expect(await codesOf(gif(2))).toEqual(['animated_image'])
    expect(await codesOf(gif(20_000))).toEqual(['animated_image'])
    const moving = await sharp([await plain(4, 4).png().toBuffer(), await plain(4, 4, '#3c3').png().toBuffer()], { join: { animated: true } })
      .webp()
      .toBuffer()
    expect(await codesOf(moving)).toEqual(['animated_image'])
  })

  test('J1: a comment that unfolds to a hundred megabytes is not unfolded', async () => {
    expect(await codesOf(png(10, 10, { text: Buffer.alloc(100_000_000) }))).toHaveLength(1)
  })

  test('J1, 5.2.1: files too large, and files of nothing, are not looked at', async () => {
    expect(await codesOf(Buffer.alloc(0))).toEqual(['empty'])
    expect(await codesOf(Buffer.concat([png(1, 1), Buffer.alloc(5 * 1024 * 1024)]))).toEqual(['file_too_large'])
  })

  test('J1, J4: anything but the four kinds is refused, whatever it calls itself', async () => {
    const avif = await plain(8, 8).avif().toBuffer()
    const tiff = await plain(8, 8).tiff().toBuffer()
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="http://169.254.169.254/"/></svg>')
    const others = {
      avif,
      tiff,
      svg,
      pdf: Buffer.from('%PDF-1.7\n'),
      ico: Buffer.from('\0\0\x01\0\x01\0', 'latin1'),
      php: Buffer.from('<?php evil(); ?>'),
    }
    for (const [kind, bytes] of Object.entries(others)) expect([kind, await codesOf(bytes)]).toEqual([kind, ['invalid_image']])
    // With the first bytes of a picture before them they come as far as the decoders, which are none for them.
    for (const start of ['\xff\xd8\xff\xe0', '\x89PNG\r\n\x1a\n', 'GIF89a', 'RIFF\0\0\0\0WEBP']) {
      expect(await codesOf(Buffer.concat([Buffer.from(start, 'latin1'), svg]))).toEqual(['invalid_image'])
    }
  })

  test('J2: a picture that takes too long, or too much memory, is refused', async () => {
    const bytes = await plain(3000, 3000).png().toBuffer()
    expect(await codesOf(bytes, { seconds: 0.001 })).toEqual(['invalid_image'])
    expect(await codesOf(bytes, { memoryBytes: 1_000_000 })).toEqual(['invalid_image'])
  })

  test('J2: a picture that ends too early is refused', async () => {
    const jpeg = await plain(300, 300).jpeg().toBuffer()
    expect(await codesOf(jpeg.subarray(0, jpeg.length / 2))).toEqual(['invalid_image'])
    expect(await codesOf(png(100, 100).subarray(0, 45))).toEqual(['invalid_image'])
  })

  test('5.2.2: what hides in a picture or behind it is gone', async () => {
    const jpeg = await plain(30, 30).jpeg().toBuffer()
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, MARKER.length + 2]), Buffer.from(MARKER)])
    const hostile = [
      Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), Buffer.from(MARKER)]),
      Buffer.concat([png(30, 30, { text: Buffer.from(MARKER) }), Buffer.from(MARKER)]),
      Buffer.concat([gif(1), Buffer.from(MARKER)]),
    ]
    for (const bytes of hostile) {
      const picture = await decodePicture(bytes)
      expect(Buffer.from(picture.bytes).includes('marker')).toBe(false)
      expect(webpChunks(picture.bytes).isWhole).toBe(true)
    }
  })

  test('14.2.8: where and when a picture was made is gone', async () => {
    const jpeg = await plain(30, 30)
      .withExif({ IFD0: { Copyright: MARKER }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' } })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><marker/></x:xmpmeta>`)
      .withIccProfile('p3')
      .jpeg()
      .toBuffer()
    const sent = await sharp(jpeg).metadata()
    expect([sent.exif, sent.xmp, sent.icc].map((one) => one !== undefined)).toEqual([true, true, true])
    const { bytes } = await decodePicture(jpeg)
    const kept = await sharp(bytes).metadata()
    expect([kept.exif, kept.xmp, kept.icc, kept.iptc]).toEqual([undefined, undefined, undefined, undefined])
    expect(webpChunks(bytes).kinds.filter((kind) => !['VP8', 'VP8L', 'VP8X', 'ALPH'].includes(kind))).toEqual([])
  })

  test('without the package it says what to install', () => {
    expect(() => findSharp(['/nowhere/package.json'])).toThrow('npm install sharp')
  })
})

describe('Turns', () => {
  test('J2: so many at once, so many waiting, and the next is told to come back', async () => {
    const turns = new Turns(2, 3)
    let running = 0
    let most = 0
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
      throw new Error('It failed.')
    }
    const results = await Promise.allSettled(Array.from({ length: 7 }, () => turns.run(task)))
    expect(most).toBe(2)
    expect(results.filter((one) => one.status === 'rejected' && one.reason instanceof ServiceUnavailable)).toHaveLength(2)
    expect(await turns.run(() => Promise.resolve('free again'))).toBe('free again')
  })
})
