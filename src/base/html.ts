/**
 * What may be put into HTML: texts that stay texts, and links whose address comes from data.
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** What a link may begin with; a colon before the first slash would be another scheme. */
const SAFE = /^(?:https?:\/\/[^/\s]|mailto:[^\s]|\/(?![/\\])|[#?]|\.{1,2}\/)/i

/**
 * Escapes text for HTML, between tags and in a quoted attribute.
 *
 * @example
 * escapeHtml('<b>')   // '&lt;b&gt;'
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

/**
 * Gives the address if it is one of the web, of mail, or a path of this site; undefined otherwise, so that the attribute is left out.
 * Escaping alone does not help against `javascript:`.
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
