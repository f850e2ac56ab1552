/**
 * HTTPS, headers, cookies, hosts and proxies, as they should be on the internet. Ids are Django's where Django asks the same.
 * @module
 */

import { finding, type DeploymentFacts, type Finding } from './facts.js'

/** What platforms set that put a proxy in front of every process. */
const BEHIND_A_PROXY = [
  'DYNO',
  'RENDER',
  'FLY_APP_NAME',
  'K_SERVICE',
  'RAILWAY_ENVIRONMENT',
  'VERCEL',
  'WEBSITE_INSTANCE_ID',
  'KUBERNETES_SERVICE_HOST',
]

/** What is wrong with how a site is reached. */
export function transportChecks(facts: DeploymentFacts): Finding[] {
  return [...httpsChecks(facts), ...headerChecks(facts), ...cookieChecks(facts), ...hostChecks(facts)]
}

function httpsChecks({ settings, headers, hasAdmin }: DeploymentFacts): Finding[] {
  const hasHsts = headers.hstsSeconds > 0
  const isHttps = settings.secureSslRedirect || hasHsts
  return [
    !hasHsts &&
      finding(
        'security.W004',
        'securityHeaders.hstsSeconds',
        'Browsers are not told to stay with HTTPS (HSTS): who types the name comes over plain HTTP first.',
        'Set hstsSeconds: an hour first, a year once everything works. It cannot be taken back before it has run out.',
      ),
    hasHsts &&
      !headers.hstsIncludeSubdomains &&
      finding(
        'security.W005',
        'securityHeaders.hstsIncludeSubdomains',
        'HSTS leaves out the names below this one: a site there over plain HTTP can set cookies for this one.',
        'Set hstsIncludeSubdomains: true, if all of them are reached over HTTPS.',
      ),
    hasHsts &&
      !headers.hstsPreload &&
      finding(
        'security.W021',
        'securityHeaders.hstsPreload',
        'Browsers learn of HSTS at the first visit only, which may be over plain HTTP.',
        'Set hstsPreload: true and enter the domain at hstspreload.org, if it shall never be reached without HTTPS again; or name this id in silencedSystemChecks.',
      ),
    !settings.secureSslRedirect &&
      finding(
        'security.W008',
        'secureSslRedirect',
        'Requests over plain HTTP are answered; their cookies are not secure, and what is in them can be read on the way.',
        'Set secureSslRedirect: true. Where the proxy in front sends plain requests on to HTTPS already, name this id in silencedSystemChecks.',
      ),
    hasAdmin &&
      !isHttps &&
      finding(
        'portcullis.W005',
        'admin',
        'The admin can be used over plain HTTP: passwords and sessions of staff can be read on the way.',
        'Set secureSslRedirect: true and hstsSeconds.',
      ),
  ]
}

function headerChecks({ headers }: DeploymentFacts): Finding[] {
  const { contentSecurityPolicy: policy } = headers
  return [
    headers.xFrameOptions === null &&
      finding(
        'security.W002',
        'securityHeaders.xFrameOptions',
        'Pages may be shown in frames of other sites, unless the content policy forbids it.',
        "Leave xFrameOptions out, or set 'DENY'.",
      ),
    headers.xFrameOptions === 'SAMEORIGIN' &&
      finding(
        'security.W019',
        'securityHeaders.xFrameOptions',
        'Pages may be shown in frames of this site.',
        "Set 'DENY', unless the site shows parts of itself in frames.",
      ),
    !headers.contentTypeNosniff &&
      finding(
        'security.W006',
        'securityHeaders.contentTypeNosniff',
        'Browsers may guess what a file is, and run a text as a script.',
        'Leave contentTypeNosniff out, or set true.',
      ),
    headers.referrerPolicy.length === 0 &&
      finding(
        'security.W022',
        'securityHeaders.referrerPolicy',
        'Other sites may learn from which address a visitor came.',
        "Leave referrerPolicy out, or set 'same-origin'.",
      ),
    (policy === null || /'unsafe-(?:inline|eval)'/.test(scriptPart(policy))) &&
      finding(
        'portcullis.W006',
        'securityHeaders.contentSecurityPolicy',
        policy === null
          ? 'There is no content policy: a script that gets into a page runs.'
          : 'The content policy lets scripts run that stand in a page.',
        'Leave contentSecurityPolicy out, or write one without unsafe-inline and unsafe-eval for scripts.',
      ),
  ]
}

