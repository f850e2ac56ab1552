/**
 * The bodies of Fastify's requests. A token may stand in a form, so the form is read before Fastify parses it; then its bytes are handed
 * on, and whoever parses them finds them unread.
 * @module
 */

import { Readable } from 'node:stream'
import type { BodySource } from '../authentication/request-head.js'
import type { RequestData } from '../protection/body/request-data.js'
import type { FastifyLike, FastifyRequestLike } from './fastify.js'
import { plainFields, unread } from './node-request.js'

/** What a browser's form is sent as. */
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'] as const

/** The body of one request. */
export class FastifyBody implements BodySource {
  readonly #request: FastifyRequestLike
  /** What was read before Fastify; null where nothing was. */
  #kept: Uint8Array[] | null = null
  /** What Fastify reads, which other plugins may have unpacked. */
  #payload: AsyncIterable<Uint8Array> | null = null

  constructor(request: FastifyRequestLike) {
    this.#request = request
  }

  stream(): AsyncIterable<Uint8Array> | null {
    const { raw, body } = this.#request
    if (body !== undefined && body !== null) return null
    if (this.#payload !== null && this.#payload !== raw) return this.#payload
    if (raw.readableEnded || raw.readableDidRead) return null
    return this.#payload === null ? this.#keeping(unread(raw)) : unread(raw)
  }

  parsed(): unknown {
    return this.#request.body
  }

  /** What Fastify is to read: for a body that was read already, its bytes once more. */
  replay(payload: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (this.#kept !== null) {
      const bytes = Buffer.concat(this.#kept)
      this.#kept = null
      payload = Object.assign(Readable.from(bytes), { receivedEncodedLength: bytes.length })
    }
    this.#payload = payload
    return payload
  }

  async *#keeping(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const kept: Uint8Array[] = (this.#kept = [])
    for await (const chunk of stream) {
      kept.push(chunk)
      yield chunk
    }
  }
}

/**
 * Has forms parsed, which Fastify does not do by itself: `request.body` then has the fields. A parser that the application registers,
 * before or after, takes the place of ours.
 */
export function parseForms(instance: FastifyLike, read: (request: FastifyRequestLike) => Promise<RequestData>): void {
  const others = new OtherParsers()
  const add = instance.addContentTypeParser
  for (const type of FORMS) {
    if (instance.hasContentTypeParser(type)) others.add(instance, type)
    else instance.addContentTypeParser(type, async (request: FastifyRequestLike) => plainFields(await read(request)))
  }
  // Children of the instance inherit this function, and each has parsers of its own.
  instance.addContentTypeParser = function (this: FastifyLike, types: string | RegExp | readonly (string | RegExp)[], ...rest: never[]): unknown {
    for (const type of FORMS) {
      if (![types].flat().some((one) => isFor(one, type)) || others.has(this, type)) continue
      this.removeContentTypeParser(type)
      others.add(this, type)
    }
    return add.call(this, types as string, ...(rest as unknown as [never]))
  }
}

/** Whose instances have parsers of somebody else's, and for what. */
class OtherParsers {
  readonly #types = new WeakMap<object, Set<string>>()

  add(instance: object, type: string): void {
    this.#types.set(instance, (this.#types.get(instance) ?? new Set()).add(type))
  }

  /** A child has its parent's parsers. */
  has(instance: object, type: string): boolean {
    if (this.#types.get(instance)?.has(type) === true) return true
    const parent: unknown = Object.getPrototypeOf(instance)
    return typeof parent === 'object' && parent !== null && this.has(parent, type)
  }
}

function isFor(parser: string | RegExp, type: string): boolean {
  return typeof parser === 'string' ? parser === '*' || parser.startsWith(type) : parser.test(type)
}
