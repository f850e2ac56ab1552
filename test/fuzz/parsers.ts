/**
 * Everything that reads a text from outside, each with texts that look like what it reads.
 * @module
 */

import fc, { type Arbitrary } from 'fast-check'
import { canonicalAddress, isSameAddress, normalizeEmail } from '../../src/accounts/email-address.js'
import { normalizeUsername, usernameFromInput, usernameProblems } from '../../src/accounts/names.js'
import { quoteKey, unquoteKey } from '../../src/admin/key-text.js'
import { wordsOf } from '../../src/admin/list/search.js'
import { checkResetToken, makeResetToken } from '../../src/authentication/reset-tokens.js'
import { wantsJson } from '../../src/authentication/site-request.js'
import { caseFold } from '../../src/base/case-folding.js'
import { FixedClock } from '../../src/base/clock.js'
import { cookieHeader, keepCookie } from '../../src/base/cookie-jar.js'
import { isEmailAddress, validateEmail } from '../../src/base/email-address.js'
import { decodeUid, encodeUtf8, fromBase36, fromBase62, fromBase64Url, fromHex } from '../../src/base/encoding.js'
import { escapeHtml, safeHref } from '../../src/base/html.js'
import { pythonJson } from '../../src/base/python-json.js'
import { codePointLength, isDigit, lower, nfkc, splitWords, strip } from '../../src/base/text.js'
import { Keys } from '../../src/crypto/keys.js'
import { decodePayload, encodePayload } from '../../src/crypto/payload.js'
import { checkToken, makeToken } from '../../src/crypto/purpose-tokens.js'
import { signCookie, unsignCookie } from '../../src/crypto/signed-cookies.js'
import { dumps, loads } from '../../src/crypto/signing.js'
import { composeMessage, isMailAddress, maskAddress } from '../../src/mail/message.js'
import { isStoredName } from '../../src/media/storage.js'
import { deviceName } from '../../src/protection/device-name.js'
import { takeNotice } from '../../src/pages/notices.js'
import { algorithmOf, identifyHasher } from '../../src/passwords/identify.js'
import { passwordHashers } from '../../src/passwords/password-hashers.js'
import { PasswordService } from '../../src/passwords/password-service.js'
import { readBody } from '../../src/protection/body/read-body.js'
import { parseMediaType } from '../../src/protection/body/media-type.js'
import { addressKey, clientAddress, isTrustedProxy, trustedProxies } from '../../src/protection/client-address.js'
import { findCookie, readCookies } from '../../src/protection/cookies.js'
import { csrfProblem } from '../../src/protection/csrf.js'
import { doesTokenMatch, maskCsrfSecret, newCsrfSecret, tokenFormatProblem } from '../../src/protection/csrf-tokens.js'
import { checkHost } from '../../src/protection/host-check.js'
import { accountName } from '../../src/protection/lockouts/account-name.js'
import { safeRedirectTarget, urlHasAllowedHostAndScheme } from '../../src/protection/safe-redirects.js'
import { SessionEncoding, signedAt } from '../../src/sessions/encoding.js'
import { isPossibleKey } from '../../src/sessions/session-keys.js'
import { readSessionJson } from '../../src/sessions/session-json.js'
import { asHeader, hostileJson, hostileText, jsonText, like, objectOf, spoiled } from './texts.js'

/** One thing that reads. */
export interface ParserTarget {
  readonly name: string
  readonly input: Arbitrary<unknown>
  /** Throws where something is wrong; errors of ours are answers. */
  readonly run: (input: never) => unknown
}

const KEY = 'a key for the tests of hostile input, long enough to be one: 0123456789'
const keys = new Keys(KEY, ['an older key that is retired, of the same length, more or less: 0123456789'])
const clock = new FixedClock('2026-11-23T08:00:00.000Z')
const now = clock.now()
const owner = { pk: 7, password: 'pbkdf2_sha256$1$salt$hash', lastLogin: null, email: 'ada@example.com' }
const encoding = new SessionEncoding({ keys, clock })
const passwords = new PasswordService({ hashers: passwordHashers({ preferred: 'pbkdf2_sha256', costs: { pbkdf2: { iterations: 2 } } }) })
const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'])
const secret = newCsrfSecret()
const meaning = { purpose: 'change-email', subject: '7', context: ['ada@example.com'] }

/** A target that takes one text. */
function reads(name: string, input: Arbitrary<string>, run: (text: string) => unknown): ParserTarget {
  return { name, input, run: run as (input: never) => unknown }
}

const header = (...texts: readonly string[]): Arbitrary<string> => like(...texts).map(asHeader)

const MULTIPART = `--x\r\ncontent-disposition: form-data; name="username"\r\n\r\nada\r\n--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x--\r\n`
const URLENCODED = 'username=ada&password=a%20b+c&__proto__=1&a[b]=c&a=1&a=2&next=%2Faccounts%2F'
const CONTENT_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data; boundary="x"; charset=utf-8',
  'text/plain',
]

interface Body {
  readonly type: string
  readonly length: string | undefined
  readonly bytes: Buffer
  readonly cuts: readonly number[]
}

