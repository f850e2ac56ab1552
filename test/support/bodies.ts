/**
 * Bodies of requests, as tests write them.
 * @module
 */

import { readBody, type BodyInput } from '../../src/protection/body/read-body.js'
import { BodyProblem, type BodyLimits, type RequestData } from '../../src/protection/body/request-data.js'

export const FORM = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json'
export const MULTIPART = 'multipart/form-data; boundary=b'

/** A stream of these chunks; `then` is thrown at its end. */
export async function* streamOf(chunks: readonly (string | Uint8Array)[], then?: Error): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  if (then !== undefined) throw then
}

/** Reads a body that arrives in one chunk. */
export function read(
  contentType: string | undefined,
  body: string | Uint8Array,
  limits?: BodyLimits,
  more: Partial<BodyInput> = {},
): Promise<RequestData> {
  return readBody({ contentType, contentLength: undefined, stream: streamOf([body]), parsed: undefined, ...more }, limits)
}

/** What a parser left, and a stream that nobody may touch. */
export function readParsed(contentType: string | undefined, parsed: unknown, limits?: BodyLimits): Promise<RequestData> {
  const stream: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]() {
      throw new Error('The stream was touched.')
    },
  }
  return readBody({ contentType, contentLength: undefined, stream, parsed }, limits)
}

/** The code of the problem that reading met; fails where there was none, or an error of another kind. */
export async function problemOf(reading: Promise<RequestData>): Promise<string> {
  try {
    const data = await reading
    return `read as ${JSON.stringify([...data.fields])}`
  } catch (error) {
    if (error instanceof BodyProblem) return `${error.status} ${error.code}`
    throw error
  }
}

/** The fields, as pairs. */
export async function fieldsOf(reading: Promise<RequestData>): Promise<[string, readonly unknown[]][]> {
  return [...(await reading).fields]
}

/** A multipart body of parts, each a disposition's parameters and a content. The boundary is `b`. */
export function multipart(...parts: readonly (readonly [parameters: string, content: string, headers?: string])[]): string {
  return `${parts.map(([parameters, content, headers = '']) => `--b\r\nContent-Disposition: form-data; ${parameters}\r\n${headers}\r\n${content}\r\n`).join('')}--b--\r\n`
}
