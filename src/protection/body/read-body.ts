/**
 * Reads the body of a request: a form or JSON, bounded while it is read. The query is not looked at: what changes something is sent in
 * a body, never in a URL (E6).
 * @module
 */

import { FormBuilder } from './form-builder.js'
import { isPlainObject, jsonData, parseJson } from './json-values.js'
import { parseMediaType, type MediaType } from './media-type.js'
import { parseMultipart } from './multipart.js'
import { addEntries, addProperties, isEntryList, isNothing, rawBytes } from './parsed-body.js'
import { hasBytes, readBytes } from './read-bytes.js'
import { BodyProblem, DEFAULT_BODY_LIMITS, type BodyLimits, type RequestData, type SettledBodyLimits } from './request-data.js'
import { parseUrlencoded } from './urlencoded.js'

/** Where the body comes from. */
export interface BodyInput {
  /** The header `Content-Type`. */
  readonly contentType: string | undefined
  /** The header `Content-Length`: what is too large by its own word is refused unread; beyond that it is not believed. */
  readonly contentLength: string | undefined
  /**
   * The bytes as they arrive; null when somebody has read them. It is told to stop (`return`) as soon as the body is refused: pass
   * `request.iterator({ destroyOnReturn: false })` for a request of node:http, which would otherwise lose its socket before the answer.
   */
  readonly stream: AsyncIterable<Uint8Array> | null
  /** What a parser before us left; undefined where there was none. With anything in it, the stream is not touched. */
  readonly parsed: unknown
}

const JSON_TYPE = 'application/json'
const URLENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data'

/**
 * Reads the body as its media type says. Throws `BodyProblem`, and nothing else, for what a client can send: 400 where it is malformed,
 * 413 where it is too much, 415 where it is neither a form nor JSON.
 *
 * @example
 * const { body } = new Request('http://localhost/', { method: 'POST', body: '{"username":"ada"}' })
 * const data = await readBody({ contentType: 'application/json', contentLength: undefined, stream: body, parsed: undefined })
 * const [username] = data.fields.get('username') ?? []
 */
export async function readBody(source: BodyInput, limits: BodyLimits = {}): Promise<RequestData> {
  const settled = settle(limits)
  const media = supportedType(source.contentType)
  if (!isNothing(source.parsed)) return fromParsed(source.parsed, media, settled)
  if (source.stream === null) return withoutStream(source)
  const announced = announcedBytes(source.contentLength)
  if (media === null) {
    if (announced > 0 || (await hasBytes(source.stream))) throw new BodyProblem('unsupported_media_type')
    return empty()
  }
  const limit = limitFor(media, settled)
  if (announced > limit) throw new BodyProblem('body_too_large')
  return fromBytes(await readBytes(source.stream, limit), media, settled)
}

async function fromParsed(parsed: unknown, media: MediaType | null, limits: SettledBodyLimits): Promise<RequestData> {
  const form = new FormBuilder(limits)
  if (isEntryList(parsed)) {
    await addEntries(form, parsed)
    return form.finish()
  }
  const bytes = rawBytes(parsed)
  if (bytes?.length === 0) return empty()
  // Whoever parsed a body of another type may have been made to: a page of another site can send text/plain without asking (E11).
  if (media === null) throw new BodyProblem('unsupported_media_type')
  if (bytes !== null) {
    if (bytes.length > limitFor(media, limits)) throw new BodyProblem('body_too_large')
    return fromBytes(bytes, media, limits)
  }
  if (media.type === JSON_TYPE) return jsonData(parsed, limits)
  if (!isPlainObject(parsed)) throw new BodyProblem('malformed_body')
  await addProperties(form, parsed)
  return form.finish()
}

function fromBytes(bytes: Buffer, media: MediaType, limits: SettledBodyLimits): RequestData {
  if (bytes.length === 0) return empty()
  if (media.type === JSON_TYPE) return parseJson(bytes, limits)
  const form = new FormBuilder(limits)
  if (media.type === URLENCODED) parseUrlencoded(bytes, form)
  else parseMultipart(bytes, media.parameters.get('boundary'), form, limits)
  return form.finish()
}

/** Nobody can read it: either there was none, or a parser that leaves `{}` or null found nothing in it, or somebody threw it away. */
function withoutStream({ parsed, contentLength }: BodyInput): RequestData {
  if (parsed === undefined && announcedBytes(contentLength) > 0) throw new BodyProblem('body_unavailable')
  return empty()
}

/** The three types a body may have; null for any other, and for what is no media type. */
function supportedType(header: string | undefined): MediaType | null {
  const media = header === undefined ? null : parseMediaType(header)
  if (media === null || ![JSON_TYPE, URLENCODED, MULTIPART].includes(media.type)) return null
  const charset = media.parameters.get('charset')
  return charset === undefined || /^utf-8$/i.test(charset) ? media : null
}

function limitFor(media: MediaType, { jsonBytes, totalBytes }: SettledBodyLimits): number {
  return media.type === JSON_TYPE ? Math.min(jsonBytes, totalBytes) : totalBytes
}

/** By the client's word; 0 where it said nothing that is a number. */
function announcedBytes(contentLength: string | undefined): number {
  return contentLength !== undefined && /^\d{1,15}$/.test(contentLength) ? Number(contentLength) : 0
}

function empty(): RequestData {
  return { kind: 'empty', fields: new Map(), files: new Map() }
}

function settle(limits: BodyLimits): SettledBodyLimits {
  return { ...DEFAULT_BODY_LIMITS, ...limits }
}
