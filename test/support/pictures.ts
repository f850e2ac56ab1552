/**
 * Pictures as strangers send them: honest ones, and such as are made to hurt.
 * @module
 */

import { crc32, deflateSync } from 'node:zlib'

/** A PNG of one bit a pixel, whose header says what is asked for; `text` is kept in it, compressed, as a comment. */
export function png(width: number, height: number, { text }: { text?: Buffer } = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(text === undefined ? [] : [pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(text)]))]),
    pngChunk('IDAT', deflateSync(rows, { level: 1 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

/** A GIF of so many frames, a pixel each. */
export function gif(frames: number): Buffer {
  const screen = [...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
  return Buffer.from([...screen, ...Array.from({ length: frames }, () => frame).flat(), 0x3b])
}

/** The kinds of chunks in a WebP file, and whether they fill it to its last byte. */
export function webpChunks(bytes: Uint8Array): { kinds: string[]; isWhole: boolean } {
  const file = Buffer.from(bytes)
  const kinds: string[] = []
  let at = 12
  while (at + 8 <= file.length) {
    kinds.push(file.toString('latin1', at, at + 4).trim())
    const length = file.readUInt32LE(at + 4)
    at += 8 + length + (length % 2)
  }
  return { kinds, isWhole: at === file.length && file.readUInt32LE(4) === file.length - 8 }
}
