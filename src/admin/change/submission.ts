/**
 * What arrived for the form of one object: values read and checked, keys of relations, what it was opened with, what was decided about conflicts.
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { Validation } from '../../forms/definition.js'
import { FormInput } from '../../forms/form-input.js'
import { takenProblems } from '../../forms/taken.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { Opened } from './opened.js'
import type { ColumnInput, RecordForm, RelationInput } from './record-form.js'
import type { Target } from './targets.js'

/** What precedes the name of a field where two values stand against each other. */
export const TAKE = '_take-'
/** The names of the fields that do, apart by blanks. */
export const CONFLICTS = '_conflicts'

/** Whose value counts. */
export type Side = 'mine' | 'theirs'

/** What arrived for one object. */
export class Submission {
  readonly form: RecordForm
  readonly run: Validation<RecordForm>
  readonly opened: Opened
  /** The chosen keys of each relation, as texts, by property. */
  readonly chosen: ReadonlyMap<string, ReadonlySet<string>>
  /** What was decided, by wire name. */
  readonly sides: ReadonlyMap<string, Side>
  /** Where two values stood against each other, by wire name. */
  readonly conflicts: readonly string[]

  constructor(form: RecordForm, data: RequestData) {
    this.form = form
    const { prefix } = form.context
    this.opened = Opened.read(data, prefix)
    this.run = new Validation({ context: form, request: null, initial: form.initial }, form.fields, new FormInput(withDefaults(form, data)))
    // JSON that does not name a relation leaves it as it is; of a form's boxes none is sent where none is ticked.
    const sent = form.relations.filter((one) => data.kind !== 'json' || data.fields.has(one.wireName))
    this.chosen = new Map(sent.map((one) => [one.relation.name, keysIn(data, one.wireName)]))
    const named = new Set(textsOf(data, prefix + CONFLICTS).flatMap((one) => one.split(' ')))
    this.conflicts = form.columns.map((one) => one.field.wireName).filter((one) => named.has(one))
    this.sides = new Map(this.conflicts.flatMap((name) => sideOf(data, name)))
  }

  /** Reads every field, has every value checked, and the keys of relations. What is already taken is asked for with `checkTaken`. */
  async read(): Promise<void> {
    this.run.read(this.form.context.row !== null)
    await this.run.settle()
    for (const one of this.form.relations) this.#readRelation(one)
    for (const { column, field } of this.form.columns) {
      const isDecided = !this.conflicts.includes(field.wireName) || this.sides.has(field.wireName)
      if (!isDecided && this.run.has(column.name)) this.run.fail('undecided', {}, column.name)
    }
  }

  /** Whether somebody has a value already, of those that change. */
  async checkTaken(): Promise<void> {
    this.run.add(await takenProblems(this.form.taken, this.valuesToCompare()))
  }

  /** What changes by itself, without looking at what somebody else did meanwhile. */
  changedColumns(): ColumnInput[] {
    const changed = new Set(this.form.context.row === null ? this.form.columns.map((one) => one.column.name) : this.run.changed())
    return this.form.columns.filter((one) => this.run.has(one.column.name) && changed.has(one.column.name))
  }

  /** Values that must not be taken: those that change, and what is unique together with them. */
  valuesToCompare(): Record<string, unknown> {
    const { admin, row } = this.form.context
    const values = Object.fromEntries(
      this.changedColumns()
        .filter(({ field }) => field.type !== 'file')
        .map(({ column }) => [column.name, this.run.values[column.name]]),
    )
    for (const set of admin.meta.uniqueTogether) {
      if (!set.some((name) => name in values)) continue
      for (const name of set) values[name] ??= name in this.run.values ? this.run.values[name] : (row as Record<string, unknown> | null)?.[name]
    }
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  }

  /** The keys that relations gain by this form, as far as it tells; null where it does not say what it was opened with. */
  addedKeys({ relation, wireName }: RelationInput): string[] {
    const before = this.opened.keysOf(wireName)
    return [...(this.chosen.get(relation.name) ?? [])].filter((key) => before === null || !before.has(key))
  }

  #readRelation({ relation, target }: RelationInput): void {
    for (const key of this.chosen.get(relation.name) ?? []) {
      if (target.readKey(key) !== null) continue
      this.run.fail('invalid_choice', { value: key.slice(0, 60) }, relation.name)
      return
    }
  }
}

/**
 * Checks that what forms point to is there: one statement for each model that is pointed to, however many forms there are.
 */
export async function checkTargets(submissions: readonly Submission[]): Promise<void> {
  const wanted = new Map<Target, { key: unknown; refuse: (problem: Problem) => void; field: string }[]>()
  const want = (target: Target, one: { key: unknown; refuse: (problem: Problem) => void; field: string }): void =>
    void wanted.set(target, [...(wanted.get(target) ?? []), one])
  for (const submission of submissions) {
    const { form, run } = submission
    const refuse = (found: Problem): void => run.add([found])
    for (const { column, target } of submission.changedColumns()) {
      const key = run.values[column.name] ?? null
      if (target !== null && key !== null) want(target, { key, refuse, field: column.name })
    }
    for (const one of form.relations) {
      if (run.problems.some(({ field }) => field === one.relation.name)) continue
      for (const text of submission.addedKeys(one)) want(one.target, { key: one.target.readKey(text), refuse, field: one.relation.name })
    }
  }
  for (const [target, list] of wanted) {
    const there = await target.byKeys([...new Set(list.map((one) => one.key))])
    for (const { key, refuse, field } of list) if (!there.has(String(key))) refuse(problem('invalid_choice', { value: String(key) }, field))
  }
}

/** JSON for a new object need not repeat what it would be anyway. */
function withDefaults(form: RecordForm, data: RequestData): RequestData {
  if (data.kind !== 'json' || form.context.row !== null) return data
  const fields = new Map(data.fields)
  for (const { column, field } of form.columns) {
    const value = form.initial[column.name] ?? null
    if (value !== null && field.type !== 'file' && !fields.has(field.wireName))
      fields.set(field.wireName, [typeof value === 'boolean' ? value : field.write(value)])
  }
  return { ...data, fields }
}

function keysIn(data: RequestData, wireName: string): ReadonlySet<string> {
  return new Set((data.fields.get(wireName) ?? []).map(String).filter((one) => one !== ''))
}

/** Texts that arrived under a name. */
export function textsOf(data: RequestData, name: string): string[] {
  return (data.fields.get(name) ?? []).filter((one): one is string => typeof one === 'string')
}

function sideOf(data: RequestData, wireName: string): [string, Side][] {
  const [side] = textsOf(data, TAKE + wireName)
  return side === 'mine' || side === 'theirs' ? [[wireName, side]] : []
}
