/**
 * The protection against forged requests by itself, as middleware for applications that have no site of ours: for Express, Connect, Polka,
 * and whatever else calls `(request, response, next)`.
 * @module
 */

import { ImproperlyConfigured, PermissionDenied } from '../base/errors.js'
import { findCookie, serializeCookie, type CookieAttributes } from './cookies.js'
import { CSRF_FIELD, csrfProblem, isSafeMethod, usableSecret, type CsrfReason } from './csrf.js'
import { maskCsrfSecret, newCsrfSecret } from './csrf-tokens.js'
import { splitUrl } from './split-url.js'

/** What is read of a request of Node or of a framework on it. */
export interface PlainRequest {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket?: object
  /** What a body parser left. */
  readonly body?: unknown
  /** Express's word for the scheme, which goes by its `trust proxy`. */
  readonly protocol?: string | undefined
}

/** What is done to a response. */
export interface PlainResponse {
  readonly headersSent: boolean
  getHeader(name: string): number | string | string[] | undefined
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
}

/** What the middleware adds to a request. */
export interface CsrfFields {
  /** A token for a form's hidden field `csrfmiddlewaretoken` or for the header `X-CSRFToken`; another text each time, all good. */
  csrfToken(): string
  /** Makes all tokens void that were given out before: call it when somebody logs in or out. */
  rotateCsrfSecret(): void
}

/** Where an application keeps the secret itself, such as in its session. */
export interface CsrfSecretStore<R> {
  get(request: R): string | null | undefined
  set(request: R, secret: string): void
}

/** What an application may say. */
export interface CsrfProtectionOptions<R = PlainRequest> {
  /** Origins besides the application's own that may send forms: `https://pay.example`, `https://*.example`. */
  readonly trustedOrigins?: readonly string[]
  /** The application's own origin as browsers see it, `https://shop.example`. Default: what the request says, and Express's `trust proxy`. */
  readonly origin?: string
  /** Default `csrftoken`, over HTTPS `__Host-csrftoken`; 52 weeks (`maxAge`, in seconds), `SameSite=Lax`, readable by scripts as Django's. */
  readonly cookie?: { readonly name?: string } & Pick<CookieAttributes, 'maxAge' | 'domain' | 'path' | 'sameSite' | 'httpOnly'>
  /** Keeps the secret there instead of in a cookie. */
  readonly secret?: CsrfSecretStore<R>
  /** Where a form's token is. Default: the field `csrfmiddlewaretoken` of `request.body`, which a body parser must have filled. */
  readonly token?: (request: R) => unknown
  /** Tells which requests need no token: those that carry their own proof, such as a signed webhook. */
  readonly exempt?: (request: R) => boolean
}

/** A request that did not come from the application's own pages. Express answers it with 403; `reason` is for the log. */
export class ForgedRequest extends PermissionDenied {
  /** The code that csurf gave, by which error handlers know it. */
  readonly code = 'EBADCSRFTOKEN'

  constructor(override readonly reason: CsrfReason) {
    super({ reason })
  }
}

/** Django's 52 weeks. */
const COOKIE_AGE = 31_449_600
/** Headers that scripts send it in: Django's, and those that Angular, axios and csurf made usual. */
const TOKEN_HEADERS = ['x-csrftoken', 'x-csrf-token', 'x-xsrf-token']

/**
 * Makes the middleware. It refuses whatever would change something and does not come from the application's own pages, with a
 * `ForgedRequest` to `next`, and gives each request `csrfToken()` and `rotateCsrfSecret()`. Put it behind the body parsers and before the routes.
 *
 * @throws ImproperlyConfigured for an origin that is none
 * @example
 * const protect = csrfProtection({ trustedOrigins: ['https://pay.example'] })
 * // app.use(express.urlencoded(), protect)
 * // app.get('/', (req, res) => res.send(`<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="${req.csrfToken()}">…`))
 */
export function csrfProtection<R extends PlainRequest = PlainRequest>(options: CsrfProtectionOptions<R> = {}) {
  const own = options.origin === undefined ? null : ownOrigin(options.origin)
  const { trustedOrigins = [], exempt = () => false, token = tokenInBody } = options
  return (request: R, response: PlainResponse, next: (error?: unknown) => void): void => {
    const sender = own ?? { scheme: schemeOf(request), host: textOf(request.headers['host']) ?? '' }
    const place =
      options.secret === undefined ? inCookie(request, response, sender.scheme === 'https', options.cookie) : inStore(request, options.secret)
    const secret = secretOf(request, options.secret ?? options.cookie?.name ?? 'csrftoken', place)
    Object.assign(request, {
      csrfToken: () => secret.token(),
      rotateCsrfSecret: () => secret.rotate(),
    } satisfies CsrfFields)
    const problem =
      isSafeMethod(request.method ?? 'GET') || exempt(request)
        ? null
        : problemOf(request, { ...sender, stored: place.read(), form: token(request) }, trustedOrigins)
    if (problem === null) next()
    else next(new ForgedRequest(problem))
  }
}

