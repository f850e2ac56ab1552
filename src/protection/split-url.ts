/**
 * Splits a URL as RFC 3986 does, and not as browsers do: what is decided on this text must not depend on their repairs.
 * @module
 */

import { nfkc } from '../base/text.js'

/** What ends a scheme or a host. */
const DELIMITER = /[/?#@:]/

/** A URL's parts, as they stand. */
export interface UrlParts {
  readonly scheme: string
  /** With its port, and a user part if there is one. */
  readonly host: string
  /** Path, query and fragment. */
  readonly rest: string
}

/** Splits `text`; null where the host is malformed. A part that is not there is empty. */
export function splitUrl(text: string): UrlParts | null {
  const url = withoutIgnored(text)
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1] ?? ''
  const afterScheme = scheme === '' ? url : url.slice(scheme.length + 1)
  if (!afterScheme.startsWith('//')) return { scheme, host: '', rest: afterScheme }
  const end = afterScheme.slice(2).search(/[/?#]/)
  const host = end === -1 ? afterScheme.slice(2) : afterScheme.slice(2, 2 + end)
  return isHostText(host) ? { scheme, host, rest: afterScheme.slice(2 + host.length) } : null
}

/** Removes what every reader drops: control characters and spaces at the start, tabs and line ends anywhere. */
export function withoutIgnored(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/^[\u0000-\u0020]+/, '').replace(/[\t\r\n]/g, '')
}

function isHostText(host: string): boolean {
  if (host.includes('[') !== host.includes(']')) return false
  // A look-alike such as U+2100 becomes “a/c” on its way to the name server, and the host is another one.
  const plain = host.replace(/[@:#?]/g, '')
  const normal = nfkc(plain)
  return normal !== null && (normal === plain || !DELIMITER.test(normal))
}
