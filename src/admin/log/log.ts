/**
 * The history of the admin, in Django's table: who added, changed or deleted what, and when.
 * @module
 */

import { LogEntry } from '../../accounts/django-apps.js'
import type { Model } from '../../database/model.js'
import type { AdminParts, Staff } from '../admin-parts.js'
import type { ModelAdmin } from '../model-admin.js'
import { changeMessage, type ChangeNote } from './change-message.js'

/** Django's numbers for what was done. */
export const ADDITION = 1
export const CHANGE = 2
export const DELETION = 3

/** Django cuts the name of an object to this many characters. */
export const LONGEST_NAME = 200

/**
 * What Django's form calls a field of its users where ours says it in other words. Labels in the history are Django's: its admin
 * translates those it knows (AD-21).
 */
const DJANGO_LABELS: ReadonlyMap<string, string> = new Map([['E-mail address', 'Email address']])

/** What is written down. */
export interface LogNote {
  readonly staff: Staff
  readonly admin: ModelAdmin
  readonly row: Model
}

/** Notes that an object was added. Call it inside the transaction that adds it. */
export async function logAddition(parts: AdminParts, note: LogNote, notes: readonly ChangeNote[] = []): Promise<void> {
  await write(parts, note, ADDITION, changeMessage([{ added: {} }, ...notes]))
}

/** Notes what was changed, by the labels of the form. Call it inside the transaction that changes it. */
export async function logChange(parts: AdminParts, note: LogNote, notes: readonly ChangeNote[]): Promise<void> {
  await write(parts, note, CHANGE, changeMessage(note.admin.model === parts.user ? notes.map(inDjangosWords) : notes))
}

/** Notes in words what was done that changes no field; either admin shows the text as it is (AD-22). */
export async function logText(parts: AdminParts, note: LogNote, text: string): Promise<void> {
  await write(parts, note, CHANGE, text)
}

/** Notes that an object is deleted. Call it before, inside the transaction: afterwards nobody knows what it was called (AD-23). */
export async function logDeletion(parts: AdminParts, note: LogNote): Promise<void> {
  await write(parts, note, DELETION, '')
}

/** The user's own fields; rows of other models have labels of their own. */
function inDjangosWords(note: ChangeNote): ChangeNote {
  if (!('changed' in note) || note.changed.name !== undefined) return note
  return { changed: { fields: note.changed.fields.map((one) => DJANGO_LABELS.get(one) ?? one) } }
}

async function write(parts: AdminParts, { staff, admin, row }: LogNote, actionFlag: number, message: string): Promise<void> {
  const contentType = await parts.contentTypes.getForModel(admin.model)
  await parts.objects(LogEntry).create({
    user: staff,
    contentType: contentType.id,
    objectId: String(row.pk),
    objectRepr: [...admin.nameOf(row)].slice(0, LONGEST_NAME).join(''),
    actionFlag,
    changeMessage: message,
  } as never)
}
