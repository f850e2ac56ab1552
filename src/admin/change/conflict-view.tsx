/**
 * Two values that stand against each other, side by side: what is there now, and what the form would write. Whose counts is a choice of the keyboard
 * as much as of the mouse.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { FileChange } from '../../forms/file-input.js'
import type { SentForm } from './admin-form.js'
import { submissionsOf } from './conflict-form.js'
import { labelOf } from './record-view.js'
import type { ColumnInput } from './record-form.js'
import { shownColumn } from './shown-value.js'
import { CONFLICTS, TAKE, type Side, type Submission } from './submission.js'

interface Pair {
  readonly label: string
  readonly wireName: string
  readonly id: string
  readonly now: JSX.Element
  readonly yours: JSX.Element
  readonly side: Side | null
}

/** The choices; null where nothing stands against anything. */
export async function conflictView(form: SentForm): Promise<JSX.Element | null> {
  const pairs: Pair[] = []
  const hidden: [string, string][] = []
  for (const submission of submissionsOf(form)) {
    if (submission.conflicts.length === 0) continue
    hidden.push([submission.form.context.prefix + CONFLICTS, submission.conflicts.join(' ')])
    for (const input of submission.form.columns) if (submission.conflicts.includes(input.field.wireName)) pairs.push(await pairOf(submission, input))
  }
  if (pairs.length === 0) return null
  return (
    <section class="pa-conflicts" role="alert" tabindex={-1} autofocus aria-labelledby="conflicts">
      <h2 id="conflicts">Somebody else changed this while you had it open</h2>
      <p>Nothing was overwritten. Choose what counts, and save again. What they changed elsewhere is in the form already.</p>
      {hidden.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {pairs.map((pair) => (
        <fieldset class="pa-conflict">
          <legend class="pc-label">{pair.label}</legend>
          <Side pair={pair} side="theirs" label="Now in the database" value={pair.now} />
          <Side pair={pair} side="mine" label="Yours" value={pair.yours} />
        </fieldset>
      ))}
    </section>
  )
}

function Side({
  pair,
  side,
  label,
  value,
}: {
  readonly pair: Pair
  readonly side: Side
  readonly label: string
  readonly value: JSX.Element
}): JSX.Element {
  const id = `${pair.id}-${side}`
  return (
    <div class="pc-choice">
      <input type="radio" name={TAKE + pair.wireName} id={id} value={side} checked={pair.side === side} required />
      <label for={id}>
        <span class="pc-soft">{label}:</span> {value}
      </label>
    </div>
  )
}

async function pairOf(submission: Submission, input: ColumnInput): Promise<Pair> {
  const { form, run, sides } = submission
  const { visit, admin, prefix, row } = form.context
  const { column, field } = input
  const yours = run.values[column.name]
  const [sent] = run.input.of(field, null).values
  const label = labelOf(form, column.name)
  return {
    label: prefix === '' || row === null ? label : `${label} of ${admin.nameOf(row)}`,
    wireName: field.wireName,
    id: `id_take-${field.wireName}`,
    now: await shownColumn(visit, admin, column, form.initial[column.name] ?? null),
    yours:
      field.type === 'file' ? (
        <span>{fileWords(yours)}</span>
      ) : run.has(column.name) ? (
        await shownColumn(visit, admin, column, yours ?? null)
      ) : (
        <span>{String(sent ?? '')}</span>
      ),
    side: sides.get(field.wireName) ?? null,
  }
}

function fileWords(yours: unknown): string {
  return yours instanceof FileChange && yours.isRemoved ? 'no file' : 'the file you chose; choose it again below'
}
