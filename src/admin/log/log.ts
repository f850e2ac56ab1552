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

/** Who did something, to objects of which model. */
interface LogContext {
  readonly staff: Staff
  readonly admin: ModelAdmin
}

/** What is written down. */
export interface LogNote extends LogContext {
  readonly row: Model
}

/** What is written down of one of several. */
export interface RowNotes {
  readonly row: Model
  readonly notes: readonly ChangeNote[]
}

/** Notes that an object was added. Call it inside the transaction that adds it. */
export async function logAddition(parts: AdminParts, note: LogNote, notes: readonly ChangeNote[] = []): Promise<void> {
  await write(parts, note, ADDITION, [[note.row, changeMessage([{ added: {} }, ...notes])]])
}

/** Notes what was changed, by the labels of the form. Call it inside the transaction that changes it. */
export async function logChange(parts: AdminParts, note: LogNote, notes: readonly ChangeNote[]): Promise<void> {
  await logChanges(parts, note, [{ row: note.row, notes }])
}

/** The same for several, in as few statements as the database takes. */
export async function logChanges(parts: AdminParts, context: LogContext, changes: readonly RowNotes[]): Promise<void> {
  await write(
    parts,
    context,
    CHANGE,
    changes.map(({ row, notes }) => [row, changeMessage(context.admin.model === parts.user ? notes.map(inDjangosWords) : notes)]),
  )
}

/** Notes in words what was done that changes no field; either admin shows the text as it is (AD-22). */
export async function logText(parts: AdminParts, note: LogNote, text: string): Promise<void> {
  await write(parts, note, CHANGE, [[note.row, text]])
}

/** Notes that objects are deleted. Call it before, inside the transaction: afterwards nobody knows what they were called (AD-23). */
export async function logDeletions(parts: AdminParts, { rows, ...context }: LogContext & { readonly rows: readonly Model[] }): Promise<void> {
  await write(
    parts,
    context,
    DELETION,
    rows.map((row) => [row, '']),
  )
}

/** The user's own fields; rows of other models have labels of their own. */
function inDjangosWords(note: ChangeNote): ChangeNote {
  if (!('changed' in note) || note.changed.name !== undefined) return note
  return { changed: { fields: note.changed.fields.map((one) => DJANGO_LABELS.get(one) ?? one) } }
}

async function write(
  parts: AdminParts,
  { staff, admin }: LogContext,
  actionFlag: number,
  messages: readonly (readonly [row: Model, message: string])[],
): Promise<void> {
  if (messages.length === 0) return
  const contentType = await parts.contentTypes.getForModel(admin.model)
  const entries = messages.map(([row, changeMessage]) => ({
    user: staff,
    contentType: contentType.id,
    objectId: String(row.pk),
    objectRepr: [...admin.nameOf(row)].slice(0, LONGEST_NAME).join(''),
    actionFlag,
    changeMessage,
  }))
  await parts.objects(LogEntry).bulkCreate(entries as never)
}
