/**
 * What went wrong, at the head of a form: it takes the keyboard when the page opens, and each line leads to its field.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { FieldView } from '../../forms/form-types.js'
import type { FormView } from '../form-view.js'

/** The summary of a form that has errors. */
export function ErrorSummary({ form }: { readonly form: FormView }): JSX.Element {
  const wrong = form.fields.filter((field) => field.errors.length > 0)
  return (
    <div class="pc-summary" role="alert" tabindex={-1} autofocus>
      {wrong.length === 0 ? (
        form.errors.map((error) => <p>{error.message}</p>)
      ) : (
        <>
          <h2>{wrong.length + form.errors.length === 1 ? 'One thing needs another look' : 'Some things need another look'}</h2>
          <ul class="pc-summary-list">
            {form.errors.map((error) => (
              <li>{error.message}</li>
            ))}
            {wrong.map((field) => (
              <li>
                <a href={`#${targetOf(field)}`}>
                  {field.label}: {field.errors[0]?.message}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** A group of choices cannot take the keyboard; its first choice can. */
function targetOf(field: FieldView): string {
  return field.type === 'radio' ? `${field.id}_0` : field.id
}
