/**
 * The history of the admin, as far as it is about one person: what they did, and what was done to their account and profile.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { ContentTypeManager } from '../accounts/content-type.js'
import type { LogEntry } from '../accounts/django-apps.js'
import type { Manager } from '../database/manager.js'
import type { Model } from '../database/model.js'

/** Django's numbers for what was done. */
const KINDS: Readonly<Record<number, string>> = { 1: 'added', 2: 'changed', 3: 'deleted' }
/** A shorter name stands in too many other words to be replaced in a text. */
const SHORTEST_NAME = 3

/** Reads and rewrites it. */
export class PersonalHistory {
  readonly #entries: Manager
  readonly #contentTypes: ContentTypeManager

  constructor(entries: Manager, contentTypes: ContentTypeManager) {
    this.#entries = entries
    this.#contentTypes = contentTypes
  }

  /** Whether this user has done anything that the history keeps. */
  async hasDone(user: BaseUser): Promise<boolean> {
    return this.#entries.exists({ user: user.pk } as never)
  }

  /** What the history says. Who else did something is nobody's business but theirs. */
  async export(user: BaseUser, about: readonly Model[]): Promise<{ readonly did: readonly object[]; readonly suffered: readonly object[] }> {
    const did = (await this.#entries.filter({ user: user.pk } as never, { orderBy: ['actionTime', 'id'] } as never)) as unknown as LogEntry[]
    const suffered = await this.#about(about)
    return { did: did.map(shown), suffered: suffered.filter((one) => String(one.user) !== String(user.pk)).map(shown) }
  }

  /** Takes a person out of what is said of their account and profile, whoever did it. */
  async erase(user: BaseUser, about: readonly Model[], names: readonly string[], pseudonym: string): Promise<void> {
    for (const entry of await this.#about(about)) {
      const changeMessage = withoutNames(entry.changeMessage, names, pseudonym)
      await this.#entries.update({ pk: entry.pk } as never, { objectRepr: pseudonym, changeMessage } as never)
    }
    // What somebody did to others names those, and sometimes themselves.
    const did = (await this.#entries.filter({ user: user.pk } as never)) as unknown as LogEntry[]
    for (const entry of did) {
      const changed = {
        objectRepr: withoutNames(entry.objectRepr, names, pseudonym),
        changeMessage: withoutNames(entry.changeMessage, names, pseudonym),
      }
      if (changed.objectRepr !== entry.objectRepr || changed.changeMessage !== entry.changeMessage)
        await this.#entries.update({ pk: entry.pk } as never, changed as never)
    }
  }

  async #about(about: readonly Model[]): Promise<LogEntry[]> {
    const found: LogEntry[] = []
    for (const one of about) {
      const contentType = await this.#contentTypes.getForModel(one.constructor as never)
      const where = { contentType: contentType.id, objectId: String(one.pk) }
      found.push(...((await this.#entries.filter(where as never, { orderBy: ['actionTime', 'id'] } as never)) as unknown as LogEntry[]))
    }
    return found
  }
}

function shown({ actionTime, actionFlag, objectRepr, changeMessage }: LogEntry): object {
  return { time: actionTime, what: KINDS[actionFlag] ?? String(actionFlag), name: objectRepr, message: changeMessage }
}

function withoutNames(text: string, names: readonly string[], pseudonym: string): string {
  let without = text
  for (const name of names) {
    if (name.length < SHORTEST_NAME) continue
    // Change messages are JSON, in which letters beyond ASCII may be written as escapes, as Python does.
    for (const spelled of new Set([name, JSON.stringify(name).slice(1, -1), escaped(name)])) without = replaceWord(without, spelled, pseudonym)
  }
  return without
}

/** A name within a longer word is another name. */
function replaceWord(text: string, word: string, by: string): string {
  const pattern = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}_])${pattern}(?![\\p{L}\\p{N}_])`, 'gu'), () => by)
}

function escaped(name: string): string {
  return JSON.stringify(name)
    .slice(1, -1)
    .replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
