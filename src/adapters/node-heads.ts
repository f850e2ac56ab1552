/**
 * The heads of Node's responses, as the site adds to them.
 * @module
 */

import type { ServerResponse } from 'node:http'
import type { ResponseHead } from '../authentication/request-core.js'

/** A head whose headers Node keeps. */
export class NodeResponseHead implements ResponseHead {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get status(): number {
    return this.#response.statusCode
  }

  get(name: string): string | undefined {
    const value = this.#response.getHeader(name)
    return Array.isArray(value) ? value.join(', ') : value === undefined ? undefined : String(value)
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value)
  }

  appendCookie(text: string): void {
    this.#response.appendHeader('set-cookie', text)
  }
}

/**
 * A head that is sent as it is listed: nothing was set on the response before, and nobody but Node looks at it. Node checks every header
 * once instead of twice, and keeps none.
 */
export class ListedHead implements ResponseHead {
  readonly status: number
  /** Names and values in turn, as `writeHead` takes them. */
  list: string[] = []
  /** Where the last value of each name is, by the name in lower case. */
  readonly #places = new Map<string, number>()
  readonly #repeated = new Set<string>()

  constructor(status: number, headers: unknown) {
    this.status = status
    if (typeof headers !== 'object' || headers === null) return
    for (const [name, value] of headerEntries(headers)) {
      if (Array.isArray(value)) for (const one of value) this.#push(name, String(one))
      else if (value !== undefined) this.#push(name, String(value))
    }
  }

  get(name: string): string | undefined {
    const place = this.#places.get(name)
    return place === undefined ? undefined : this.list[place]
  }

  set(name: string, value: string): void {
    if (this.#repeated.has(name)) this.#remove(name)
    const place = this.#places.get(name)
    if (place === undefined) this.#push(name, value)
    else this.list[place] = value
  }

  appendCookie(text: string): void {
    this.#push('set-cookie', text)
  }

  #push(name: string, value: string): void {
    this.list.push(name, value)
    const known = name.toLowerCase() // rule: case-table: headers are ASCII, or Node refuses them
    if (this.#places.has(known)) this.#repeated.add(known)
    this.#places.set(known, this.list.length - 1)
  }

  /** What was given twice is replaced as a whole: beside a header of ours the other would still count. */
  #remove(name: string): void {
    const { list } = this
    this.list = []
    this.#places.clear()
    this.#repeated.clear()
    for (let index = 0; index < list.length; index += 2) {
      const [one = '', value = ''] = [list[index], list[index + 1]]
      if (one.toLowerCase() !== name) this.#push(one, value) // rule: case-table: headers are ASCII, or Node refuses them
    }
  }
}

/** Whether a response is Node's own, as it was made: nobody has put anything in its head, nor a function of their own in its place. */
export function isUntouched(response: ServerResponse): boolean {
  // Whoever has a response has loaded it; a process that only imports us need not.
  const { ServerResponse: plain } = process.getBuiltinModule('node:http')
  return Object.getPrototypeOf(response) === plain.prototype && !Object.hasOwn(response, 'writeHead')
}

/** Headers given to `writeHead` itself. They replace what was set before, as Node does it. */
export function setHeaders(response: ServerResponse, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return
  const entries = headerEntries(headers)
  for (const [name] of entries) response.removeHeader(name)
  for (const [name, value] of entries)
    if (value !== undefined) response.appendHeader(name, (typeof value === 'number' ? String(value) : value) as string)
}

/** As an object, a flat list, or a list of pairs. A list that Node refuses is refused in its words. */
function headerEntries(headers: object): [string, unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  const list = headers as readonly unknown[]
  if (list.length > 0 && list.every((one) => Array.isArray(one))) return list.map(([name, value]: readonly unknown[]) => [String(name), value])
  if (list.length % 2 !== 0) throw new TypeError('The list of headers given to writeHead() has a name without a value.')
  return Array.from({ length: list.length / 2 }, (_, index) => [String(list[2 * index]), list[2 * index + 1]])
}
