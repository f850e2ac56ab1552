/**
 * The two that share a database, as a browser and a developer meet them: the same addresses and the same acts at both, so that a claim can
 * be tried in both directions.
 * @module
 */

import type { DjangoServer } from './django-server.js'
import { Visitor } from './visitor.js'

/** Everybody's first password. */
export const PASSWORD = 'notes on the engine'

/** The cookies of one browser. They know no ports, so both sides of one host get the same. */
export type Jar = Map<string, string>

/** Whose name the session has, and what it keeps. */
export interface Whoami {
  readonly name: string | null
  readonly values: Readonly<Record<string, unknown>>
}

/** A link to set a new password. */
export interface Link {
  readonly uid: string
  readonly token: string
}

/** Which side. */
export type SideName = 'Django' | 'portcullis'

/** Both ways round, for `test.each`. */
export const DIRECTIONS: readonly (readonly [by: SideName, at: SideName])[] = [
  ['Django', 'portcullis'],
  ['portcullis', 'Django'],
]

/** The other one. */
export function otherThan(name: SideName): SideName {
  return name === 'Django' ? 'portcullis' : 'Django'
}

/** One side: what its pages do for a browser, and what its developers do to a user. */
export interface Side {
  readonly name: SideName
  visitor(jar?: Jar): Visitor
  setPassword(username: string, password: string): Promise<void>
  update(username: string, values: { readonly isActive?: boolean; readonly email?: string }): Promise<void>
  delete(username: string): Promise<void>
  makeLink(username: string): Promise<Link>
  /** Whose link it is; null where it opens nothing. */
  nameOfLink(link: Link): Promise<string | null>
  /** The links in the mails to this address, oldest first, without their host. */
  mailedLinks(address: string): Promise<string[]>
  clearSessions(): Promise<void>
}

/** Django's side. */
export function sideOfDjango({ origin, shell }: DjangoServer): Side {
  const users = 'from django.contrib.auth import get_user_model\nusers = get_user_model().objects\n'
  const toUser = async (username: string, script: string, given: unknown = null): Promise<void> =>
    shell(`${users}user = users.get(username=given[0])\nvalue = given[1]\n${script}`, [username, given])
  return {
    name: 'Django',
    visitor: (jar) => new Visitor(fetch, origin, jar),
    setPassword: (username, password) => toUser(username, 'user.set_password(value)\nuser.save()', password),
    update: (username, { isActive, email }) =>
      toUser(username, 'for name, one in value.items():\n    setattr(user, name, one)\nuser.save()', {
        is_active: isActive ?? true,
        ...(email === undefined ? {} : { email }),
      }),
    delete: (username) => toUser(username, 'user.delete()'),
    makeLink: (username) =>
      shell(
        `${users}from django.contrib.auth.tokens import default_token_generator as tokens
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
user = users.get(username=given)
answer({"uid": urlsafe_base64_encode(force_bytes(user.pk)), "token": tokens.make_token(user)})`,
        username,
      ),
    nameOfLink: (link) =>
      shell(
        `${users}from django.contrib.auth.tokens import default_token_generator as tokens
from django.utils.http import urlsafe_base64_decode
user = users.filter(pk=urlsafe_base64_decode(given["uid"]).decode()).first()
answer(user.username if tokens.check_token(user, given["token"]) else None)`,
        link,
      ),
    mailedLinks: (address) =>
      shell(
        `import re
from django.core import mail
answer([link for one in mail.outbox if given in one.to for link in re.findall(r"https?://[^/\\s]+(/\\S+/reset/\\S+)", one.body)])`,
        address,
      ),
    clearSessions: () => shell('from django.core.management import call_command\ncall_command("clearsessions")'),
  }
}

/** Logs somebody in by the form of a side's page. */
export async function logIn(side: Side, jar: Jar, username: string, password: string = PASSWORD): Promise<Response> {
  const visitor = side.visitor(jar)
  await visitor.get('/accounts/login/')
  const response = await visitor.post('/accounts/login/', { username, password })
  if (response.status >= 400 || response.status === 200)
    throw new Error(`${username} was not let in by ${side.name}: ${response.status} ${await response.text()}`)
  return response
}

/** A browser in which somebody is logged in, by a side. */
export async function loggedIn(side: Side, username: string): Promise<Jar> {
  const jar: Jar = new Map()
  await logIn(side, jar, username)
  return jar
}

/** What a side knows of a browser. */
export async function whoami(side: Side, jar: Jar): Promise<Whoami> {
  const response = await side.visitor(jar).get('/whoami/')
  return (await response.json()) as Whoami
}

/** Who somebody is to a side; null for nobody. */
export async function nameOf(side: Side, jar: Jar): Promise<string | null> {
  return (await whoami(side, jar)).name
}

/** Keeps values in a browser's session, by a side. */
export async function keep(side: Side, jar: Jar, values: unknown, expiry?: number | string): Promise<Response> {
  const query = new URLSearchParams({ values: JSON.stringify(values), ...(expiry === undefined ? {} : { expiry: JSON.stringify(expiry) }) })
  return side.visitor(jar).get(`/keep/?${query}`)
}

/** Sets a password by a link, as somebody does who has the mail before them. */
export async function resetBy(side: Side, jar: Jar, link: string, password: string): Promise<void> {
  const visitor = side.visitor(jar)
  const opened = await visitor.get(link)
  const hop = opened.headers.get('location')
  if (hop === null) throw new Error(`${side.name} does not open ${link}: ${opened.status} ${await opened.text()}`)
  await visitor.get(hop)
  const response = await visitor.post(hop, { new_password1: password, new_password2: password })
  if (response.headers.get('location') !== '/accounts/reset/done/')
    throw new Error(`${side.name} set no password: ${response.status} ${await response.text()}`)
}
