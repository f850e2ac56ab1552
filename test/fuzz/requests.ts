/**
 * Requests to every page: a form as the page has it, or any other body, spoiled here and there; and what must be so of every answer.
 * @module
 */

import fc, { type Arbitrary } from 'fast-check'
import { asHeader, hostileJson, hostileText, like, MARKUP, objectOf, spoiled } from './texts.js'
import { expectCleanPrototypes, withoutDelay } from './watch.js'
import { WHO, type FoundForm, type FuzzStage, type Sent, type Who } from './stage.js'

const ACCOUNTS = ['login', 'logout', 'register', 'profile', 'password_change', 'password_change/done', 'password_reset', 'password_reset/done', 'reset/done', 'sessions', 'sessions/end', 'data', 'reset/Nw/set-password', 'reset/Nw/abc-def', 'media/x.webp', 'static/pages.css'] // prettier-ignore
const MODELS = ['shop/product', 'shop/tag', 'shop/category', 'shop/orderline', 'shop/customer', 'shop/profile', 'auth/group', 'auth/permission', 'contenttypes/contenttype'] // prettier-ignore
/** The pages each model has besides, below an object and beside `add/`. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  'shop/customer': ['password', 'reset-link', 'permissions', 'sessions'],
  'auth/group': ['members'],
}
const BESIDE: Readonly<Record<string, readonly string[]>> = { 'auth/group': ['matrix'], 'contenttypes/contenttype': ['stale'] }

/** A key that is there when the request is sent: `~` and a number, of whatever there is then. */
const KEYS = ['~0', '~0', '~1', '~2', '~3', '~7']
const WRONG_KEYS = ['999', '0', '-1', '1.0', '01', '_31', '9223372036854775808', '1e3', 'NaN', 'add', '__proto__', 'constructor', '%31', '1%00', '%zz', '%F0%9F%98%80'] // prettier-ignore

const model = fc.constantFrom(...MODELS)
const key = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: fc.constantFrom(...WRONG_KEYS) })
const path: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ACCOUNTS).map((one) => `/accounts/${one}/`) },
  { weight: 4, arbitrary: model.map((one) => `/admin/${one}/`) },
  { weight: 4, arbitrary: fc.tuple(model, fc.nat({ max: 9 })).map(([one, which]) => `/admin/${one}/${chosen(['add', 'add', 'export', 'autocomplete', ...(BESIDE[one] ?? [])], which)}/`) }, // prettier-ignore
  { weight: 9, arbitrary: fc.tuple(model, key, fc.nat({ max: 19 })).map(([one, pk, which]) => `/admin/${one}/${pk}/${chosen(['change', 'change', 'delete', 'history', ...(BELOW[one] ?? [])], which)}/`) }, // prettier-ignore
  { weight: 1, arbitrary: fc.constantFrom('/admin/', '/admin/login/', '/admin/logout/', '/admin/password_change/', '/admin/theme/', '/admin/shop/', '/admin/static/admin.css') }, // prettier-ignore
)

function chosen(all: readonly string[], which: number): string {
  return all[which % all.length] ?? ''
}

const anyPath: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: path },
  {
    weight: 1,
    arbitrary: spoiled(path)
      .map((text) => (text.startsWith('/') ? text : `/${text}`))
      .map((text) => asHeader(text).replaceAll(' ', '%20')),
  },
)

const LIST = ['q', 'o', 'p', 'e', 'q', 'p', 'live', 'category', 'day', 'tags', 'kind', 'day__year', 'term', 'page', 'next', 'is_staff', 'name']
const QUERY = ['day__month', 'day__day', 'product', 'groups', 'user', 'model', 'field', 'price', 'owner', 'username', '_popup', '_changelist_filters', 'action', 'error', '__proto__', 'constructor', 'is_active', 'content_type', 'app', 'group', 'show', 'before', 'after'] // prettier-ignore
const VALUES = [
  '1',
  '2',
  '0',
  '-1',
  'true',
  'today',
  'this_month',
  '2026',
  '11',
  '31',
  '-1.2',
  '1.2.3',
  'null',
  'isnull',
  'dear',
  'gear',
  'name',
  'all',
  '/accounts/profile/',
]
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...LIST) },
  { weight: 4, arbitrary: fc.constantFrom(...QUERY) },
  { weight: 1, arbitrary: hostileText },
)
const query: Arbitrary<string> = fc
  .array(fc.tuple(name, fc.oneof(fc.constantFrom(...VALUES), hostileText)), { maxLength: 2 })
  .map((pairs) => pairs.map(([one, value]) => `${encoded(one)}=${encoded(value)}`).join('&'))
