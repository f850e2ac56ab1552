/**
 * Makes a picture that is safe to show of bytes that a stranger sent: decoded, made small, and written anew as WebP. What it is, decoding
 * decides, never a name or a type; what it says of itself (place, time, camera) and what hides behind it are left out (ASVS 5.2.2, 14.2.8).
 * @module
 */

import { availableParallelism } from 'node:os'

import { ImproperlyConfigured, problem, ServiceUnavailable, ValidationError } from '../base/errors.js'
import type { MessageKey, MessageParams } from '../base/messages.js'
import { PICTURE_PROGRAM, runPictureProcess, type PictureOutcome } from './picture-process.js'
import { sharpFile } from './sharp-package.js'
import { Turns } from './turns.js'

const MIB = 1024 * 1024
const MEGAPIXEL = 1_000_000

/** What a picture may be, and what becomes of it. */
export interface PictureLimits {
  /** Of the file as it was sent. Default 5 MiB. */
  readonly maxBytes?: number
  /** Width times height. Default 40 million: more than most cameras make. */
  readonly maxPixels?: number
  /** Of a side. Default 10,000. */
  readonly maxSide?: number
  /** How long decoding may take. Default 2. */
  readonly seconds?: number
  /** How much memory the decoding process may take. Default 512 MiB. */
  readonly memoryBytes?: number
  /** The longest side of the picture that is kept. Default 512. */
  readonly size?: number
}

/** What holds unless a site says otherwise. */
export const PICTURE_LIMITS: Required<PictureLimits> = {
  maxBytes: 5 * MIB,
  maxPixels: 40 * MEGAPIXEL,
  maxSide: 10_000,
  seconds: 2,
  memoryBytes: 512 * MIB,
  size: 512,
}

/** A picture, written by us. */
export interface Picture {
  /** WebP. */
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

/** How files of the four kinds begin; what begins otherwise need not be tried. */
const SIGNATURES = [/^\xff\xd8\xff/, /^\x89PNG\r\n/, /^GIF8[79]a/, /^RIFF[^]{4}WEBP/]

/** Each takes a core and memory: two at once at most, and one core is left to the site. Each who waits holds a whole file. */
const turns = new Turns(Math.max(1, Math.min(2, availableParallelism() - 1)), 16)

/**
 * Decodes and rewrites a picture, at most `size` pixels a side, turned upright. Throws `ValidationError` for anything that is no such
 * picture (codes `empty`, `file_too_large`, `invalid_image`, `max_pixels`, `animated_image`), `ServiceUnavailable` when too many are being
 * decoded, and `ImproperlyConfigured` without the package sharp.
 *
 * @example
 * const picture = await decodePicture(upload.bytes, { size: 256 })
 */
export async function decodePicture(bytes: Uint8Array, limits: PictureLimits = {}): Promise<Picture> {
  const settled = { ...PICTURE_LIMITS, ...limits }
  if (bytes.length === 0) throw refused('empty')
  if (bytes.length > settled.maxBytes) throw refused('file_too_large', { megabytes: Math.floor((settled.maxBytes / MIB) * 10) / 10 })
  const beginning = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  if (!SIGNATURES.some((signature) => signature.test(beginning))) throw refused('invalid_image')
  const parameters = [sharpFile(), JSON.stringify(settled)]
  const outcome = await turns.run(() => runPictureProcess({ program: PICTURE_PROGRAM, parameters, bytes, seconds: settled.seconds }))
  return pictureFrom(outcome, settled)
}

function pictureFrom(outcome: PictureOutcome, limits: Required<PictureLimits>): Picture {
  switch (outcome.end) {
    case 'limit':
      throw refused('invalid_image.too_much_work')
    case 'crash':
      throw refused('invalid_image')
    case 'busy':
      throw new ServiceUnavailable('No process could be started to decode a picture.', { retryAfter: 5 })
    case 'no-start':
      throw new ImproperlyConfigured(
        `Pictures need the package sharp, which was found but does not load. Run \`npm install sharp\` on this machine.\n${outcome.message}`.trim(),
        { cause: outcome.cause },
      )
    case 'answer':
      return readAnswer(outcome.line, outcome.bytes, limits)
  }
}

/** The process has read what a stranger sent: what it says is checked, as anything from outside. */
function readAnswer(line: string, bytes: Buffer, limits: Required<PictureLimits>): Picture {
  const { refused: code, width, height } = parseAnswer(line)
  if (code === 'max_pixels') throw refused(code, { side: limits.maxSide, megapixels: Math.round(limits.maxPixels / MEGAPIXEL) })
  if (code === 'animated_image') throw refused(code)
  if (typeof width !== 'number' || typeof height !== 'number' || bytes.toString('latin1', 8, 12) !== 'WEBP') throw refused('invalid_image')
  return { bytes: new Uint8Array(bytes), width, height }
}

function parseAnswer(line: string): { refused?: unknown; width?: unknown; height?: unknown } {
  try {
    return Object(JSON.parse(line)) as object
  } catch {
    return {}
  }
}

function refused(key: MessageKey, params: MessageParams = {}): ValidationError {
  return new ValidationError(problem(key, params))
}
