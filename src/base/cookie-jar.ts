/**
 * Cookies as somebody who visits a site keeps them: by name, without paths and domains, which one site has no use for.
 * @module
 */

/** What is held, by name. */
export type CookieJar = Map<string, string>

/** A cookie that ends on this day was taken back: frameworks write the beginning of time, or a moment after it. */
const FIRST_DAY = 86_400_000

/** Keeps what a `Set-Cookie` says, or lets it go. */
export function keepCookie(jar: CookieJar, text: string): void {
  const [pair = '', ...attributes] = text.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  if (isTakenBack(attributes)) jar.delete(name)
  else jar.set(name, pair.slice(equals + 1).trim())
}

/** The `Cookie` header of all that is held; null where nothing is. */
export function cookieHeader(jar: ReadonlyMap<string, string>): string | null {
  return jar.size === 0 ? null : [...jar].map((pair) => pair.join('=')).join('; ')
}

function isTakenBack(attributes: readonly string[]): boolean {
  const said = new Map(
    attributes.map((one) => {
      const [name = '', ...value] = one.split('=')
      return [name.trim().toLowerCase(), value.join('=').trim()]
    }),
  )
  const age = said.get('max-age')
  // RFC 6265, 5.3: an age goes before a date.
  return age === undefined ? Date.parse(said.get('expires') ?? '') < FIRST_DAY : Number(age) <= 0
}
