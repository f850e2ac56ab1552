/**
 * What a server must offer to be measured, and what it is told when it starts.
 * @module
 */

/** Where a server keeps everything. */
export interface Place {
  readonly engine: 'sqlite' | 'postgres'
  /** A path on SQLite, an address on PostgreSQL. */
  readonly url: string
}

/** Somebody with an account. */
export interface Person {
  readonly id: number
  readonly username: string
  readonly email: string
  /** As Django stores it: `argon2$argon2id$…`. No two visitors have the same, as on a real site. */
  readonly password: string
  readonly groups: readonly number[]
}

/** The same people, groups and permissions for every server. */
export interface Seed {
  readonly secretKey: string
  /** Everybody's, in the clear. */
  readonly password: string
  readonly people: readonly Person[]
  readonly groups: readonly { readonly id: number; readonly name: string; readonly permissions: readonly string[] }[]
}

/** What a server process is told, in the file that `BENCH_TASK` names. */
export interface Task {
  readonly place: Place
  readonly seed: Seed
}

/** A request, before it is bytes. */
export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A server that takes part. */
export interface Contestant {
  readonly name: string
  /** Whether its tables are Django's, which the benchmark makes for it, or its own, which it makes itself. */
  readonly tables: 'django' | 'own'
  /** `node`: this module is run. `gunicorn`: the Django project is. */
  readonly runs: { readonly node: URL; readonly flags?: readonly string[] } | { readonly gunicorn: true }
  /** Whether it can tell who may; a server without permissions sits that scenario out. */
  readonly knowsPermissions: boolean
  login(person: Person, password: string): Call
}

/** A running server. */
export interface RunningServer {
  readonly contestant: Contestant
  readonly port: number
  /** CPU time so far, in microseconds, of every thread and process of the server, not of the database. */
  cpu(): Promise<number>
  /** How many SQL statements one such request takes; null where nobody can tell. */
  statements(call: Call): Promise<number | null>
  stop(): Promise<void>
}

/** Who is asking: `{"user":null}` or `{"user":{…}}`. */
export const WHO = '/'
/** The same behind `shop.change_product`: 403 for who may not. */
export const PRODUCT = '/product'
/** What a browser that calls an API sends besides. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: 'application/json',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-site': 'same-origin',
}

/** Logs in with JSON, the way the servers of this folder take it. */
export function jsonLogin(person: Person, password: string): Call {
  return post('/login', { username: person.username, password })
}

/** The same with Django's token, as a script of the site's own pages sends it. */
export function jsonLoginWithToken(person: Person, password: string): Call {
  return post('/login', { username: person.username, password }, { cookie: `csrftoken=${CSRF_SECRET}`, 'x-csrftoken': CSRF_SECRET })
}

/** A POST of JSON. */
export function post(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Call {
  return { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

/** 32 letters and digits: what the visitor's cookie holds. */
const CSRF_SECRET = 'abcdefghijklmnopqrstuvwxyz012345'
