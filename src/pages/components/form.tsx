/**
 * A form from plain data: what went wrong, the fields, and one button. It works without a script and without a mouse.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import type { FormView } from '../form-view.js'
import { CsrfField } from './csrf-field.js'
import { ErrorSummary } from './error-summary.js'
import { Field } from './field.js'

/** What a form is shown with. */
export interface FormProps {
  readonly form: FormView
  /** Where it is sent. */
  readonly action: string
  readonly csrfToken: string
  /** What the button says. */
  readonly submit: string
  /** Short fields stand beside each other where there is room. */
  readonly wide?: boolean
  /** Whether the answer may be a file, so that the page stays and its button is there for a second press. */
  readonly isDownload?: boolean
  /** What stands between the fields and the button. */
  readonly children?: Child
}

/**
 * A form; a template of one's own may use it too.
 *
 * @example
 * const markup = <Form form={form} action="/newsletter/" csrfToken={csrfToken} submit="Subscribe" />
 */
export function Form({ form, action, csrfToken, submit, wide = false, isDownload = false, children }: FormProps): JSX.Element {
  const isWrong = form.errors.length > 0 || form.fields.some((field) => field.errors.length > 0)
  return (
    <form
      class={wide ? 'pc-form pc-form-wide' : 'pc-form'}
      method="post"
      action={safeHref(action) ?? ''}
      {...(isDownload ? { 'data-download': '' } : {})}
      {...(form.isMultipart ? { enctype: 'multipart/form-data' } : {})}
    >
      {isWrong && <ErrorSummary form={form} />}
      <CsrfField token={csrfToken} />
      {form.hidden.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <div class="pc-fields">
        {form.fields.map((field) => (
          <Field field={field} mayFocus={!isWrong} />
        ))}
      </div>
      {children}
      <button type="submit" class="pc-button pc-button-full">
        {submit}
      </button>
    </form>
  )
}
