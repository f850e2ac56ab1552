/**
 * What Next agrees on with itself: errors that mean a redirect or a status, and cookies as objects.
 * @module
 */

/** The error by which `redirect()` of `next/navigation` ends a render. */
export function redirectError(url: string): Error {
  return Object.assign(new Error('NEXT_REDIRECT'), { digest: `NEXT_REDIRECT;replace;${url};307;` })
}

/** The error by which `forbidden()` and `notFound()` of `next/navigation` end a render. */
export function statusError(status: 401 | 403 | 404): Error {
  return Object.assign(new Error(`NEXT_HTTP_ERROR_FALLBACK;${status}`), { digest: `NEXT_HTTP_ERROR_FALLBACK;${status}` })
}

/** Runs a handler; a redirect or a status that it throws becomes the response that Next would make of it, so that the session is saved. */
export async function navigationAnswer(handler: () => Promise<Response>): Promise<Response> {
  try {
    return await handler()
  } catch (error) {
    const answer = answerOf((error as { readonly digest?: unknown } | null)?.digest)
    if (answer === null) throw error
    return answer
  }
}

function answerOf(digest: unknown): Response | null {
  if (typeof digest !== 'string') return null
  const parts = digest.split(';')
  if (parts[0] === 'NEXT_HTTP_ERROR_FALLBACK') return new Response(null, { status: Number(parts[1]) })
  if (parts[0] !== 'NEXT_REDIRECT') return null
  // The address may have semicolons of its own.
  return new Response(null, { status: Number(parts.at(-2)), headers: { location: parts.slice(2, -2).join(';') } })
}

/** A cookie for `cookies().set()`, of the text of a `Set-Cookie` that this package wrote. */
export function cookieFromText(text: string): Record<string, unknown> {
  const [pair = '', ...attributes] = text.split('; ')
  const equals = pair.indexOf('=')
  // Two quotes are how an empty value is written, as Django has it.
  const cookie: Record<string, unknown> = { name: pair.slice(0, equals), value: pair.slice(equals + 1).replace(/^""$/, '') }
  for (const attribute of attributes) {
    const [name = '', value = ''] = attribute.split('=')
    const read = ATTRIBUTES[name]
    if (read !== undefined) Object.assign(cookie, read(value))
  }
  return cookie
}

const ATTRIBUTES: Readonly<Record<string, (value: string) => Record<string, unknown>>> = {
  Path: (path) => ({ path }),
  Domain: (domain) => ({ domain }),
  'Max-Age': (seconds) => ({ maxAge: Number(seconds) }),
  expires: (moment) => ({ expires: new Date(moment) }),
  Secure: () => ({ secure: true }),
  HttpOnly: () => ({ httpOnly: true }),
  SameSite: (value) => ({ sameSite: SAME_SITE[value] }),
}

const SAME_SITE: Readonly<Record<string, string>> = { Lax: 'lax', Strict: 'strict', None: 'none' }
