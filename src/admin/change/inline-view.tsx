/**
 * Rows of another model as markup: a table, which scrolls inside itself; or for a one-to-one relation the fields of its one row.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { FieldView } from '../../forms/form-types.js'
import type { Problem } from '../../base/errors.js'
import type { RequestData } from '../../protection/body/request-data.js'
import type { AdminVisit } from '../visit.js'
import { keyName, MORE_ROWS, type Inline, type InlineRow } from './inline-form.js'
import { isFilledIn } from './inline-submit.js'
import { labelOf, recordView, type RecordView } from './record-view.js'
import type { Submission } from './submission.js'
import { targetOf } from './targets.js'

/** What rows are shown with. */
export interface InlineState {
  readonly visit: AdminVisit
  readonly inline: Inline
  readonly data: RequestData | null
  readonly problemsOf: (submission: Submission) => readonly Problem[]
}

/** Rows as markup, and the fields that are wrong. */
export interface InlineView {
  readonly markup: JSX.Element
  readonly wrong: readonly FieldView[]
  readonly hasFiles: boolean
}

interface RowView {
  readonly entry: InlineRow
  readonly fields: RecordView
  readonly title: string
  readonly href: string | null
}

/** Makes the markup of a set. */
export async function inlineView(state: InlineState): Promise<InlineView> {
  const { visit, inline, data } = state
  const { set } = inline
  const target = targetOf(visit, set.admin.model)
  await prefetch(inline)
  const rows: RowView[] = []
  for (const entry of inline.rows) {
    const problems = entry.submission === null || (entry.row === null && !isFilledIn(entry)) ? [] : state.problemsOf(entry.submission)
    const title = entry.row === null ? `new ${set.admin.meta.verboseName} ${entry.number + 1}` : set.admin.nameOf(entry.row)
    // To who hears the page, a field of a table says of which row it is.
    const fields = await recordView({ form: entry.form, submission: entry.submission, data, problems, of: set.isSingle ? null : title })
    const href = entry.row === null || set.registered === null ? null : await target.urlOf(entry.row)
    rows.push({ entry, fields, title, href })
  }
  const blank =
    inline.blank === null
      ? null
      : await recordView({ form: inline.blank, submission: null, data: null, problems: [], of: `new ${set.admin.meta.verboseName}` })
  const wrong = rows.flatMap(({ fields }) =>
    [...fields.slots.values()].flatMap(({ view }) => (view !== null && view.errors.length > 0 ? [view] : [])),
  )
  return {
    wrong,
    hasFiles: inline.rows.some(({ form }) => form.hasFiles),
    markup: (
      <section class="pc-card pa-section pa-inline-set" aria-labelledby={`inline-${set.prefix}`}>
        <h2 id={`inline-${set.prefix}`}>{set.title}</h2>
        <Management inline={inline} />
        {set.isSingle ? <Single inline={inline} rows={rows} /> : <Rows inline={inline} rows={rows} blank={blank} />}
      </section>
    ),
  }
}

/** The counts that Django's forms send too. */
function Management({ inline: { set, rows, present } }: { readonly inline: Inline }): JSX.Element {
  const total = Math.max(0, ...rows.map((one) => one.number + 1))
  return (
    <>
      <input type="hidden" name={`${set.prefix}-TOTAL_FORMS`} value={String(total)} />
      <input type="hidden" name={`${set.prefix}-INITIAL_FORMS`} value={String(present)} />
    </>
  )
}

function Single({ inline, rows }: { readonly inline: Inline; readonly rows: readonly RowView[] }): JSX.Element {
  const [only] = rows
  if (only === undefined) return <p class="pc-soft">There is none.</p>
  return (
    <div class="pa-lines">
      <Unseen inline={inline} row={only} />
      {[...only.fields.slots.values()].map(({ markup }) => (
        <div class="pa-line">{markup}</div>
      ))}
      {only.entry.mayDelete && (
        <div class="pa-line">
          <Remove row={only} label={`Delete this ${inline.set.admin.meta.verboseName}`} />
        </div>
      )}
    </div>
  )
}

