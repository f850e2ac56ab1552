/**
 * People as pages and programs see them: a name, a picture, and nothing that decides about rights.
 * @module
 */

import { FullUser, type BaseUser } from '../accounts/base-user.js'
import { isStoredName } from '../media/storage.js'
import type { PagesSite } from './pages-site.js'
import type { VisitorView } from './props.js'

/** Somebody as JSON tells of them. */
export interface PersonData {
  readonly id: number | string
  readonly username: string
  readonly name: string
  readonly picture: string | null
}

/** Makes what templates are told of somebody; `media` is where pictures are, with a slash at the end. */
export async function visitorView(site: PagesSite, user: BaseUser, media: string): Promise<VisitorView> {
  const username = user.getUsername()
  return { name: (user instanceof FullUser ? user.getFullName() : '') || username, username, picture: await pictureOf(site, user, media) }
}

/** The same as data, with the key. */
export function personData(user: BaseUser, view: VisitorView): PersonData {
  const { pk } = user
  return { id: typeof pk === 'number' ? pk : String(pk), ...view }
}

/** Where somebody's picture is: on the account, or on the profile. One statement at most, and none where the site keeps no pictures. */
async function pictureOf(site: PagesSite, user: BaseUser, media: string): Promise<string | null> {
  const { storage, profiles } = site
  if (storage === null) return null
  const own = imageColumn(site.user.meta)
  if (own !== undefined) return pictureUrl(valueOf(user, own), media)
  if (profiles === null) return null
  const image = imageColumn(profiles.meta)
  if (image === undefined) return null
  // Not get(), which makes a profile for who has none: a page that is only looked at writes nothing.
  const [profile] = await profiles.filter({ [profiles.userField]: user } as never, { limit: 1 })
  return profile === undefined ? null : pictureUrl(valueOf(profile, image), media)
}

function pictureUrl(name: unknown, media: string): string | null {
  return typeof name === 'string' && isStoredName(name) ? media + name : null
}

function imageColumn(meta: PagesSite['user']['meta']): string | undefined {
  return meta.columns.find((one) => one.field.settings.kind === 'image')?.name
}

function valueOf(row: object, name: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[name]
}

/** A moment of somebody's account as ISO 8601; null where the model has none. */
export function momentOf(user: BaseUser, name: 'dateJoined' | 'lastLogin'): string | null {
  const moment = valueOf(user, name)
  return moment instanceof Date ? moment.toISOString() : null
}
