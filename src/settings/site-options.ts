/**
 * What `portcullis()` is given, looked at before anything is built: callers without types get a sentence instead of a crash deep inside.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** Every option there is, with what it must be: null where it is that. */
const OPTIONS = {
  // Keys and releases speak for themselves where they are read.
  secretKey: () => null,
  secretKeyFallbacks: (value: unknown) => (Array.isArray(value) ? null : 'a list of keys, newest first'),
  database: (value: unknown) =>
    isObject(value) && ('createDriver' in value || 'getExecutor' in value) ? null : "sqlite('shop.db'), postgres(url), mysql(url) or your own Kysely",
  user: (value: unknown) =>
    isModel(value) && 'usernameField' in Object(value) ? null : 'a class that extends abstractUser(…) or abstractBaseUser(…)',
  profile: (value: unknown) => (isModel(value) ? null : 'a class that extends model(…)'),
  models: (value: unknown) => (Array.isArray(value) && value.every(isModel) ? null : 'a list of classes that extend model(…): [Product, Invoice]'),
  permissions: (value: unknown) => (Array.isArray(value) ? null : 'the list that `portcullis types` writes'),
  django: () => null,
  passwords: (value: unknown) => (isObject(value) ? null : 'an object with hashers, pool or validators'),
  authenticationBackends: (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'function') ? null : 'a list of functions: [(context) => new ModelBackend(context)]',
  baseUrl: (value: unknown) => (typeof value === 'string' ? null : 'where the site is reached from outside, such as "https://shop.example"'),
  siteName: (value: unknown) => (typeof value === 'string' ? null : 'what people call the site'),
  allowedHosts: (value: unknown) => (isTexts(value) ? null : 'a list of names: ["shop.example"]'),
  trustedProxies: (value: unknown) => (isTexts(value) ? null : 'a list of networks: ["10.0.0.0/8"]'),
  loginUrl: (value: unknown) => (typeof value === 'string' ? null : 'a path: "/accounts/login/"'),
  loginRedirectUrl: (value: unknown) => (typeof value === 'string' ? null : 'a path: "/accounts/profile/"'),
  logoutRedirectUrl: (value: unknown) => (typeof value === 'string' ? null : 'a path, or null'),
  secureSslRedirect: (value: unknown) => (typeof value === 'boolean' ? null : 'true or false'),
  secureRedirectExempt: (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string' || one instanceof RegExp) ? null : 'a list of patterns: [/^health$/]',
  secureSslHost: (value: unknown) => (typeof value === 'string' ? null : 'a host: "shop.example"'),
  sessions: (value: unknown) => (isObject(value) ? null : 'an object with store, cookieAge or its neighbours'),
  csrf: (value: unknown) => (isObject(value) ? null : 'an object with trustedOrigins or its neighbours'),
  securityHeaders: (value: unknown) => (isObject(value) ? null : 'an object with hstsSeconds, contentSecurityPolicy or their neighbours'),
  bodyLimits: (value: unknown) => (isObject(value) ? null : 'an object with totalBytes or its neighbours'),
  remoteUser: (value: unknown) => (isObject(value) ? null : 'an object: { header: "x-remote-user" }'),
  lockouts: (value: unknown) => (value === false || isObject(value) ? null : 'an object with accountAndAddress or its neighbours, or false'),
  rateLimits: (value: unknown) => (value === false || isObject(value) ? null : 'an object with registration or its neighbours, or false'),
  events: (value: unknown) => (value === false || isObject(value) ? null : 'an object: { retention: 7_776_000 }, or false'),
  securityLog: (value: unknown) =>
    value === false || (isObject(value) && typeof (value as { write?: unknown }).write === 'function')
      ? null
      : 'an object with write(line): { write: (line) => console.log(line) }, or false',
  passwordReset: (value: unknown) => (isObject(value) ? null : 'an object: { timeout: 86_400 }'),
  registration: (value: unknown) => (isObject(value) ? null : "an object: { mode: 'invitation' }"),
  emails: (value: unknown) => (isObject(value) ? null : 'an object: { verification: true }'),
  requireVerifiedEmail: (value: unknown) => (typeof value === 'boolean' ? null : 'true or false'),
  notices: (value: unknown) => (value === false || isObject(value) ? null : 'an object: { newDevice: false }, or false'),
  mail: (value: unknown) => (isObject(value) ? null : 'an object: { transport: smtpTransport("smtp://mail.example"), from: "shop@example.com" }'),
  media: (value: unknown) => (isObject(value) && 'storage' in value ? null : 'an object: { storage: fileSystemStorage("media") }'),
  timeZone: (value: unknown) => (typeof value === 'string' ? null : 'an IANA name: "Europe/Berlin"'),
  personalData: (value: unknown) =>
    Array.isArray(value) && value.every((one) => isObject(one) && 'name' in one) ? null : 'a list of parts: [{ name: "orders", export, erase }]',
  silencedSystemChecks: (value: unknown) => (isTexts(value) ? null : 'a list of ids: ["security.W021"]'),
  onRefusal: isFunction,
  onError: isFunction,
  clock: (value: unknown) =>
    isObject(value) && typeof (value as { now?: unknown }).now === 'function' ? null : 'an object with now(), such as systemClock',
} satisfies Readonly<Record<string, (value: unknown) => string | null>>

/** For the compiler: nothing more, unless an option is missing in the list above. */
type Listed<O> = Exclude<keyof O, keyof typeof OPTIONS> extends never ? unknown : never

/** Throws an `ImproperlyConfigured` for the first option that is unknown or of another kind than it must be. */
export function checkOptions<O extends object>(options: O & Listed<O>): void {
  if (!isObject(options)) throw new ImproperlyConfigured('portcullis() takes an object: portcullis({ secretKey, database }).')
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      throw new ImproperlyConfigured(`portcullis() has no option “${name}”. It has: ${Object.keys(OPTIONS).join(', ')}.`)
  }
  for (const [name, expected] of Object.entries(OPTIONS)) {
    const value = (options as Readonly<Record<string, unknown>>)[name]
    if ((value === undefined || value === null) && name !== 'database') continue
    const wanted = expected(value)
    if (wanted !== null)
      throw new ImproperlyConfigured(
        `\`${name}\` is ${isObject(value) || typeof value === 'function' ? 'something else' : String(typeof value)}. Pass ${wanted}.`,
      )
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isFunction(value: unknown): string | null {
  return typeof value === 'function' ? null : 'a function'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isModel(value: unknown): boolean {
  return typeof value === 'function' && 'meta' in value
}
