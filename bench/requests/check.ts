/**
 * Before anything is measured: everybody logs in, everybody is who they are, and who may not may not.
 * @module
 */

import { cookiesOf, send, toLoad, type Answer } from './call.js'
import { PRODUCT, WHO, type Call, type Person, type RunningServer, type Seed } from './contestant.js'
import type { LoadRequest } from './load.js'
import { VISITORS } from './seed.js'

/** The requests of each scenario, ready to be sent. */
export interface Scenarios {
  readonly anonymous: readonly LoadRequest[]
  readonly authenticated: readonly LoadRequest[]
  readonly permission: readonly LoadRequest[]
  readonly login: readonly LoadRequest[]
}

export type Scenario = keyof Scenarios

/** One request of each scenario, for counting its statements. */
export type Samples = Readonly<Record<Scenario, Call>>

const NOBODY = '"user":null'
/** Logins at once while visitors are made. */
const AT_ONCE = 4

/** Logs the visitors in and tries the server; throws with the first wrong answer. */
export async function prepare(server: RunningServer, seed: Seed): Promise<{ readonly scenarios: Scenarios; readonly samples: Samples }> {
  const { port, contestant } = server
  const people = seed.people.slice(0, VISITORS)
  const outsider = seed.people.at(-1) as Person
  const expect = (what: string, answer: Answer, isRight: boolean): void => {
    if (!isRight) throw new Error(`${contestant.name}: ${what} was answered ${answer.status} ${answer.body.slice(0, 300)}`)
  }
  const get = (path: string, cookie?: string): Call => ({ method: 'GET', path, ...(cookie === undefined ? {} : { headers: { cookie } }) })
  const login = async (person: Person): Promise<string> => {
    const answer = await send(port, contestant.login(person, seed.password))
    expect(`the login of ${person.username}`, answer, answer.status === 200 && answer.body.includes(`"${person.email}"`))
    return cookiesOf(answer)
  }

  const stranger = await send(port, get(WHO))
  expect('a visitor without a cookie', stranger, stranger.status === 200 && stranger.body.includes(NOBODY))
  const refused = await send(port, contestant.login(people[0] as Person, `${seed.password}!`))
  expect('a wrong password', refused, refused.status >= 400 && refused.status < 500)

  const cookies: string[] = []
  for (let start = 0; start < people.length; start += AT_ONCE) cookies.push(...(await Promise.all(people.slice(start, start + AT_ONCE).map(login))))
  for (const [index, person] of people.entries()) {
    const seen = await send(port, get(WHO, cookies[index]))
    expect(`${person.username} with their cookie`, seen, seen.status === 200 && seen.body.includes(`"${person.email}"`))
  }
  const genuine = cookies[0] as string
  const forged = genuine.replace(/(?<=(?:^|; )[^=]+=)./g, (letter) => (letter === 'a' ? 'b' : 'a'))
  const unknown = await send(port, get(WHO, forged))
  expect('a forged cookie', unknown, unknown.body.includes(NOBODY))
  if (contestant.knowsPermissions) {
    for (const [index, person] of people.entries()) {
      const may = await send(port, get(PRODUCT, cookies[index]))
      expect(`what ${person.username} may`, may, may.status === 200 && may.body.includes(`"${person.email}"`))
    }
    const mayNot = await send(port, get(PRODUCT, await login(outsider)))
    expect('what the outsider may not', mayNot, mayNot.status === 403)
    const nobody = await send(port, get(PRODUCT))
    expect('what nobody may', nobody, nobody.status === 401 || nobody.status === 403)
  }

  const forEach = (make: (person: Person, index: number) => Call): LoadRequest[] =>
    people.map((person, index) => toLoad(port, make(person, index), `"${person.email}"`))
  return {
    scenarios: {
      anonymous: [toLoad(port, get(WHO), NOBODY)],
      authenticated: forEach((_, index) => get(WHO, cookies[index])),
      permission: contestant.knowsPermissions ? forEach((_, index) => get(PRODUCT, cookies[index])) : [],
      login: forEach((person) => contestant.login(person, seed.password)),
    },
    samples: {
      anonymous: get(WHO),
      authenticated: get(WHO, genuine),
      permission: get(PRODUCT, genuine),
      login: contestant.login(people[0] as Person, seed.password),
    },
  }
}
