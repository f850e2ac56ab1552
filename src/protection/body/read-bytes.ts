/**
 * Reads a stream of bytes up to a limit, counting what arrives and believing no header about it (J8).
 * @module
 */

import { BodyProblem } from './request-data.js'

/** The first allocation: a login form fits. */
const FIRST_BYTES = 4096

/**
 * Reads all of `stream`. Throws `BodyProblem` when there is more than `limit`, or when it breaks off. The stream is released in any case,
 * and nothing waits for it to agree.
 */
export async function readBytes(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  // Copied, not collected: a client that sends byte by byte would make an object of a hundred bytes for each.
  let bytes = Buffer.allocUnsafeSlow(Math.min(limit, FIRST_BYTES))
  let size = 0
  await forEachChunk(stream, (chunk) => {
    if (size + chunk.length > limit) throw new BodyProblem('body_too_large')
    if (size + chunk.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(size + chunk.length, 2 * bytes.length)))
      bytes.copy(larger, 0, 0, size)
      bytes = larger
    }
    bytes.set(chunk, size)
    size += chunk.length
    return true
  })
  return bytes.subarray(0, size)
}

/**
 * Tells whether a stream has any byte. It is read up to the first and released, so that a body nobody wants costs no more than that; throws
 * `BodyProblem` when it breaks off before.
 */
export async function hasBytes(stream: AsyncIterable<Uint8Array>): Promise<boolean> {
  let found = false
  await forEachChunk(stream, () => {
    found = true
    return false
  })
  return found
}

/** Hands over chunks that are not empty, until there are no more or `take` wants no more. */
async function forEachChunk(stream: AsyncIterable<Uint8Array>, take: (chunk: Uint8Array) => boolean): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      const chunk = bytesOf(next.value)
      if (chunk.length > 0 && !take(chunk)) break
    }
  } catch (cause) {
    release(iterator)
    throw cause instanceof BodyProblem ? cause : new BodyProblem('incomplete_body', { cause })
  }
  release(iterator)
}

/** A stream that somebody gave an encoding hands out texts. */
function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8')
  throw new BodyProblem('body_unavailable')
}

/** Not awaited: the answer is ready, and a stream may take as long as its client likes to end. */
function release(iterator: AsyncIterator<Uint8Array>): void {
  const ignore = (): void => undefined
  try {
    iterator.return?.().then(ignore, ignore)
  } catch {
    // An iterator that cannot even be told to stop holds nothing of ours.
  }
}