const anyQuery: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: query },
  { weight: 1, arbitrary: spoiled(query).map((text) => asHeader(text).replaceAll(/[ #]/g, '')) },
)

const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['accept', ['text/html', 'application/json', '*/*', 'text/html;q=0.1, application/json']],
  ['accept-language', ['de-DE,de;q=0.9,en;q=0.8', '*', 'en;q=2;q=']],
  ['user-agent', ['Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0', 'curl/8']],
  ['x-forwarded-for', ['6.6.6.6, 10.0.0.1']],
  ['x-forwarded-host', ['evil.example']],
  ['forwarded', ['for=6.6.6.6;host=evil.example']],
  ['referer', ['http://shop.example/accounts/login/', 'http://evil.example/']],
  ['origin', ['http://shop.example', 'null', 'http://evil.example']],
  ['sec-fetch-site', ['same-origin', 'cross-site', 'none']],
  ['if-none-match', ['"abc"', '*']],
  ['range', ['bytes=0-10']],
  ['cookie', ['sessionid=abcdefghijklmnopqrstuvwxyz012345; csrftoken=x', 'portcullis_notice=registered']],
  ['content-length', ['0', '5', '99999999999']],
  ['host', ['shop.example', 'evil.example', 'shop.example:99999']],
  ['x-requested-with', ['XMLHttpRequest']],
  ['x-csrftoken', ['x'.repeat(64), '']],
]
const extraHeader: Arbitrary<readonly [string, string]> = fc
  .constantFrom(...HEADERS)
  .chain(([name, values]) => like(...values).map((value) => [name, asHeader(value)] as const))

type Change = readonly [kind: 'set' | 'remove' | 'repeat' | 'rename' | 'add', which: number, text: string]
const change: Arbitrary<Change> = fc.tuple(
  fc.constantFrom('set', 'set', 'set', 'remove', 'repeat', 'rename', 'add'),
  fc.nat({ max: 200 }),
  fc.oneof({ weight: 2, arbitrary: hostileText }, { weight: 1, arbitrary: fc.constantFrom(...VALUES) }),
)

/** A request in the making: which form it sends is known when the page is there. */
export interface Attempt {
  readonly who: Who
  readonly path: string
  readonly query: string
  readonly method: string
  readonly wantsJson: boolean
  readonly writing: 'urlencoded' | 'multipart' | 'json' | 'raw'
  readonly form: number
  readonly changes: readonly Change[]
  readonly json: unknown
  readonly raw: string
  readonly type: string | null
  readonly headers: readonly (readonly [string, string])[]
}

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'get',
]

/** Any request. */
export const attempt: Arbitrary<Attempt> = fc.record({
  who: fc.constantFrom(...WHO, 'superuser', 'superuser', 'superuser', 'superuser', 'staff'),
  path: anyPath,
  query: fc.oneof({ weight: 1, arbitrary: fc.constant('') }, { weight: 1, arbitrary: anyQuery }),
  method: fc.constantFrom(...METHODS),
  wantsJson: fc.boolean(),
  writing: fc.constantFrom('urlencoded', 'urlencoded', 'multipart', 'json', 'json', 'raw'),
  form: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 3),
  changes: fc.array(change, { maxLength: 4 }),
  json: hostileJson,
  raw: hostileText,
  type: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: like('multipart/form-data; boundary=x', 'text/plain', 'application/json; charset=utf-16').map(asHeader) }), // prettier-ignore
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(extraHeader, { maxLength: 2 }) }),
})

/** Pages whose forms are remembered: asking for each again would double the requests. */
const MOST_REMEMBERED = 400

/** Sends attempts and looks at the answers. */
export class Attacker {
  readonly #stage: FuzzStage
  readonly #forms = new Map<string, readonly FoundForm[]>()
  #sent = 0
  /** Who is not logged in any more: what a request has done to its visitor must not spare the next. */
  readonly #lost = new Set<Who>(WHO)
  readonly statuses = new Map<number, number>()

  constructor(stage: FuzzStage) {
    this.#stage = stage
  }