function Rows({
  inline,
  rows,
  blank,
}: {
  readonly inline: Inline
  readonly rows: readonly RowView[]
  readonly blank: RecordView | null
}): JSX.Element {
  const { set, rights, hasMore } = inline
  const [first] = rows
  const sample = first?.entry.form ?? inline.blank
  const names =
    sample === null || sample === undefined
      ? []
      : set.names.filter((name) => rows.some(({ fields }) => fields.slots.has(name)) || blank?.slots.has(name) === true)
  const withRemove = rows.some(({ entry }) => entry.mayDelete) || blank !== null
  if (rows.length === 0 && blank === null) return <p class="pc-soft">There are none.</p>
  return (
    <>
      <div class="pa-scroll" tabindex={0} role="region" aria-label={`Table of ${set.title}`}>
        <table class="pa-table pa-inline-table" data-inline={set.prefix} data-max={String(set.max)} data-title={set.admin.meta.verboseName}>
          <thead>
            <tr>
              <th scope="col">{set.admin.title}</th>
              {names.map((name) => (
                <th scope="col">{sample === null || sample === undefined ? name : labelOf(sample, name)}</th>
              ))}
              {withRemove && <th scope="col">Delete</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row inline={inline} row={row} names={names} withRemove={withRemove} />
            ))}
          </tbody>
        </table>
      </div>
      {blank !== null && (
        <template data-inline-row={set.prefix}>
          <tr class="pa-new-row">
            <th scope="row">
              <span class="pc-soft">New</span>
              <input type="hidden" name={`${set.prefix}-__prefix__-${keyName(set)}`} value="" />
              {blank.hidden.map(([name, value]) => (
                <input type="hidden" name={name} value={value} />
              ))}
            </th>
            {names.map((name) => (
              <td class="pa-grid">{blank.slots.get(name)?.markup}</td>
            ))}
            <td></td>
          </tr>
        </template>
      )}
      {hasMore && <p class="pc-small pc-soft">Only the first {set.max} are shown here.</p>}
      {rights.mayAdd && rows.length < set.max && (
        <div class="pa-more" data-inline-more={set.prefix}>
          <button type="submit" class="pc-button pc-button-quiet pc-button-small" name={MORE_ROWS} value={set.prefix} formnovalidate>
            Make room for more
          </button>
        </div>
      )}
    </>
  )
}

function Row({
  inline,
  row,
  names,
  withRemove,
}: {
  readonly inline: Inline
  readonly row: RowView
  readonly names: readonly string[]
  readonly withRemove: boolean
}): JSX.Element {
  const { entry, fields, title, href } = row
  return (
    <tr class={entry.row === null ? 'pa-new-row' : ''}>
      <th scope="row">
        {entry.row === null ? <span class="pc-soft">New</span> : href === null ? <span>{title}</span> : <a href={href}>{title}</a>}
        <Unseen inline={inline} row={row} />
      </th>
      {names.map((name) => (
        <td class="pa-grid">{fields.slots.get(name)?.markup}</td>
      ))}
      {withRemove && <td class="pa-grid">{entry.mayDelete && <Remove row={row} label={`Delete ${title}`} />}</td>}
    </tr>
  )
}

function Unseen({ inline: { set }, row: { entry, fields } }: { readonly inline: Inline; readonly row: RowView }): JSX.Element {
  return (
    <>
      <input type="hidden" name={`${entry.form.context.prefix}${keyName(set)}`} value={entry.row === null ? '' : String(entry.row.pk)} />
      {fields.hidden.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}

function Remove({ row: { entry }, label }: { readonly row: RowView; readonly label: string }): JSX.Element {
  const name = `${entry.form.context.prefix}DELETE`
  return (
    <div class="pc-choice pa-remove">
      <input type="checkbox" name={name} id={`id_${name}`} value="on" checked={entry.isDeleted} />
      <label for={`id_${name}`}>{label}</label>
    </div>
  )
}

/** Loads what foreign keys of the rows point to: one question for each model, not for each row. */
async function prefetch({ set, rows }: Inline): Promise<void> {
  const { registry } = set.admin.manager
  for (const name of set.names) {
    const column = set.admin.meta.column.get(name)
    const [first] = rows
    if (column === undefined || first === undefined || column.field.settings.to === null) continue
    const target = targetOf(first.form.context.visit, registry.targetOf(set.admin.meta, column.field.settings.to))
    const keys = rows.flatMap(({ row }) => (row as unknown as Record<string, unknown> | null)?.[name] ?? [])
    const isListed = first.form.columnNamed(name) !== null && !(await target.isLarge())
    if (keys.length > 0 && !isListed) await target.known(keys)
  }
}