const body: Arbitrary<Body> = fc.record({
  type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...CONTENT_TYPES) }, { weight: 1, arbitrary: header(...CONTENT_TYPES) }),
  length: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: header('120', '0', '99999999999', '-1', '1e3') }),
  bytes: fc.oneof(like(MULTIPART).map((text) => Buffer.from(text, 'latin1')), like(URLENCODED).map((text) => Buffer.from(text, 'utf8')), jsonText.map((text) => Buffer.from(text, 'utf8')), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))), // prettier-ignore
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
})

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const cut of cuts) {
    yield bytes.subarray(at, at + cut)
    at += cut
  }
  yield bytes.subarray(at)
}

async function readsBody({ type, length, bytes, cuts }: Body): Promise<void> {
  const limits = { totalBytes: 20_000, fields: 50, jsonDepth: 5, files: 2 }
  const data = await readBody({ contentType: type, contentLength: length, stream: inPieces(bytes, cuts), parsed: undefined }, limits)
  let [fields, size] = [0, 0]
  for (const [name, values] of data.fields) {
    fields += values.length
    for (const one of values) if (typeof one === 'string') size += name.length + one.length
  }
  if (data.kind === 'form' && (fields > limits.fields || size > 2 * limits.totalBytes)) throw new Error('More was read than the limits allow.')
  if (data.files.size > limits.files) throw new Error('More files were read than the limits allow.')
}

const parsedBody = fc.record({
  type: fc.constantFrom(...CONTENT_TYPES),
  parsed: fc.oneof(hostileJson, fc.array(fc.tuple(hostileText, hostileText), { maxLength: 6 }).map((entries) => new URLSearchParams(entries.map(([a, b]) => [a.toWellFormed(), b.toWellFormed()] as [string, string]))), fc.uint8Array({ maxLength: 60 }), jsonText), // prettier-ignore
})

const HASHES = [
  'pbkdf2_sha256$2$salt$QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=',
  'pbkdf2_sha1$1$salt$QUJDREVGR0hJSktMTU5PUFFSU1Q=',
  'argon2$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
  'scrypt$salt$2$1$1$QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZhYmNkZWZhYmNkZWZhYmNkZWZhYmNkZWZhYmNkZWY=',
  'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'bcrypt$$2b$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'md5$salt$5f4dcc3b5aa765d61d8327deb882cf99',
  '!unusable0123456789012345678901234567890',
]
const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 Edg/129.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'curl/8.5.0',
]
const ADDRESSES = ['203.0.113.9', '10.1.2.3', '2001:db8::1', '[2001:db8::1]:443', '::ffff:10.0.0.1', '203.0.113.9:80', 'fe80::1%eth0']
const TARGETS = [
  '/accounts/profile/?a=b#c',
  'http://shop.example/x',
  '//evil.example',
  'https://shop.example:443\\@evil.example',
  '///x',
  '/\\evil',
  'javascript:alert(1)',
]
const MAILS = ['ada@example.com', '"ada lovelace"@example.com', 'ada@[127.0.0.1]', 'ada@пример.example', 'a.d.a+x@sub.example.co.uk']
const COOKIES = ['sessionid=abcdefghijklmnopqrstuvwxyz012345; csrftoken=ABC', 'a="b;c"; a=d', '__Host-sessionid=x', 'portcullis_notice=registered']