/** What the policy says of scripts; `default-src` speaks for them where nothing else does. */
function scriptPart(policy: string): string {
  const parts = policy.split(';').map((part) => part.trim())
  return parts.find((part) => part.startsWith('script-src ')) ?? parts.find((part) => part.startsWith('default-src ')) ?? "'unsafe-inline'"
}

function cookieChecks({ sessions, csrf, options }: DeploymentFacts): Finding[] {
  const isPlainName = (name: string, domain: string | null, path: string): boolean =>
    !name.startsWith('__') && (options.django !== undefined || domain !== null || path !== '/')
  const plain = [
    ...(isPlainName(sessions.cookieName, sessions.cookieDomain, sessions.cookiePath) ? ['sessions'] : []),
    ...(!csrf.useSessions && isPlainName(csrf.cookieName, csrf.cookieDomain, csrf.cookiePath) ? ['csrf'] : []),
  ]
  return [
    sessions.cookieSecure === false &&
      finding(
        'security.W012',
        'sessions.cookieSecure',
        'The session cookie is sent over plain HTTP too, where anybody on the way can take it.',
        "Leave cookieSecure out: 'auto' is secure wherever the request is.",
      ),
    !sessions.cookieHttpOnly &&
      finding(
        'security.W015',
        'sessions.cookieHttpOnly',
        'Scripts can read the session cookie, and so can one that got into a page.',
        'Leave cookieHttpOnly out, or set true.',
      ),
    ...plain.map((subject) =>
      finding(
        'portcullis.W007',
        `${subject}.cookieName`,
        'The cookie has no name that begins with __Host- or __Secure-: a neighbouring host, or a page over plain HTTP, can set it.',
        options.django === undefined
          ? 'Leave cookieDomain and cookiePath out.'
          : "Give the cookie such a name here and in Django: '__Host-sessionid' (SESSION_COOKIE_NAME), '__Host-csrftoken' (CSRF_COOKIE_NAME).",
      ),
    ),
    sessions.cookieSameSite === 'None' &&
      finding(
        'portcullis.W008',
        'sessions.cookieSameSite',
        'Browsers send the session along with requests that other sites make.',
        "Leave cookieSameSite out, or set 'Lax'.",
      ),
  ]
}

function hostChecks({ settings, options, machine }: DeploymentFacts): Finding[] {
  const { trustedProxies, baseUrl } = settings
  const platform = BEHIND_A_PROXY.find((name) => machine.environment[name] !== undefined)
  return [
    options.allowedHosts === undefined &&
      baseUrl === null &&
      finding(
        'security.W020',
        'allowedHosts',
        'The site answers to the names of this machine only: localhost and its neighbours.',
        'Set baseUrl, such as "https://shop.example", or list its names in allowedHosts.',
      ),
    options.allowedHosts?.length === 0 &&
      finding('security.W020', 'allowedHosts', 'The list is empty: the site answers nobody.', 'Name the hosts it is reached by.'),
    settings.allowedHosts.includes('*') &&
      finding(
        'portcullis.W001',
        'allowedHosts',
        'The site answers to any name, which then stands in links, redirects and caches.',
        'List the names it is reached by.',
      ),
    platform !== undefined &&
      trustedProxies.length === 0 &&
      finding(
        'portcullis.W002',
        'trustedProxies',
        `${platform} is set: a proxy stands in front, and none is declared. Every visitor seems to have its address, and to come over plain HTTP.`,
        'Name the networks of the proxy in trustedProxies, after its documentation.',
      ),
    trustedProxies.some((network) => /\/0*[1-7]$/.test(network)) &&
      finding(
        'portcullis.W003',
        'trustedProxies',
        'A network among the trusted proxies is larger than any provider: strangers may say where they come from and that it was over HTTPS.',
        'Name the networks of your proxies alone.',
      ),
    baseUrl === null &&
      finding(
        'portcullis.W004',
        'baseUrl',
        'It is not said where the site is reached, so links in mails cannot be made.',
        'Set baseUrl, such as "https://shop.example".',
      ),
    baseUrl?.startsWith('http:') === true &&
      finding('portcullis.W004', 'baseUrl', 'Links in mails lead to plain HTTP, reset links too.', `Set "${baseUrl.replace(/^http:/, 'https:')}".`),
  ]
}
