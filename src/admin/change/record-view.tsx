/**
 * The fields of one object as markup: each as this visitor may have it, with what it was opened with beside them, unseen.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import { errorOf, viewFields } from '../../forms/view.js'
import type { FieldView } from '../../forms/form-types.js'
import { Field } from '../../pages/components/field.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { capitalized } from '../model-admin.js'
import { choiceView, manyView } from './choices.js'
import { computedField } from './layout.js'
import { Opened } from './opened.js'
import type { ColumnInput, RecordForm } from './record-form.js'
import { shownValue } from './shown-value.js'
import type { Submission } from './submission.js'
import type { Target } from './targets.js'
import { Choice, Many } from './widgets.js'

/** What the fields of an object are shown with. */
export interface RecordState {
  readonly form: RecordForm
  /** What arrived; null on a page that nobody has sent. */
  readonly submission: Submission | null
  readonly data: RequestData | null
  /** What is wrong. */
  readonly problems: readonly Problem[]
  /** Whose fields they are, where a page has several of a kind. */
  readonly of?: string | null
}

/** A field as markup, by name; null for one that is hidden. */
export interface Slot {
  readonly name: string
  readonly markup: JSX.Element
  /** For the list of what is wrong at the head of the page. */
  readonly view: FieldView | null
}

/** The fields of one object. */
export interface RecordView {
  readonly slots: ReadonlyMap<string, Slot>
  /** What travels along unseen. */
  readonly hidden: readonly (readonly [name: string, value: string])[]
}

/** Makes the fields. */
export async function recordView(state: RecordState): Promise<RecordView> {
  const { form, submission } = state
  const { admin, visit, row, names, prefix } = form.context
  const isChange = row !== null
  const { of = null } = state
  const all = viewFields({ fields: form.fields, input: submission?.run.input ?? null, initial: form.initial, problems: state.problems, isChange })
  const views = new Map(all.map((one) => [one.property, of === null ? one : { ...one, label: `${one.label} of ${of}` }]))
  const slots = new Map<string, Slot>()
  const keys = new Map<string, ReadonlySet<string>>()
  for (const name of names) {
    const own = prefix === '' ? ((await admin.special.fieldContent?.(visit, row, name)) ?? null) : null
    if (own !== null) {
      slots.set(name, { name, view: null, markup: <Shown label={labelOf(form, name)}>{own}</Shown> })
      continue
    }
    const column = form.columnNamed(name)
    const relation = form.relationNamed(name)
    const view = views.get(name)
    if (column !== null && view !== undefined) slots.set(name, await columnSlot(state, column, view))
    else if (relation !== null) {
      const many = await manyView(form, relation, submission, state.data)
      keys.set(relation.wireName, many.opened)
      const errors = state.problems.filter((one) => one.field === name).map((one) => errorOf(one))
      const errorId = errors.length === 0 ? null : `${many.id}_error`
      slots.set(name, {
        name,
        markup: <Many view={many} errors={errors} errorId={errorId} />,
        view: errors.length === 0 ? null : wrongField(many.id, many.label, errors),
      })
    } else if (form.access.get(name) === 'view') {
      slots.set(name, { name, view: null, markup: <Shown label={labelOf(form, name)}>{await shownValue(visit, admin, row, name)}</Shown> })
    }
  }
  const opened =
    submission !== null && submission.opened.isKnown
      ? submission.opened
      : Opened.with(form.columns.map((one) => [one.field.wireName, form.textOf(one, form.initial[one.column.name])]))
  return { slots, hidden: form.isEditable ? opened.withKeys(keys).toFields(prefix) : [] }
}

async function columnSlot({ form, data }: RecordState, input: ColumnInput, view: FieldView): Promise<Slot> {
  const { target } = input
  const { name } = input.column
  if (target === null) return { name, view, markup: <Field field={view} mayFocus={false} /> }
  const choice = await choiceView(form, input as ColumnInput & { readonly target: Target }, view, data)
  return { name, view, markup: <Choice view={choice} /> }
}

/** What people call a field. */
export function labelOf({ context: { admin } }: RecordForm, name: string): string {
  const { meta } = admin
  const computed = computedField(admin, name)
  if (computed !== undefined) return computed.label
  return capitalized(meta.column.get(name)?.label ?? meta.relations.find((one) => one.name === name)?.label ?? name)
}

/** A field that is only shown. */
function Shown({ label, children }: { readonly label: string; readonly children?: JSX.Element }): JSX.Element {
  return (
    <div class="pc-field pa-shown">
      <span class="pc-label">{label}</span>
      <div class="pa-value">{children}</div>
    </div>
  )
}

function wrongField(id: string, label: string, errors: FieldView['errors']): FieldView {
  return {
    property: '',
    name: '',
    id,
    label,
    helpTexts: [],
    type: 'text',
    value: '',
    isChecked: false,
    attributes: {},
    errors,
    isRequired: false,
    choices: [],
    file: null,
    helpId: null,
    errorId: null,
  }
}
