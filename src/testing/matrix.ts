/**
 * Who may call what, as a table that is checked cell by cell.
 * @module
 */

import type { Portcullis, SiteTypes, UserIn } from '../site.js'
import { createClient, type ClientOptions, type ClientTarget } from './client.js'

/**
 * What a person meets at a route: `allowed` (anything below 400 but a login page), `login` (a login page, or 401), `denied` (403),
 * or the status itself.
 */
export type Outcome = 'allowed' | 'login' | 'denied' | number

/** One row: a route, and what each person meets there. */
export interface MatrixRow<Person extends string> extends ClientOptions {
  /** `GET /products/`, `POST /products/`; a path alone is a GET. */
  readonly route: string
  readonly expected: Readonly<Record<Person, Outcome>>
}

/** The whole table. */
export interface Matrix<Person extends string, User> {
  /** The address of a server, or its `fetch` function. */
  readonly target: ClientTarget
  /** By name; null is a visitor without a login. */
  readonly people: Readonly<Record<Person, User | null>>
  readonly rows: readonly MatrixRow<Person>[]
}

/**
 * Calls every route as every person and compares; throws an error that lists every cell that is otherwise than expected.
 * Each call is made with a login of its own, so that none disturbs another.
 *
 * @example
 * await expectMatrix(auth, {
 *   target: 'http://127.0.0.1:8000',
 *   people: { nobody: null, user },
 *   rows: [{ route: 'GET /members/', expected: { nobody: 'login', user: 'allowed' } }],
 * })
 */
export async function expectMatrix<S extends SiteTypes, Person extends string>(
  auth: Portcullis<S>,
  matrix: Matrix<Person, UserIn<S>>,
): Promise<void> {
  const wrong: string[] = []
  for (const { route, expected, ...options } of matrix.rows) {
    const [method, path] = readRoute(route)
    for (const [person, outcome] of Object.entries<Outcome>(expected)) {
      if (!Object.hasOwn(matrix.people, person)) throw new Error(`“${person}” at ${route} is nobody in \`people\`.`)
      const client = createClient(auth, matrix.target)
      const user = matrix.people[person as Person]
      if (user !== null) await client.loginAs(user)
      const response = await client.request(method, path, options)
      await response.body?.cancel()
      const met = metBy(response, path, auth.internals.settings.loginUrl)
      if (outcome !== met && outcome !== response.status) wrong.push(`${route} as ${person}: expected ${outcome}, met ${met} (${response.status})`)
    }
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} of the matrix are otherwise:\n${wrong.join('\n')}`)
}

function metBy(response: Response, path: string, loginUrl: string): Outcome {
  if (response.status === 401) return 'login'
  if (response.status === 403) return 'denied'
  if (response.status >= 400) return response.status
  const location = response.headers.get('location')
  return response.status >= 300 && location !== null && isLoginPage(location, path, loginUrl) ? 'login' : 'allowed'
}

/** The site's login page, or one of the guard's own: whoever is sent there is to come back. */
function isLoginPage(location: string, path: string, loginUrl: string): boolean {
  const [address = '', query = ''] = location.split('#', 1).join().split('?', 2)
  return address === loginUrl || [...new URLSearchParams(query).values()].includes(path)
}

function readRoute(route: string): [method: string, path: string] {
  const match = /^(?:([A-Z]+) )?(\/\S*)$/.exec(route)
  if (match === null) throw new Error(`“${route}” is no route. Write it like "GET /products/".`)
  return [match[1] ?? 'GET', match[2] ?? '/']
}
