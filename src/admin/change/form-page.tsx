/**
 * The page with the form of an object: what is wrong, what stands against it, its groups of fields, rows of other models, and the ways to save.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import { errorOf } from '../../forms/view.js'
import type { FieldView } from '../../forms/form-types.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { ErrorSummary } from '../../pages/components/error-summary.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage, type AdminPage } from '../frame/page.js'
import { tabsOf } from '../frame/tabs.js'
import type { AdminForm, SentForm } from './admin-form.js'
import { conflictView } from './conflict-view.js'
import { inlineView } from './inline-view.js'
import type { Section } from './layout.js'
import { labelOf, recordView, type RecordView } from './record-view.js'
import type { Submission } from './submission.js'

/** What is wrong beyond what reading found. */
export interface FoundProblems {
  readonly problems: readonly Problem[]
  /** The row of another model they are about; null for the object itself. */
  readonly at: Submission | null
}

/** How a form is shown. */
export interface FormPageOptions {
  readonly form: AdminForm | SentForm
  /** Default: 200, or 422 where something is wrong. */
  readonly status?: number
  /** A form that only searched, or made room, is not told what is missing yet. */
  readonly withErrors?: boolean
  readonly found?: FoundProblems
}

/** Shows a form. */
export async function formPage({ form, status, withErrors = true, found }: FormPageOptions): Promise<Response> {
  const { visit, admin, row, record, submission } = form
  const data = 'data' in form ? form.data : null
  const more = (at: Submission): readonly Problem[] => (found === undefined ? [] : (found.at ?? submission) === at ? found.problems : [])
  const problemsOf = (one: Submission): readonly Problem[] => (withErrors ? [...one.run.problems, ...more(one)] : [])
  const own = submission === null ? [] : problemsOf(submission)
  const view = await recordView({ form: record, submission, data, problems: own })
  const inlines = []
  for (const inline of form.inlines) inlines.push(await inlineView({ visit, inline, data, problemsOf }))
  const conflicts = 'data' in form ? await conflictView(form) : null

  const wrong = [...view.slots.values()]
    .flatMap((slot) => (slot.view !== null && slot.view.errors.length > 0 ? [slot.view] : []))
    .concat(inlines.flatMap((one) => one.wrong))
  const general = withErrors ? generalErrors(form, own, view, found) : []
  const isWrong = wrong.length + general.length > 0
  const isEditable = record.isEditable || form.inlines.some(({ rights }) => rights.mayAdd || rights.mayChange || rights.mayDelete)
  const isMultipart = record.hasFiles || inlines.some((one) => one.hasFiles)
  const note = row === null ? null : ((await admin.special.note?.(visit, row)) ?? null)

  const body = (
    <>
      {isWrong && conflicts === null && <ErrorSummary form={{ fields: wrong, errors: general, hidden: [], isMultipart }} />}
      {conflicts}
      {note}
      {form.sections.map((section, index) => (
        <Group section={section} view={view} index={index} wrong={wrong} />
      ))}
      {inlines.map((one) => one.markup)}
    </>
  )
  const content = isEditable ? (
    <form class="pa-form" method="post" action={visit.request.target} novalidate {...(isMultipart ? { enctype: 'multipart/form-data' } : {})}>
      <CsrfField token={visit.request.csrfToken()} />
      {view.hidden.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {/* The return key presses the first button of a form, which otherwise would be one that searches. */}
      <button type="submit" name="_default" value="1" class="pc-visually-hidden" tabindex={-1} aria-hidden="true">
        Save
      </button>
      {body}
      <SubmitRow form={form} mayAdd={await admin.canAdd(visit.request)} mayDelete={row !== null && (await admin.canDelete(visit.request, row))} />
    </form>
  ) : (
    <div class="pa-form">{body}</div>
  )
  return adminPage(visit, { ...(await frameOf(form, isEditable)), content, status: status ?? (isWrong ? 422 : 200) })
}

async function frameOf({ visit, admin, row }: AdminForm, isEditable: boolean): Promise<Omit<AdminPage, 'content'>> {
  if (row === null) {
    const title = `Add ${admin.meta.verboseName}`
    return { title, breadcrumbs: crumbsOf(visit, admin, { label: title }), current: admin }
  }
  const name = admin.nameOf(row)
  const onSite = (admin.options.viewOnSite as ((row: unknown) => string | null) | undefined)?.(row) ?? null
  return {
    title: name,
    subtitle: isEditable ? admin.title : `${admin.title} · You may look, and change nothing.`,
    breadcrumbs: crumbsOf(visit, admin, { label: name }),
    current: admin,
    tabs: await tabsOf(visit, admin, row, 'change'),
    ...(onSite === null ? {} : { tools: [{ label: 'View on site', href: onSite }] }),
  }
}

function Group({
  section,
  view,
  index,
  wrong,
}: {
  readonly section: Section
  readonly view: RecordView
  readonly index: number
  readonly wrong: readonly FieldView[]
}): JSX.Element {
  const lines = section.lines.map((line) => line.flatMap((name) => view.slots.get(name) ?? [])).filter((line) => line.length > 0)
  if (lines.length === 0) return <></>
  const id = `group-${index}`
  const fields = (
    <>
      {section.description !== null && <p class="pc-soft pa-description">{section.description}</p>}
      <div class="pa-lines">
        {lines.map((line) => (
          <div class={line.length > 1 ? 'pa-line pa-line-several' : 'pa-line'}>{line.map((slot) => slot.markup)}</div>
        ))}
      </div>
    </>
  )
  if (!section.isCollapsed) {
    return (
      <section class="pc-card pa-section" {...(section.title === null ? {} : { 'aria-labelledby': id })}>
        {section.title !== null && <h2 id={id}>{section.title}</h2>}
        {fields}
      </section>
    )
  }
  const isOpen = lines.flat().some((slot) => slot.view !== null && wrong.includes(slot.view))
  return (
    <details class="pc-card pa-section" open={isOpen}>
      <summary>
        <h2>{section.title ?? 'More'}</h2>
      </summary>
      {fields}
    </details>
  )
}

function SubmitRow({ form, mayAdd, mayDelete }: { readonly form: AdminForm; readonly mayAdd: boolean; readonly mayDelete: boolean }): JSX.Element {
  const { visit, admin, row } = form
  return (
    <div class="pa-save">
      <button type="submit" class="pc-button" name="_save" value="1">
        Save
      </button>
      {row !== null && mayAdd && admin.options.saveAs === true && (
        <button type="submit" class="pc-button pc-button-quiet" name="_saveasnew" value="1">
          Save as new
        </button>
      )}
      {mayAdd && (
        <button type="submit" class="pc-button pc-button-quiet" name="_addanother" value="1">
          Save and add another
        </button>
      )}
      <button type="submit" class="pc-button pc-button-quiet" name="_continue" value="1">
        Save and stay here
      </button>
      {row !== null && mayDelete && (
        <a class="pc-button pc-button-danger pa-delete" href={admin.url(visit.base, 'delete', row.pk)}>
          Delete
        </a>
      )}
    </div>
  )
}

/** What is wrong with the whole, or with a field that this page does not show. */
function generalErrors(form: AdminForm, own: readonly Problem[], view: RecordView, found: FoundProblems | undefined) {
  const stray = own.filter(({ field }) => field === null || (view.slots.get(field)?.view ?? null) === null)
  const ofRow = found !== undefined && found.at !== null && found.at !== form.submission ? found.problems.filter(({ field }) => field === null) : []
  return [...form.problems, ...stray, ...ofRow].map((one) => {
    const { code, message } = errorOf(one)
    return { code, message: one.field === null || one.field === undefined ? message : `${labelOf(form.record, one.field)}: ${message}` }
  })
}