  async try(one: Attempt): Promise<void> {
    this.#sent += 1
    if (this.#lost.delete(one.who)) await this.#stage.revive(one.who)
    if (this.#sent % 25 === 1) await this.#stage.restock()
    const sent = await this.#request(one)
    const { status, text, headers } = await withoutDelay(async () => this.#stage.send(one.who, sent))
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    const isSentAway = status === 401 || (headers.get('location') ?? '').includes('/login/') || headers.getSetCookie().some((text) => /^sessionid=(?:""|;)/.test(text)) // prettier-ignore
    if (isSentAway || this.#sent % 100 === 0) this.#lost.add(one.who)
    // Warnings are no errors.
    const errors = this.#stage.takeErrors().filter((error) => error instanceof Error)
    const said = `${one.who} ${sent.method} ${sent.target} ${JSON.stringify([...sent.headers])} ${sent.body?.toString('latin1').slice(0, 600) ?? ''}`
    if (errors.length > 0) throw new Error(`${said} was answered ${status}, and an error was told to the log.`, { cause: errors[0] })
    if (status >= 500) throw new Error(`${said} was answered ${status}: ${text.slice(0, 300)}`)
    if (headers.get('content-type')?.startsWith('text/html') === true && text.includes(MARKUP.slice(2, 6)))
      throw new Error(`${said} put markup into the page: ${text.slice(Math.max(0, text.indexOf(MARKUP.slice(2, 6)) - 200)).slice(0, 300)}`)
    for (const [name, value] of headers) if (/[\r\n]/.test(value)) throw new Error(`${said} broke the header ${name}.`)
    if (headers.get('x-content-type-options') !== 'nosniff') throw new Error(`${said} was answered without the security headers.`)
    expectCleanPrototypes()
  }

  async #request({ who, path: pattern, query, method, wantsJson, writing, form, changes, json, raw, type, headers }: Attempt): Promise<Sent> {
    const path = this.#stage.fillIn(pattern)
    const accept: [string, string] = ['accept', wantsJson ? 'application/json' : 'text/html']
    const forms = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? await this.#formsOf(who, path) : []
    // To a page that takes no form one is sent now and then.
    const isOther = forms.every((one) => /\/(?:logout|theme)\/$/.test(one.action))
    if (method === 'POST' && isOther && form !== 3) return { method: 'GET', target: withQuery(path, query), headers: new Map([accept, ...headers]), body: null } // prettier-ignore
    const found = forms[form % Math.max(1, forms.length)]
    const target = withQuery(found?.action ?? path, query)
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return { method, target, headers: new Map([accept, ...headers]), body: null }
    const fields = changed(found?.fields ?? [], changes)
    const written = write(writing, fields, { json, raw })
    return { method, target, headers: new Map([accept, ['content-type', type ?? written.type], ...headers]), body: written.bytes }
  }

  async #formsOf(who: Who, path: string): Promise<readonly FoundForm[]> {
    const key = `${who} ${path}`
    const known = this.#forms.get(key)
    if (known !== undefined && this.#sent % 3 !== 0) return known
    const forms = await this.#stage.forms(who, path)
    if (this.#forms.size >= MOST_REMEMBERED) this.#forms.clear()
    this.#forms.set(key, forms)
    return forms
  }
}

function changed(fields: readonly (readonly [string, string])[], changes: readonly Change[]): (readonly [string, string])[] {
  let all = [...fields]
  for (const [kind, which, text] of changes) {
    const at = all.length === 0 ? 0 : which % all.length
    const [name = '', value = ''] = all[at] ?? []
    if (kind === 'add' || all.length === 0)
      all.push([which % 2 === 0 ? text : (['username', 'is_staff', '__proto__', '_selected_action', 'action', 'next'][which % 6] ?? ''), text])
    else if (kind === 'set') all[at] = [name, text]
    else if (kind === 'remove') all = all.filter((_, index) => index !== at)
    else if (kind === 'repeat') all.splice(at, 0, ...Array.from({ length: which % 7 }, () => [name, which % 3 === 0 ? text : value] as const))
    else all[at] = [`${name}${text}`.slice(0, 300), value]
  }
  return all
}

function write(
  writing: Attempt['writing'],
  fields: readonly (readonly [string, string])[],
  { json, raw }: { json: unknown; raw: string },
): { type: string; bytes: Buffer } {
  switch (writing) {
    case 'urlencoded':
      return {
        type: 'application/x-www-form-urlencoded',
        bytes: Buffer.from(fields.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')),
      }
    case 'multipart': {
      const parts = fields.map(
        ([name, value]) =>
          `--x\r\ncontent-disposition: form-data; name="${name.replaceAll(/["\r\n]/g, '_')}"${name.startsWith('picture') ? '; filename="a.png"' : ''}\r\n\r\n${value}\r\n`,
      )
      return { type: 'multipart/form-data; boundary=x', bytes: Buffer.from(`${parts.join('')}--x--\r\n`) }
    }
    case 'json': {
      const members = fields.map(([name, value], index) => [name, index % 5 === 4 ? json : value] as const)
      return { type: 'application/json', bytes: Buffer.from(JSON.stringify(fields.length === 0 ? json : objectOf(members))) }
    }
    case 'raw':
      return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(raw) }
  }
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
