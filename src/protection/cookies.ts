/**
 * Cookies as browsers send them and as Django writes them. Values are taken as they stand: nothing is decoded, so that no two texts
 * become one.
 * @module
 */

import { systemClock, type Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'

/** A name: a token of RFC 9110. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** RFC 6265's cookie-octets: no control, space, quote, comma, semicolon or backslash. */
const VALUE = /^[!#-+\--:<-[\]-~]*$/
const PATH = /^\/[ -:<-~]*$/
const DOMAIN = /^\.?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/

/** The attributes of a cookie. */
export interface CookieAttributes {
  /** Default `/`. */
  readonly path?: string
  /** Default none: this host only. */
  readonly domain?: string | null
  /** In seconds. Without it, and without `expires`, the cookie lasts until the browser closes. */
  readonly maxAge?: number | null
  /** Default now and `maxAge`: old software knows only this one, so Django writes both. */
  readonly expires?: Date | null
  readonly httpOnly?: boolean
  readonly secure?: boolean
  readonly sameSite?: 'Lax' | 'Strict' | 'None' | null
  /** Tells what now is. Default: the machine's. */
  readonly clock?: Clock
}

/** A cookie that was looked for by name. */
export interface FoundCookie {
  /** Of the first that has the name; null where none has. */
  readonly value: string | null
  /** How many have the name. More than one: somebody else set one of them, so neither can be believed. */
  readonly count: number
}

/**
 * Reads the header `Cookie`: the values of each name, in order. What is no cookie, such as the nameless `=name=value` that some browsers
 * let others set, is passed over.
 *
 * @example
 * readCookies('theme=blue; sessionid=abc')   // Map { 'theme' => ['blue'], 'sessionid' => ['abc'] }
 */
export function readCookies(header: string | null | undefined): Map<string, string[]> {
  const cookies = new Map<string, string[]>()
  if (header === null || header === undefined) return cookies
  // Found once and kept until it is passed: looking again for each pair would take time with the square of the header's length.
  let equals = header.indexOf('=')
  let start = 0
  while (equals !== -1) {
    const end = endOfPair(header, start)
    const from = skipBlanks(header, start, end)
    if (equals < end) {
      const name = header.slice(from, equals)
      const values = cookies.get(name)
      if (values !== undefined) values.push(valueBetween(header, equals + 1, end))
      else if (NAME.test(name)) cookies.set(name, [valueBetween(header, equals + 1, end)])
      equals = header.indexOf('=', end)
    }
    start = end + 1
  }
  return cookies
}

/**
 * Looks for one cookie, and reads no other. Gives what `readCookies` would give for the name.
 *
 * @example
 * findCookie('theme=blue; sessionid=abc', 'sessionid')   // { value: 'abc', count: 1 }
 */
export function findCookie(header: string | null | undefined, name: string): FoundCookie {
  if (header === null || header === undefined || !NAME.test(name)) return { value: null, count: 0 }
  const sought = `${name}=`
  let value: string | null = null
  let count = 0
  for (let at = header.indexOf(sought); at !== -1; at = header.indexOf(sought, at + sought.length)) {
    if (!isStartOfPair(header, at)) continue
    if (count === 0) value = valueBetween(header, at + sought.length, endOfPair(header, at))
    count++
  }
  return { value, count }
}

/**
 * Makes the text of a `Set-Cookie` header, its attributes in Django's order. Throws `ImproperlyConfigured` where any part holds what
 * would be read as another attribute or another header (J11).
 *
 * @example
 * serializeCookie('theme', 'blue', { maxAge: 3600, sameSite: 'Lax' })
 * // 'theme=blue; expires=Mon, 23 Nov 2026 13:00:00 GMT; Max-Age=3600; Path=/; SameSite=Lax'
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { path = '/', domain = null, maxAge = null, httpOnly = false, secure = false, sameSite = null } = attributes
  if (!NAME.test(name)) throw new ImproperlyConfigured(`${quote(name)} is no name of a cookie. Use letters, digits, hyphens and underscores.`)
  if (!VALUE.test(value)) throw new ImproperlyConfigured(`The value of the cookie ${name} holds a character no cookie may hold. Encode it first.`)
  if (!PATH.test(path)) throw new ImproperlyConfigured(`${quote(path)} is no path for the cookie ${name}. It begins with / and is ASCII without ;.`)
  if (domain !== null && !DOMAIN.test(domain)) throw new ImproperlyConfigured(`${quote(domain)} is no domain for the cookie ${name}.`)
  if (maxAge !== null && !Number.isSafeInteger(maxAge)) {
    throw new ImproperlyConfigured(`The cookie ${name} has a maxAge of ${maxAge}. Pass a whole number of seconds.`)
  }
  if (sameSite !== null && sameSite !== 'Lax' && sameSite !== 'Strict' && sameSite !== 'None') {
    throw new ImproperlyConfigured(`${quote(String(sameSite))} is no SameSite for the cookie ${name}. Pass 'Lax', 'Strict' or 'None'.`)
  }
  checkPrefix(name, { path, domain, secure })
  const expires = expiryOf(name, attributes)
  return [
    // Python writes a value of nothing as two quotes.
    `${name}=${value === '' ? '""' : value}`,
    ...(domain === null ? [] : [`Domain=${domain}`]),
    ...(expires === null ? [] : [`expires=${expires.toUTCString()}`]),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(maxAge === null ? [] : [`Max-Age=${maxAge}`]),
    `Path=${path}`,
    ...(sameSite === null ? [] : [`SameSite=${sameSite}`]),
    ...(secure ? ['Secure'] : []),
  ].join('; ')
}

/**
 * Makes the text that takes a cookie back; path and domain must be those it was set with. As in Django, it is `Secure` only where a
 * browser would refuse it otherwise.
 *
 * @example
 * serializeDeletedCookie('theme', { sameSite: 'Lax' })
 * // 'theme=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax'
 */
export function serializeDeletedCookie(name: string, attributes: Pick<CookieAttributes, 'path' | 'domain' | 'sameSite'> = {}): string {
  const secure = name.startsWith('__Secure-') || name.startsWith('__Host-') || attributes.sameSite === 'None'
  return serializeCookie(name, '', { ...attributes, secure, maxAge: 0, expires: new Date(0) })
}

/** Browsers drop such a cookie without a word, and nobody would be logged in. */
function checkPrefix(name: string, { path, domain, secure }: { path: string; domain: string | null; secure: boolean }): void {
  const isHost = name.startsWith('__Host-')
  if ((isHost || name.startsWith('__Secure-')) && !secure) throw new ImproperlyConfigured(`A cookie named ${name} must be secure.`)
  if (isHost && (path !== '/' || domain !== null)) throw new ImproperlyConfigured(`A cookie named ${name} must have the path / and no domain.`)
}

function expiryOf(name: string, { maxAge, expires, clock = systemClock }: CookieAttributes): Date | null {
  if (expires !== null && expires !== undefined) {
    if (Number.isNaN(expires.getTime())) throw new ImproperlyConfigured(`The cookie ${name} has no valid date for expires.`)
    return expires
  }
  return maxAge === null || maxAge === undefined ? null : new Date(clock.now().getTime() + maxAge * 1000)
}

function endOfPair(header: string, from: number): number {
  const end = header.indexOf(';', from)
  return end === -1 ? header.length : end
}

function valueBetween(header: string, start: number, end: number): string {
  let last = end
  while (last > start && isBlank(header.charCodeAt(last - 1))) last--
  return header.slice(start, last)
}

function skipBlanks(header: string, start: number, end: number): number {
  let at = start
  while (at < end && isBlank(header.charCodeAt(at))) at++
  return at
}

/** Whether nothing but blanks stands between this place and a semicolon or the beginning. */
function isStartOfPair(header: string, at: number): boolean {
  let before = at - 1
  while (before >= 0 && isBlank(header.charCodeAt(before))) before--
  return before < 0 || header[before] === ';'
}

/** RFC 9110's optional white space: space and tab. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** For a message: what is wrong in it becomes visible, and stays on its line. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
