/**
 * One field of a form: label, input, what is wrong with it, what helps to fill it in; tied together for who hears the page.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import type { FieldView } from '../../forms/form-types.js'
import { safeAttributes } from '../safe-attributes.js'
import { FileInput } from './file-input.js'
import { Icon } from './icons.js'

/** What a field is shown with. */
export interface FieldProps {
  readonly field: FieldView
  /** Whether it may take the keyboard at once: not when a summary of errors does. */
  readonly mayFocus?: boolean
}

/** The attributes of an input, those from data among them. */
export type InputAttributes = Readonly<Record<string, string | true>>

/** What needs the width of the form. */
const LONG: ReadonlySet<FieldView['type']> = new Set(['textarea', 'file', 'readonly'])

/** A field, by its type. */
export function Field({ field, mayFocus = true }: FieldProps): JSX.Element {
  const input = inputAttributes(field, mayFocus)
  if (field.type === 'checkbox') return <Checkbox field={field} input={input} />
  if (field.type === 'radio') return <Radios field={field} input={input} />
  const label = (
    <>
      {field.label}
      {!field.isRequired && field.type !== 'readonly' && <span class="pc-optional"> (optional)</span>}
    </>
  )
  return (
    <div class={LONG.has(field.type) ? 'pc-field' : 'pc-field pc-field-short'}>
      {/* What cannot be filled in has no use for a label of its own. */}
      {field.type === 'readonly' ? (
        <span class="pc-label">{label}</span>
      ) : (
        <label class="pc-label" for={field.id}>
          {label}
        </label>
      )}
      <Input field={field} input={input} />
      <FieldErrors field={field} />
      <FieldHelp field={field} />
    </div>
  )
}

function Input({ field, input }: { readonly field: FieldView; readonly input: InputAttributes }): JSX.Element {
  const { link = null } = field
  switch (field.type) {
    case 'readonly':
      return (
        <div id={field.id} class="pc-readonly">
          <span>{field.value}</span>
          {link !== null && (
            <a class="pc-button pc-button-quiet pc-button-small" href={safeHref(link.href)}>
              {link.label}
            </a>
          )}
        </div>
      )
    case 'textarea':
      return (
        <textarea class="pc-input" rows={4} {...input}>
          {/* A browser drops the first line end after the tag. */}
          {/^[\r\n]/.test(field.value) ? `\n${field.value}` : field.value}
        </textarea>
      )
    case 'select':
      return (
        <select class="pc-input" {...input}>
          {field.choices.map((choice) => (
            <option value={choice.value} selected={choice.isChosen}>
              {choice.label}
            </option>
          ))}
        </select>
      )
    case 'file':
      return <FileInput field={field} input={input} />
    case 'password':
      // A password is never sent back, not even to who typed it.
      return (
        <div class="pc-password" data-label={field.label}>
          <input class="pc-input" type="password" {...input} />
        </div>
      )
    default:
      return <input class="pc-input" type={field.type} value={field.value} {...input} />
  }
}

function Checkbox({ field, input }: { readonly field: FieldView; readonly input: InputAttributes }): JSX.Element {
  const { required: _required, ...rest } = input
  return (
    <div class="pc-choice">
      <input type="checkbox" value="on" checked={field.isChecked} {...rest} />
      <label for={field.id}>{field.label}</label>
      <FieldErrors field={field} />
      <FieldHelp field={field} />
    </div>
  )
}

function Radios({ field, input }: { readonly field: FieldView; readonly input: InputAttributes }): JSX.Element {
  // What is said of the group stands on the group.
  const { id, 'aria-describedby': describedBy, 'aria-invalid': invalid, autofocus, ...each } = input
  const group = {
    ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
    ...(invalid === undefined ? {} : { 'aria-invalid': invalid }),
  }
  return (
    <fieldset class="pc-field" id={id as string} role="radiogroup" {...group}>
      <legend class="pc-label">{field.label}</legend>
      <div class="pc-choices">
        {field.choices.map((choice, index) => (
          <div class="pc-choice">
            <input
              {...each}
              type="radio"
              id={`${field.id}_${index}`}
              value={choice.value}
              checked={choice.isChosen}
              {...(index === 0 && autofocus === true ? { autofocus } : {})}
            />
            <label for={`${field.id}_${index}`}>{choice.label}</label>
          </div>
        ))}
      </div>
      <FieldErrors field={field} />
      <FieldHelp field={field} />
    </fieldset>
  )
}

function FieldErrors({ field }: { readonly field: FieldView }): JSX.Element {
  if (field.errorId === null) return <></>
  return (
    <div class="pc-errors" id={field.errorId}>
      {field.errors.map((error) => (
        <p class="pc-error">
          <Icon name="warning" size={16} />
          <span>{error.message}</span>
        </p>
      ))}
    </div>
  )
}

function FieldHelp({ field }: { readonly field: FieldView }): JSX.Element {
  const { helpId, helpTexts } = field
  if (helpId === null) return <></>
  if (helpTexts.length === 1) {
    return (
      <p class="pc-help" id={helpId}>
        {helpTexts[0]}
      </p>
    )
  }
  return (
    <ul class="pc-help" id={helpId}>
      {helpTexts.map((text) => (
        <li>{text}</li>
      ))}
    </ul>
  )
}

/** What is data comes first, so that what is ours stays. */
function inputAttributes(field: FieldView, mayFocus: boolean): InputAttributes {
  const { autofocus, ...given } = safeAttributes(field.attributes)
  const describedBy = [field.errorId, field.helpId].filter((id) => id !== null)
  return {
    ...given,
    ...(autofocus !== undefined && mayFocus ? { autofocus: true } : {}),
    name: field.name,
    id: field.id,
    ...(field.isRequired ? { required: true } : {}),
    ...(field.errors.length > 0 ? { 'aria-invalid': 'true' } : {}),
    ...(describedBy.length > 0 ? { 'aria-describedby': describedBy.join(' ') } : {}),
  }
}