/** What stands against a request that would change something. */
function problemOf(
  request: PlainRequest,
  {
    scheme,
    host,
    stored,
    form,
  }: { readonly scheme: 'http' | 'https'; readonly host: string; readonly stored: string | null; readonly form: unknown },
  trustedOrigins: readonly string[],
): CsrfReason | null {
  const header = (name: string): string | undefined => (name === TOKEN_HEADERS[0] ? tokenInHeader(request) : textOf(request.headers[name]))
  const method = request.method ?? 'GET'
  return csrfProblem({ scheme, host, method, header, storedSecret: stored, formToken: typeof form === 'string' ? form : null }, { trustedOrigins })
}

const held: unique symbol = Symbol('secrets of this request')

/** One for each place: where an application within another has the middleware too, both give tokens of the same secret. */
function secretOf(request: object, key: unknown, place: SecretPlace): VisitorsSecret {
  const holder = request as { [held]?: Map<unknown, VisitorsSecret> }
  const secrets = (holder[held] ??= new Map())
  const known = secrets.get(key)
  if (known !== undefined) return known
  const made = new VisitorsSecret(place)
  secrets.set(key, made)
  return made
}

/** Where one visitor's secret is. */
interface SecretPlace {
  read(): string | null
  write(secret: string): void
}

class VisitorsSecret {
  readonly #place: SecretPlace
  #secret: string | null = null

  constructor(place: SecretPlace) {
    this.#place = place
  }

  token(): string {
    if (this.#secret === null) {
      this.#secret = usableSecret(this.#place.read()) ?? newCsrfSecret()
      this.#place.write(this.#secret)
    }
    return maskCsrfSecret(this.#secret)
  }

  rotate(): void {
    this.#secret = newCsrfSecret()
    this.#place.write(this.#secret)
  }
}

function inStore<R>(request: R, store: CsrfSecretStore<R>): SecretPlace {
  return { read: () => store.get(request) ?? null, write: (secret) => store.set(request, secret) }
}

function inCookie(request: PlainRequest, response: PlainResponse, isSecure: boolean, options: CsrfProtectionOptions['cookie'] = {}): SecretPlace {
  const { name: given = 'csrftoken', maxAge = COOKIE_AGE, sameSite = 'Lax', httpOnly = false, path = '/', domain = null } = options
  const isHosts = isSecure && path === '/' && domain === null && !given.startsWith('__')
  const name = isHosts ? `__Host-${given}` : given
  return {
    read: () => {
      const { value, count } = findCookie(textOf(request.headers['cookie']), name)
      // Of two, somebody else has set one.
      return count === 1 ? value : null
    },
    write: (secret) => {
      if (response.headersSent)
        throw new Error('csrfToken() was asked for after the head of the response was sent: its cookie would be lost. Ask before.')
      response.appendHeader('set-cookie', serializeCookie(name, secret, { maxAge, sameSite, httpOnly, path, domain, secure: isSecure }))
      const vary = response.getHeader('vary')
      response.setHeader('vary', vary === undefined ? 'Cookie' : `${String(vary)}, Cookie`)
      // A page with a token is for one visitor (K1).
      if (response.getHeader('cache-control') === undefined) response.setHeader('cache-control', 'private, no-store')
    },
  }
}

function tokenInBody({ body }: PlainRequest): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, CSRF_FIELD) ? (body as Record<string, unknown>)[CSRF_FIELD] : null
}

function tokenInHeader({ headers }: PlainRequest): string | undefined {
  const found = TOKEN_HEADERS.find((name) => headers[name] !== undefined)
  return found === undefined ? undefined : textOf(headers[found])
}

function schemeOf({ protocol, socket }: PlainRequest): 'http' | 'https' {
  const isEncrypted = protocol === undefined ? (socket as { readonly encrypted?: boolean } | undefined)?.encrypted === true : protocol === 'https'
  return isEncrypted ? 'https' : 'http'
}

function ownOrigin(origin: string): { readonly scheme: 'http' | 'https'; readonly host: string } {
  const { scheme = '', host = '' } = splitUrl(origin) ?? {}
  if ((scheme === 'http' || scheme === 'https') && host !== '' && origin === `${scheme}://${host}`) return { scheme, host }
  throw new ImproperlyConfigured(`“${origin}” is no origin. Write scheme and host as browsers do: https://shop.example.`)
}

/** Node joins what comes twice, all but a few; a list of those is no text that anybody sent. */
function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
