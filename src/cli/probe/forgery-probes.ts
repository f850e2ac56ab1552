/**
 * What a visitor may make up, and whether it is believed: a host, a scheme, an address, a form; and what an error tells.
 * @module
 */

import { cookiesOf, isSecureCookie, isOk, tells, type Probing } from './probing.js'

/** A name that nobody has (RFC 2606). */
const FOREIGN_HOST = 'portcullis-check.invalid'
/** An address that nobody has (RFC 5737). */
const FOREIGN_ADDRESS = '198.51.100.77'

/** A reset link made from such a host would lead whoever clicks it astray (F7). */
export async function foreignHost(probing: Probing): Promise<void> {
  const answer = await probing.send({ target: probing.targets.reset, headers: { host: FOREIGN_HOST } })
  if (answer === null || answer.status >= 400) return void probing.found.passed.push('a foreign Host is refused')
  const isTold = tells(answer, FOREIGN_HOST)
  probing.expect(
    !isTold && !isOk(answer),
    'a foreign Host leads to the site itself',
    'portcullis.W106',
    isTold
      ? 'The site takes any name from the header Host, and repeats it in its answer: links in mails may lead to strangers.'
      : 'The site answers to any name in the header Host.',
    'Name its own in allowedHosts and baseUrl, and let the proxy refuse others.',
    isTold ? 'error' : 'warning',
  )
}

export async function forwardedHost(probing: Probing): Promise<void> {
  const { login, reset } = probing.targets
  const headers = { 'x-forwarded-host': FOREIGN_HOST, forwarded: `host=${FOREIGN_HOST}` }
  // rule: regex: an address that the operator typed
  for (const target of [reset, `${login.replace(/[^/]+\/?$/, '')}profile/`]) {
    const answer = await probing.send({ target, headers })
    if (answer !== null && tells(answer, FOREIGN_HOST))
      return probing.report(
        'portcullis.W107',
        'X-Forwarded-Host',
        'A host that a visitor makes up in X-Forwarded-Host or Forwarded is believed.',
        'Name only your proxies in trustedProxies, and let them overwrite the header.',
        'error',
      )
  }
  probing.found.passed.push('a forged X-Forwarded-Host is not believed')
}

export async function forwardedScheme(probing: Probing): Promise<void> {
  const { login } = probing.targets
  const answer = await probing.send({ target: login, headers: { 'x-forwarded-proto': probing.isSecure ? 'http' : 'https' } })
  const location = answer?.headers.location ?? ''
  const losesSecure = answer !== null && probing.hasSecureCookies && !cookiesOf(answer).every(isSecureCookie)
  const isBelieved = probing.isSecure
    ? losesSecure || (answer !== null && answer.status >= 300 && answer.status < 400 && location.startsWith(probing.targets.origin.origin))
    : answer !== null && (answer.headers['strict-transport-security'] !== undefined || cookiesOf(answer).some(isSecureCookie))
  probing.expect(
    !isBelieved,
    'a forged X-Forwarded-Proto is not believed',
    'portcullis.W108',
    'A scheme that a visitor makes up in X-Forwarded-Proto is believed.',
    'Name only your proxies in trustedProxies, and let them overwrite the header.',
    'error',
  )
}

/** Whether an address is believed shows only where it changes the answer: in a page that repeats it, or at a door that opens for some. */
export async function forwardedAddress(probing: Probing): Promise<void> {
  const { admin } = probing.targets
  const forged = (address: string): Record<string, string> => ({ 'x-forwarded-for': address, 'x-real-ip': address, forwarded: `for=${address}` })
  const honest = await probing.send({ target: admin })
  const inside = await probing.send({ target: admin, headers: forged('127.0.0.1') })
  const strange = await probing.send({ target: '/', headers: forged(FOREIGN_ADDRESS) })
  const opens = honest !== null && inside !== null && [401, 403, 404].includes(honest.status) && inside.status < 400
  const isTold = strange !== null && tells(strange, FOREIGN_ADDRESS)
  probing.expect(
    !opens && !isTold,
    'a forged X-Forwarded-For opens nothing and is not repeated',
    'portcullis.W109',
    opens ? `${admin} opens for who says they come from 127.0.0.1.` : 'An address that a visitor makes up in X-Forwarded-For is believed.',
    'Name only your proxies in trustedProxies, and let them overwrite the header.',
    'error',
  )
}

export async function trace(probing: Probing): Promise<void> {
  const answer = await probing.send({ method: 'TRACE', target: '/', headers: { 'x-portcullis-check': 'echo' } })
  probing.expect(
    answer === null || answer.status >= 400 || !/x-portcullis-check/i.test(answer.body),
    'TRACE is refused',
    'portcullis.W110',
    'TRACE sends back what was sent, with cookies that scripts must not see.',
    'Refuse TRACE in the proxy in front.',
  )
}

export async function errors(probing: Probing): Promise<void> {
  const answers = [await probing.send({ target: '/portcullis-check/nothing-here' }), await probing.send({ target: '/%E0%A4%A' })]
  const leak = answers.map((answer) => (answer === null ? null : leakIn(answer.body))).find((one) => one !== null)
  probing.expect(
    leak === undefined,
    'error pages tell nothing',
    'security.W018',
    `An error page tells of the inside: ${leak}.`,
    'Start the site with NODE_ENV=production.',
    'error',
  )
}

/** The one request that would change something: a login from a foreign page, without a token, with a password that nobody has. */
export async function forgedLogin(probing: Probing): Promise<void> {
  const { login } = probing.targets
  const headers = { origin: `https://${FOREIGN_HOST}`, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' }
  const body = new URLSearchParams({ username: 'portcullis-check', password: 'not a password of anybody' }).toString()
  const answer = await probing.send({ method: 'POST', target: login, headers, body })
  if (answer === null || answer.status === 404 || answer.status === 405) return void probing.found.skipped.push(`forged logins: ${login} takes none`)
  if (answer.status >= 300 && answer.status < 400 && !answer.headers.location?.includes('login'))
    return void probing.found.skipped.push(`forged logins: ${login} leads elsewhere`)
  probing.expect(
    answer.status === 403 || answer.status === 429 || answer.status === 400,
    'a login from a foreign page is refused',
    'security.W003',
    `A login that a foreign page sends without a token is looked at (${answer.status}).`,
    'Serve the pages with an adapter’s site(), and leave csrf.exempt alone.',
    'error',
  )
}

/** What a page of an error must not hold. */
function leakIn(body: string): string | null {
  // rule: regex: pages of the site that is being checked, by the one who runs it
  if (/\n\s*at .+\(.+:\d+:\d+\)|&nbsp;at .+:\d+:\d+/.test(body)) return 'a stack trace'
  if (/node_modules[/\\]/.test(body)) return 'paths of packages'
  if (/DEBUG = True|Traceback \(most recent call last\)/.test(body)) return 'a debug page'
  if (/\b(?:SQLITE_|SequelizeDatabaseError|PostgresError|ER_[A-Z_]{4,})/.test(body)) return 'an error of the database'
  return null
}
