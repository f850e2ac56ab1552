/**
 * Links whose address comes from data. `hono/jsx` escapes the text of an attribute, which does not help against `javascript:`.
 * @module
 */

/** What a link may begin with; a colon before the first slash would be another scheme. */
const SAFE = /^(?:https?:\/\/[^/\s]|mailto:[^\s]|\/(?![/\\])|[#?]|\.{1,2}\/)/i

/**
 * Gives the address if it is one of the web, of mail, or a path of this site; undefined otherwise, so that the attribute is left out.
 *
 * @example
 * safeHref('https://example.com/')   // 'https://example.com/'
 * safeHref('javascript:alert(1)')    // undefined
 */
export function safeHref(address: string | null | undefined): string | undefined {
  if (typeof address !== 'string') return undefined
  // Browsers drop tabs and line ends wherever they stand, and control characters at the start.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(address) || /^\s/.test(address)) return undefined
  return SAFE.test(address) ? address : undefined
}
