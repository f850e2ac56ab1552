/**
 * What a visitor sees without trying anything: the way to HTTPS, headers, cookies, the admin's door.
 * @module
 */

import { Refusal } from '../errors.js'
import type { ProbeAnswer } from './probe-client.js'
import { cookiesOf, isSecureCookie, type Probing } from './probing.js'

/** Half a year: what browsers' tools call short. */
const SHORT_HSTS = 15_768_000

/** Over plain HTTP there is nothing but the way to HTTPS. */
export async function redirect(probing: Probing): Promise<void> {
  const { origin, plain } = probing.targets
  if (!probing.isSecure)
    return probing.report(
      'security.W008',
      'http',
      'The site answers over plain HTTP.',
      'Check its https:// address, and set secureSslRedirect: true.',
    )
  if (plain === null) return void probing.found.skipped.push('the redirect from plain HTTP: name its address with --plain-url')
  let answer: ProbeAnswer
  try {
    answer = await probing.client.send(plain, { target: probing.targets.login })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return void probing.found.passed.push('nothing answers over plain HTTP')
  }
  const location = answer.headers.location ?? ''
  const leads = answer.status >= 300 && answer.status < 400 && URL.canParse(location) && new URL(location).protocol === 'https:'
  if (!leads)
    return probing.report(
      'security.W008',
      plain.origin,
      `Plain HTTP is answered with ${answer.status}, not with the way to HTTPS.`,
      'Set secureSslRedirect: true, or let the proxy in front redirect.',
      answer.status < 300 ? 'error' : 'warning',
    )
  if (new URL(location).hostname !== origin.hostname)
    return void probing.found.passed.push(`plain HTTP leads to ${new URL(location).hostname} over HTTPS`)
  probing.found.passed.push('plain HTTP leads to HTTPS')
}

export function headers(probing: Probing, { headers }: ProbeAnswer): void {
  const hsts = String(headers['strict-transport-security'] ?? '')
  const seconds = Number(/max-age="?(\d+)/i.exec(hsts)?.[1] ?? 0)
  if (probing.isSecure)
    probing.expect(
      seconds >= SHORT_HSTS,
      'HSTS',
      'security.W004',
      seconds === 0 ? 'Browsers are not told to stay with HTTPS (HSTS).' : `HSTS lasts ${seconds} seconds only.`,
      'Set securityHeaders.hstsSeconds to 31536000 once everything works over HTTPS.',
    )
  const policy = String(headers['content-security-policy'] ?? '')
  probing.expect(
    policy !== '',
    'content policy',
    'portcullis.W006',
    'There is no content policy.',
    'Leave contentSecurityPolicy as it is, or let the proxy pass it on.',
  )
  probing.expect(
    headers['x-content-type-options'] === 'nosniff',
    'nosniff',
    'security.W006',
    'Browsers may guess what a file is.',
    'Send X-Content-Type-Options: nosniff, as the site does by itself.',
  )
  probing.expect(
    headers['x-frame-options'] !== undefined || policy.includes('frame-ancestors'),
    'frames',
    'security.W002',
    'Other sites may show these pages in frames.',
    'Send X-Frame-Options: DENY, as the site does by itself.',
  )
  probing.expect(
    headers['referrer-policy'] !== undefined,
    'referrer policy',
    'security.W022',
    'Other sites may learn from which address a visitor came.',
    'Send Referrer-Policy: same-origin, as the site does by itself.',
  )
  const server = String(headers.server ?? '')
  const told = [headers['x-powered-by'], /\d/.test(server) ? server : undefined].filter((one) => one !== undefined)
  probing.expect(
    told.length === 0,
    'no versions told',
    'portcullis.W102',
    `The answers tell what the site runs on: ${told.join(', ')}.`,
    "Switch it off: app.disable('x-powered-by') in Express, server_tokens off in nginx.",
    'info',
  )
}

export async function loginPage(probing: Probing): Promise<void> {
  const answer = await probing.get(probing.targets.login)
  if (answer.status !== 200)
    return void probing.found.skipped.push(`the login page: ${probing.targets.login} answered ${answer.status}; name it with --login`)
  const sent = cookiesOf(answer)
  probing.hasSecureCookies = sent.length > 0 && sent.every(isSecureCookie)
  cookies(probing, answer)
  probing.expect(
    /no-store/.test(answer.headers['cache-control'] ?? ''),
    'the login page is not stored',
    'portcullis.W103',
    'The login page may be stored by caches, with a token in it.',
    'Let the proxy keep the Cache-Control of the site.',
  )
}

export async function adminPage(probing: Probing): Promise<void> {
  const { admin } = probing.targets
  const answer = await probing.get(admin)
  if (answer.status === 404 || answer.status === 403 || answer.status === 401)
    return void probing.found.passed.push(`${admin} is closed to strangers`)
  const isLogin = answer.status >= 300 && answer.status < 400 && /login/.test(answer.headers.location ?? '')
  if (!isLogin && answer.status === 200 && !/type="?password/i.test(answer.body))
    return probing.report('portcullis.W104', admin, 'The admin shows itself to a stranger.', 'Serve it with an adapter, behind the site.', 'error')
  const isPlain = !probing.isSecure
  probing.report(
    'portcullis.W105',
    admin,
    isPlain ? 'The admin can be used over plain HTTP.' : 'Everybody on the internet may try to log in to the admin.',
    isPlain ? 'Set secureSslRedirect: true.' : 'Where staff come from known networks, let the proxy admit only those.',
    isPlain ? 'error' : 'info',
  )
}

function cookies(probing: Probing, answer: ProbeAnswer): void {
  for (const text of cookiesOf(answer)) {
    const name = text.slice(0, Math.max(0, text.indexOf('=')))
    const isSession = name.endsWith('sessionid')
    if (probing.isSecure)
      probing.expect(
        isSecureCookie(text),
        `the cookie ${name} is secure`,
        isSession ? 'security.W012' : 'security.W016',
        `The cookie ${name} is sent over plain HTTP too.`,
        'Declare the proxy in trustedProxies and have it send X-Forwarded-Proto: the site does not know that it is reached over HTTPS.',
        'error',
      )
    if (isSession)
      probing.expect(
        /;\s*httponly/i.test(text),
        `the cookie ${name} is hidden from scripts`,
        'security.W015',
        `Scripts can read the cookie ${name}.`,
        'Leave cookieHttpOnly out.',
      )
    probing.expect(
      /;\s*samesite=(?:lax|strict)/i.test(text),
      `the cookie ${name} stays with its site`,
      'portcullis.W008',
      `The cookie ${name} goes along with requests of other sites.`,
      'Leave cookieSameSite out.',
    )
    if (probing.isSecure && /(?:sessionid|csrftoken)$/.test(name))
      probing.expect(
        /^__(?:Host|Secure)-/.test(name),
        `the cookie ${name} cannot be set by neighbours`,
        'portcullis.W007',
        `The cookie ${name} can be set by a neighbouring host.`,
        "Use '__Host-' names; beside a Django, set them on both sides.",
        'info',
      )
  }
}
