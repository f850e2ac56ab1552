/**
 * What a form would change of an object as it is now: what its author touched, and nothing else. What somebody else changed meanwhile to another
 * value stands against it and is not overwritten.
 * @module
 */

import type { Model } from '../../database/model.js'
import { FileChange } from '../../forms/file-input.js'
import type { FormValues } from '../../forms/definition.js'
import type { FieldAccess } from '../model-admin.js'
import type { RelationChange } from '../special.js'
import { relatedAmong, relatedKeys, type RelationOf } from './related-keys.js'
import type { ColumnInput, RecordForm, RelationInput } from './record-form.js'
import type { Submission } from './submission.js'

/** Two values that stand against each other. */
export interface Conflict {
  readonly input: ColumnInput
  /** What the database holds now. */
  readonly now: unknown
  /** What the form would write. */
  readonly yours: unknown
}

/** What a form would change. */
export interface Difference {
  /** Columns but for files, by property. */
  readonly values: Readonly<FormValues>
  /** Columns whose file changes. */
  readonly files: readonly string[]
  readonly relations: ReadonlyMap<string, RelationChange>
  readonly conflicts: readonly Conflict[]
  /** What people call the fields that change, in the order of the form. */
  readonly labels: readonly string[]
  /** Fields that were sent and that this visitor may not fill in any more. */
  readonly refused: readonly string[]
}

/** A relation shown whole is read whole; beyond this a form has to say what it was opened with. */
const MOST_KEYS = 20_000

/** Compares a form with the object as it is now; of a new one (null) everything is new. `access` is what may be written now. */
export async function differenceOf(submission: Submission, now: Model | null, access: ReadonlyMap<string, FieldAccess>): Promise<Difference> {
  const { form } = submission
  const values: FormValues = {}
  const [files, refused]: [string[], string[]] = [[], []]
  const conflicts: Conflict[] = []
  const changed = new Set<string>()
  for (const input of form.columns) {
    const { name } = input.column
    const yours = submission.run.values[name]
    const outcome = now === null ? 'changed' : columnOutcome(submission, input, (now as unknown as FormValues)[name])
    if (outcome === 'same') continue
    if (access.get(name) !== 'edit') {
      refused.push(name)
      continue
    }
    if (outcome === 'conflict') {
      conflicts.push({ input, now: (now as unknown as FormValues)[name], yours })
      continue
    }
    if (yours instanceof FileChange) {
      if (!yours.isChange) continue
      files.push(name)
    } else values[name] = yours
    changed.add(name)
  }
  const relations = new Map<string, RelationChange>()
  for (const input of form.relations) {
    const change = await relationChange(submission, input, now)
    if (change.added.length === 0 && change.removed.length === 0) continue
    if (access.get(input.relation.name) !== 'edit') {
      refused.push(input.relation.name)
      continue
    }
    relations.set(input.relation.name, change)
    changed.add(input.relation.name)
  }
  return { values, files, relations, conflicts, refused, labels: labelsOf(form, changed) }
}

/** Whether a difference changes anything. */
export function changesAnything({ values, files, relations }: Difference): boolean {
  return Object.keys(values).length > 0 || files.length > 0 || relations.size > 0
}

function columnOutcome(submission: Submission, input: ColumnInput, now: unknown): 'same' | 'changed' | 'conflict' {
  const { form, opened, run, sides } = submission
  const { wireName } = input.field
  if (!run.has(input.column.name) || sides.get(wireName) === 'theirs') return 'same'
  const yours = run.values[input.column.name]
  const current = form.textOf(input, now)
  if (yours instanceof FileChange) {
    if (!yours.isChange) return 'same'
  } else {
    const typed = form.textOf(input, yours)
    // Untouched: what is there now stays, whoever put it there.
    if (typed === current || opened.showed(wireName, typed) === true) return 'same'
  }
  return opened.showed(wireName, current) === false ? 'conflict' : 'changed'
}

async function relationChange(submission: Submission, input: RelationInput, now: Model | null): Promise<RelationChange> {
  const { registry } = submission.form.context.visit.parts
  const { target, through, wireName, relation } = input
  const chosen = submission.chosen.get(relation.name)
  if (chosen === undefined) return { added: [], removed: [] }
  if (now === null) return { added: [...chosen].map((key) => target.readKey(key)), removed: [] }
  const of: RelationOf = { registry, through, owner: now.pk }
  const opened = submission.opened.keysOf(wireName) ?? new Set((await relatedKeys(of, MOST_KEYS)).map(String))
  const wanted = [...chosen].filter((key) => !opened.has(key))
  const unwanted = [...opened].filter((key) => !chosen.has(key))
  const touched = [...wanted, ...unwanted].flatMap((key) => target.readKey(key) ?? [])
  // What somebody else has added or removed already is no change of this form's.
  const present = touched.length === 0 ? new Set<string>() : await relatedAmong(of, touched)
  return {
    added: wanted.filter((key) => !present.has(key)).map((key) => target.readKey(key)),
    removed: unwanted.filter((key) => present.has(key)).map((key) => target.readKey(key)),
  }
}

function labelsOf(form: RecordForm, changed: ReadonlySet<string>): string[] {
  return form.context.names.flatMap((name) => {
    if (!changed.has(name)) return []
    const column = form.columnNamed(name)
    if (column !== null) return typeof column.field.label === 'string' ? [column.field.label] : [column.column.label]
    return [form.relationNamed(name)?.label ?? name]
  })
}
