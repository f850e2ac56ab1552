/**
 * What a change would mean, to be confirmed: the whole form travels along, unseen.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { CSRF_FIELD } from '../../protection/csrf.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import type { SentForm } from './admin-form.js'

/** Says that the meaning was seen. */
export const CONFIRMED = '_confirmed'
/** Leads back to the form as it was filled in. */
export const EDIT = '_edit'

/** Asks. */
export async function confirmPage(form: SentForm, preview: JSX.Element): Promise<Response> {
  const { visit, admin, row, data } = form
  const title = row === null ? `Add this ${admin.meta.verboseName}?` : `Change “${admin.nameOf(row)}”?`
  const sent = [...data.fields].filter(([name]) => name !== CSRF_FIELD && name !== CONFIRMED && name !== EDIT)
  // A browser does not keep a chosen file from page to page.
  const files = [...data.files].filter(([, list]) => list.some((one) => one.size > 0))
  return adminPage(visit, {
    title,
    breadcrumbs: crumbsOf(visit, admin, ...(row === null ? [] : [{ label: admin.nameOf(row), href: admin.url(visit.base, 'change', row.pk) }]), {
      label: 'What it means',
    }),
    current: admin,
    content: (
      <form class="pa-form" method="post" action={visit.request.target} {...(files.length > 0 ? { enctype: 'multipart/form-data' } : {})}>
        <CsrfField token={visit.request.csrfToken()} />
        {sent.flatMap(([name, values]) => values.map((value) => <input type="hidden" name={name} value={String(value)} />))}
        <div class="pc-card pa-section">{preview}</div>
        {files.map(([name]) => (
          <div class="pc-card pa-section">
            <label class="pc-label" for={`id_${name}`}>
              Please choose the file once more
            </label>
            <input class="pc-file" type="file" name={name} id={`id_${name}`} />
          </div>
        ))}
        <div class="pa-save">
          <button type="submit" class="pc-button" name={CONFIRMED} value="1">
            Yes, save it
          </button>
          <button type="submit" class="pc-button pc-button-quiet" name={EDIT} value="1" formnovalidate>
            Go back and change something
          </button>
        </div>
      </form>
    ),
  })
}
