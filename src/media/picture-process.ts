/**
 * Decodes one picture in a process of its own. Decoders are native code that reads what strangers send: whatever a crafted file makes
 * them do, looping or eating memory, ends with the process (J2). It has none of the site's environment, so none of its secrets.
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process'

/**
 * What the process runs. Text and not a file, so that it starts from TypeScript source, from `dist/` and from a bundle alike.
 * It says `+` when it is ready, then a line of JSON, then the picture.
 */
export const PICTURE_PROGRAM = `
const [file, text] = process.argv.slice(1)
const limits = JSON.parse(text)
setInterval(() => { if (process.memoryUsage.rss() > limits.memoryBytes) process.exit(3) }, 10).unref()
const sharp = require(file)
sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Nsgif'].map((format) => 'VipsForeignLoad' + format + 'Buffer') })
process.stdout.write('+')
const chunks = []
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
  decode(Buffer.concat(chunks)).catch(() => ({ refused: 'invalid_image' })).then(({ bytes, ...answer }) => {
    process.stdout.write(JSON.stringify(answer) + '\\n')
    if (bytes) process.stdout.write(bytes)
  })
})
async function decode(input) {
  const options = { failOn: 'error', sequentialRead: true }
  const { format, width, height, pages = 1 } = await sharp(input, { ...options, limitInputPixels: false }).metadata()
  if (!['jpeg', 'png', 'webp', 'gif'].includes(format)) return { refused: 'invalid_image' }
  if (width > limits.maxSide || height > limits.maxSide || width * height > limits.maxPixels) return { refused: 'max_pixels' }
  if (pages > 1) return { refused: 'animated_image' }
  const { data, info } = await sharp(input, { ...options, limitInputPixels: limits.maxPixels })
    .rotate()
    .resize({ width: limits.size, height: limits.size, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .webp({ quality: 82 })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, bytes: data }
}
`

/** Exit code of a process that found itself too large. */
const TOO_LARGE = 3

/** What the machine's dynamic linker and Windows need to start anything at all. */
const ENVIRONMENT = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP']

/** A busy machine may take long to start a process; the time that a picture has begins afterwards. */
const START_SECONDS = 15

/** More than any picture of an allowed size comes to. */
const LARGEST_ANSWER = 64 * 1024 * 1024

/** How a process ended. */
export type PictureOutcome =
  | { readonly end: 'answer'; readonly line: string; readonly bytes: Buffer }
  /** It took too long or too much memory, and was killed. */
  | { readonly end: 'limit' }
  /** The picture brought it down. */
  | { readonly end: 'crash' }
  /** The machine had no room for another process, or was too slow to start it. */
  | { readonly end: 'busy' }
  /** It never was ready, and would not be the next time: what it wrote, for the developer. */
  | { readonly end: 'no-start'; readonly message: string; readonly cause: unknown }

/** What a process is given. */
export interface PictureJob {
  readonly program: string
  /** Where the package is, and the limits. */
  readonly parameters: readonly string[]
  readonly bytes: Uint8Array
  /** From when it is ready. */
  readonly seconds: number
}

/** What the system says when it has no room. */
const NO_ROOM = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

/** Runs a program until it answers, ends, or has used up its time. The process is gone when this settles. */
export function runPictureProcess({ program, parameters, bytes, seconds }: PictureJob): Promise<PictureOutcome> {
  return new Promise((resolve) => {
    const child = startProcess(program, parameters, (cause) => resolve(failure(cause)))
    if (child === null) return
    const output: Buffer[] = []
    let size = 0
    let complaint = ''
    let wasStopped = false
    const stop = (): void => {
      wasStopped = true
      child.kill('SIGKILL')
    }
    let timer = setTimeout(stop, START_SECONDS * 1000)
    child.stdout?.once('data', () => {
      clearTimeout(timer)
      timer = setTimeout(stop, seconds * 1000)
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      output.push(chunk)
      size += chunk.length
      if (size > LARGEST_ANSWER) stop()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 2000)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      if (size === 0) resolve(wasStopped ? { end: 'busy' } : { end: 'no-start', message: complaint, cause: undefined })
      else if (wasStopped || code === TOO_LARGE) resolve({ end: 'limit' })
      else resolve((code === 0 ? answerIn(Buffer.concat(output)) : null) ?? { end: 'crash' })
    })
    // A process that ended early reads no more: that it did is told by its end.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(bytes)
  })
}

function startProcess(program: string, parameters: readonly string[], fail: (cause: unknown) => void): ChildProcess | null {
  // 64 MB is more than the program itself needs; the decoder's own memory the program watches.
  const flags = ['--max-old-space-size=64', '--input-type=commonjs', '-e', program, '--', ...parameters]
  try {
    return spawn(process.execPath, flags, { env: environment(), stdio: 'pipe', windowsHide: true }).on('error', fail)
  } catch (cause) {
    fail(cause)
    return null
  }
}

function failure(cause: unknown): PictureOutcome {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return NO_ROOM.has(code) ? { end: 'busy' } : { end: 'no-start', message: '', cause }
}

function answerIn(output: Buffer): PictureOutcome | null {
  const end = output.indexOf(0x0a)
  return end === -1 ? null : { end: 'answer', line: output.toString('utf8', 1, end), bytes: output.subarray(end + 1) }
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    ENVIRONMENT.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
