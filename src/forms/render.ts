/**
 * A form as HTML: label, control, help and errors tied together for people who see the page and for those who hear it. Works without scripts.
 * @module
 */

import { safeHref } from '../base/html.js'
import { messageFor, type Catalogue } from '../base/messages.js'
import type { FieldView, FormError } from './form-types.js'
import { element, join, type Attributes, type Content, type Markup } from './markup.js'

/** What is rendered. */
export interface RenderParts {
  readonly fields: readonly FieldView[]
  readonly hidden: readonly (readonly [name: string, value: string])[]
  /** Errors that belong to no field. */
  readonly errors: readonly FormError[]
  readonly isMultipart: boolean
  readonly submit: string
  readonly action: string | null
  readonly fieldsOnly: boolean
  readonly idPrefix: string
  readonly translation: Catalogue | undefined
}

/** The form as HTML. */
export function renderForm(parts: RenderParts): string {
  const { fields, hidden, errors, isMultipart, submit, action, fieldsOnly, idPrefix } = parts
  const inside: Content[] = [
    hidden.map(([name, value]) => element('input', { type: 'hidden', name, value })),
    errors.length > 0 && element('div', { class: 'form-errors' }, errorList(errors, `${idPrefix}form_error`)),
    fields.map((field) => renderField(field, parts.translation)),
  ]
  if (fieldsOnly) return join(inside)
  return element(
    'form',
    { class: 'form', method: 'post', action, enctype: isMultipart ? 'multipart/form-data' : null },
    inside,
    element('div', { class: 'form-actions' }, element('button', { type: 'submit' }, submit)),
  ).html
}

function renderField(field: FieldView, translation: Catalogue | undefined): Markup {
  const { errors, errorId, helpTexts, helpId } = field
  const attributes = { class: `field field-${field.type}${errors.length > 0 ? ' has-errors' : ''}` }
  const below = [
    errorId !== null && errorList(errors, errorId),
    helpId !== null && element('div', { class: 'help', id: helpId }, helpTexts.length === 1 ? (helpTexts[0] ?? '') : helpList(helpTexts)),
  ]
  if (field.type === 'radio') {
    // What is said of the group stands on the group: a single button is neither described nor wrong.
    return element(
      'fieldset',
      { ...attributes, id: field.id, role: 'radiogroup', ...ariaOf(field) },
      element('legend', {}, field.label),
      radios(field),
      below,
    )
  }
  // A read-only text is nothing to type into, so its label labels nothing.
  const label = field.type === 'readonly' ? element('span', { class: 'label' }, field.label) : element('label', { for: field.id }, field.label)
  return element(
    'div',
    attributes,
    field.type === 'checkbox' ? [control(field), label] : [label, control(field)],
    presentFile(field, translation),
    below,
  )
}

function control(field: FieldView): Markup {
  const { id, name, value, attributes, isRequired, link = null } = field
  const common = { id, name, ...attributes, required: isRequired }
  switch (field.type) {
    case 'textarea':
      // A line break that begins the text is taken for part of the tag, so it needs one before it.
      return element('textarea', { rows: 6, ...common }, value.startsWith('\n') || value.startsWith('\r') ? `\n${value}` : value)
    case 'select':
      return element(
        'select',
        common,
        field.choices.map((one) => element('option', { value: one.value, selected: one.isChosen }, one.label)),
      )
    case 'checkbox':
      return element('input', { ...common, type: 'checkbox', value: 'on', required: false, checked: field.isChecked })
    case 'file':
      return element('input', { ...common, type: 'file' })
    case 'password':
      return element('input', { ...common, type: 'password' })
    case 'readonly':
      return element('div', { id, class: 'readonly', ...attributes }, value, link !== null && [' ', anchor(link.href, link.label)])
    default:
      return element('input', { ...common, type: field.type, value: value === '' ? null : value })
  }
}

function ariaOf({ attributes }: FieldView): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('aria-')))
}

function radios({ id, name, attributes, choices, isRequired }: FieldView): Content {
  const own = Object.fromEntries(Object.entries(attributes).filter(([one]) => !one.startsWith('aria-')))
  return choices.map((one, index) => {
    const input = element('input', {
      ...own,
      type: 'radio',
      id: `${id}_${index}`,
      name,
      value: one.value,
      required: isRequired,
      checked: one.isChosen,
    })
    return element('div', { class: 'choice' }, input, element('label', { for: `${id}_${index}` }, one.label))
  })
}

/** The present file, and the box that has it removed. */
function presentFile({ id, file, label }: FieldView, translation: Catalogue | undefined): Content {
  if (file === null) return null
  const clearId = `${id}-clear`
  return element(
    'div',
    { class: 'present-file' },
    element('span', {}, `${messageFor('label.current_file', {}, translation)}: `, anchor(file.url, file.path)),
    file.clearName !== null && [
      element('input', {
        type: 'checkbox',
        id: clearId,
        name: file.clearName,
        value: 'on',
        'aria-label': `${messageFor('label.remove_file', {}, translation)}: ${label}`,
      }),
      element('label', { for: clearId }, messageFor('label.remove_file', {}, translation)),
    ],
  )
}

/** A link where a browser may follow the address, and its text alone where it may not (I7). */
function anchor(address: string | null, text: string): Content {
  const href = safeHref(address)
  return href === undefined ? text : element('a', { href }, text)
}

function errorList(errors: readonly FormError[], id: string): Markup {
  // The role stands on the element around it: a list that is an alert is no list any more.
  return element(
    'div',
    { class: 'errors', id, role: 'alert' },
    element(
      'ul',
      {},
      errors.map((one) => element('li', { 'data-code': one.code }, one.message)),
    ),
  )
}

function helpList(texts: readonly string[]): Markup {
  return element(
    'ul',
    {},
    texts.map((one) => element('li', {}, one)),
  )
}