/** All of them. */
export const parserTargets: readonly ParserTarget[] = [
  { name: 'a body as it arrives', input: body, run: readsBody },
  {
    name: 'a body that was parsed before',
    input: parsedBody,
    run: async ({ type, parsed }: { type: string; parsed: unknown }) =>
      readBody({ contentType: type, contentLength: undefined, stream: null, parsed }),
  },
  reads('media type', header(...CONTENT_TYPES), parseMediaType),
  reads('cookies', header(...COOKIES), (text) => {
    readCookies(text)
    findCookie(text, 'sessionid')
    takeNotice(text, '/accounts/')
  }),
  reads('set-cookie', header('sessionid=x; Path=/; HttpOnly; Max-Age=0', '__Host-a=b; Secure'), (text) => {
    const jar = new Map<string, string>()
    keepCookie(jar, text)
    cookieHeader(jar)
  }),
  reads('host', header('shop.example', 'shop.example:8000', '[::1]:80', 'SHOP.example.'), (text) =>
    checkHost(text, ['.shop.example', '[::1]', 'localhost']),
  ),
  reads('address of the client', header(...ADDRESSES, '203.0.113.9, 10.0.0.1, 127.0.0.1'), (text) => {
    clientAddress({ socketAddress: '10.0.0.1', forwardedFor: text }, proxies)
    clientAddress({ socketAddress: text, forwardedFor: '6.6.6.6' }, proxies)
    isTrustedProxy(text, proxies)
    addressKey(text)
    trustedProxies([text])
  }),
  reads('accept', header('text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'application/json', '*/*'), (text) =>
    wantsJson({ header: (name) => (name === 'accept' ? text : undefined) }),
  ),
  reads('target of a redirect', like(...TARGETS), (text) => {
    const allowed = { allowedHosts: ['shop.example'], requireHttps: false }
    urlHasAllowedHostAndScheme(text, allowed)
    const target = safeRedirectTarget(text, { ...allowed, host: 'shop.example' })
    if (target !== null && !['shop.example'].includes(new URL(target, 'http://shop.example/').host)) throw new Error(`It leads to ${target}.`)
    safeHref(text)
  }),
  reads('sender of a request', header('http://shop.example', 'null', 'https://evil.example', 'http://shop.example:80/x'), (text) => {
    for (const name of ['origin', 'referer', 'sec-fetch-site', 'x-csrftoken']) {
      const head = { origin: 'http://shop.example' as string | undefined, [name]: text } as Record<string, string | undefined>
      csrfProblem(
        { method: 'POST', scheme: 'http', host: 'shop.example', header: (one) => head[one], storedSecret: secret },
        { trustedOrigins: ['https://*.shop.example'] },
      )
    }
  }),
  reads('token of a form', like(maskCsrfSecret(secret), secret), (text) => {
    if (tokenFormatProblem(text) === null) doesTokenMatch(text, secret)
  }),
  reads(
    'session',
    like(encoding.encode({ _auth_user_id: '7', cart: ['mug'] }), new SessionEncoding({ keys, clock, compress: true }).encode({ a: 'x'.repeat(300) })),
    (text) => {
      encoding.read(text)
      signedAt(text)
      isPossibleKey(text)
    },
  ),
  reads('JSON of a session', jsonText, readSessionJson),
  reads('payload', like(encodePayload({ a: 1 }), encodePayload({ a: 'x'.repeat(999) }, { compress: true })), (text) =>
    decodePayload(text, { maxBytes: 10_000 }),
  ),
  reads('signed value', like(dumps({ invite: 7 }, { key: keys, clock }), dumps('x'.repeat(500), { key: keys, clock, compress: true })), (text) =>
    loads(text, { key: keys, clock, maxAge: 60 }),
  ),
  reads('signed cookie', like(signCookie('dark', { name: 'theme', keys, clock } as never)), (text) =>
    unsignCookie(text, { name: 'theme', keys, clock } as never),
  ),
  reads('token for a purpose', like(makeToken(keys, meaning as never, { clock })), (text) =>
    checkToken(keys, text, meaning as never, { maxAge: 60, clock }),
  ),
  reads('token of a reset link', like(makeResetToken(keys, owner, { now })), (text) => checkResetToken(keys, owner, text, { now })),
  reads('numbers and bytes in letters', like('Nw', 'bqx3k', '1zzzzz', 'deadbeef', '8J-YgA'), (text) => {
    for (const read of [decodeUid, fromBase36, fromBase62, fromBase64Url, fromHex]) read(text)
  }),
  reads('stored password', like(...HASHES), (text) => {
    algorithmOf(text)
    identifyHasher(text)
    passwords.identify(text)
    passwords.mustUpdate(text)
    passwords.safeSummary(text)
  }),
  reads(
    'password against what is stored',
    spoiled(fc.constantFrom(...HASHES)).filter((text) => !/\d{3}/.test(text.slice(0, 60)) && text.length < 400),
    async (text) => passwords.check('guess', text),
  ),
  reads('mail address', like(...MAILS), (text) => {
    validateEmail(text)
    isEmailAddress(text)
    normalizeEmail(text)
    canonicalAddress(text)
    isSameAddress(text, 'ada@example.com')
    isMailAddress(text)
    maskAddress(text)
  }),
  reads('mail', hostileText, (text) =>
    composeMessage(
      { to: { address: 'ada@example.com', name: text }, subject: text, text, headers: { 'X-Thing': text } },
      { from: { address: 'shop@example.com' }, date: now },
    ),
  ),
  reads('login name', like('ada', 'Ada Lovelace', 'ａｄａ', 'ada@example.com'), (text) => {
    normalizeUsername(text)
    usernameFromInput(text)
    usernameProblems(text)
    accountName(text)
    caseFold(text)
  }),
  reads('text', hostileText, (text) => {
    for (const read of [nfkc, strip, lower, isDigit, splitWords, codePointLength, escapeHtml, wordsOf]) read(text)
    if (text.isWellFormed()) encodeUtf8(text)
    pythonJson(text)
  }),
  reads('browser', header(...USER_AGENTS), deviceName),
  reads('name of a picture', like('profile_pics/7w0fvkzq2m8s4c1x5b3nj9rtyd.webp'), isStoredName),
  reads('key of an object in a path', like('7', '_2F', 'a_5Fb', '__fk__'), (text) => {
    const key = unquoteKey(text)
    if (text.isWellFormed() && unquoteKey(quoteKey(text)) !== text) throw new Error('A key does not survive its own quoting.')
    return key
  }),
  {
    name: 'values as JSON',
    input: hostileJson.map((value) => objectOf([['a', value]])),
    run: (value: Record<string, unknown>) => readSessionJson(JSON.stringify(value)),
  },
]
