/**
 * Fields of relations, complete without a script: a list where there are few to choose from; otherwise what is chosen, a box to search with, and
 * what it found. Scripts make a combobox of one and two panes of the other, from the same markup.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { FieldView } from '../../forms/form-types.js'
import { Field } from '../../pages/components/field.js'
import { Icon } from '../../pages/components/icons.js'
import { SEARCH, type ChoiceView, type ManyView, type SearchView } from './choices.js'
import type { Option } from './targets.js'

/** A foreign key. */
export function Choice({ view }: { readonly view: ChoiceView }): JSX.Element {
  if (view.kind === 'select') return <Field field={view.field} mayFocus={false} />
  if (view.kind === 'key') {
    const now = view.current === null ? [] : [`Now: ${view.current.label}`]
    const helpTexts = [...view.field.helpTexts, `There are many. Type the key of one ${view.title}.`, ...now]
    return <Field field={{ ...view.field, helpTexts, helpId: `${view.field.id}_helptext` }} mayFocus={false} />
  }
  return <Lookup view={view} />
}

function Lookup({ view }: { readonly view: Extract<ChoiceView, { kind: 'lookup' }> }): JSX.Element {
  const { field, current, search, url, title } = view
  const others = (search.found?.options ?? []).filter((one) => one.key !== current?.key)
  return (
    <fieldset class="pc-field pa-lookup" id={`${field.id}_choices`} data-lookup={url} data-name={field.name} data-title={title} {...described(field)}>
      <legend class="pc-label">
        {field.label}
        {!field.isRequired && <span class="pc-optional"> (optional)</span>}
      </legend>
      <div class="pa-lookup-plain">
        <div class="pc-choices">
          {current !== null && <Radio name={field.name} id={field.id} option={current} isChecked />}
          {(!field.isRequired || current === null) && (
            <Radio
              name={field.name}
              id={current === null ? field.id : `${field.id}_none`}
              option={{ key: '', label: field.isRequired ? `No ${title} chosen yet` : 'None' }}
              isChecked={current === null}
            />
          )}
          {others.map((option, index) => (
            <Radio name={field.name} id={`${field.id}_${index}`} option={option} isChecked={false} />
          ))}
        </div>
        <Find search={search} name={field.name} label={`Find a ${title} for ${field.label}`} />
      </div>
      <Errors field={field} />
      <Help id={field.helpId} texts={field.helpTexts} />
    </fieldset>
  )
}

/** A many-to-many relation. */
export function Many({
  view,
  errors,
  errorId,
}: {
  readonly view: ManyView
  readonly errors: FieldView['errors']
  readonly errorId: string | null
}): JSX.Element {
  const { label, wireName, id, chosen, others, search, url, isPaned, unseen, title } = view
  const helpId = view.helpTexts.length === 0 ? null : `${id}_helptext`
  // Panes for scripts need everything that is chosen.
  const panes = isPaned && unseen === 0 ? { 'data-panes': url ?? '', 'data-name': wireName, 'data-title': title } : {}
  return (
    <fieldset class="pc-field pa-many" id={id} {...panes} {...describedBy([errorId, helpId])}>
      <legend class="pc-label">
        {label} <span class="pc-optional">({chosen.length + unseen} chosen)</span>
      </legend>
      <div class="pa-many-plain">
        {chosen.length + others.length === 0 && search === null && <p class="pc-soft">There are no {title} yet.</p>}
        {chosen.length > 0 && <Boxes name={wireName} id={`${id}_chosen`} options={chosen} isChecked label={`Chosen ${title}`} />}
        {unseen > 0 && (
          <p class="pc-small pc-soft">
            {unseen} more {unseen === 1 ? 'is' : 'are'} chosen and stay so. Search for one to take it away.
          </p>
        )}
        {search !== null && <Find search={search} name={wireName} label={`Find ${title}`} />}
        {others.length > 0 && (
          <Boxes
            name={wireName}
            id={`${id}_others`}
            options={others}
            isChecked={false}
            label={search === null ? `Other ${title}` : `Found ${title}`}
          />
        )}
      </div>
      <ErrorList errors={errors} id={errorId} />
      <Help id={helpId} texts={view.helpTexts} />
    </fieldset>
  )
}

function Boxes({
  name,
  id,
  options,
  isChecked,
  label,
}: {
  readonly name: string
  readonly id: string
  readonly options: readonly Option[]
  readonly isChecked: boolean
  readonly label: string
}): JSX.Element {
  return (
    <div class="pa-boxes" role="group" aria-label={label} tabindex={0}>
      {options.map((option, index) => (
        <div class="pc-choice">
          <input type="checkbox" name={name} id={`${id}_${index}`} value={option.key} checked={isChecked} />
          <label for={`${id}_${index}`}>{option.label}</label>
        </div>
      ))}
    </div>
  )
}

function Radio({
  name,
  id,
  option,
  isChecked,
}: {
  readonly name: string
  readonly id: string
  readonly option: { key: string; label: string }
  readonly isChecked: boolean
}): JSX.Element {
  return (
    <div class="pc-choice">
      <input type="radio" name={name} id={id} value={option.key} checked={isChecked} />
      <label for={id}>{option.label}</label>
    </div>
  )
}

/** A box to search with. Its button sends the whole form, so that nothing that was typed elsewhere is lost. */
function Find({ search, name, label }: { readonly search: SearchView; readonly name: string; readonly label: string }): JSX.Element {
  const { found } = search
  return (
    <>
      <div class="pa-find">
        <label class="pc-visually-hidden" for={`id_${search.name}`}>
          {label}
        </label>
        <input
          class="pc-input"
          type="search"
          name={search.name}
          id={`id_${search.name}`}
          value={search.text}
          placeholder="Search"
          maxlength={200}
          autocomplete="off"
        />
        <button type="submit" class="pc-button pc-button-quiet pc-button-small" name={SEARCH} value={name} formnovalidate>
          <Icon name="search" size={16} />
          Search
        </button>
      </div>
      {/* The return key searches once: then it saves, as everywhere. */}
      {found !== null && <input type="hidden" name={`${search.name}_shown`} value={search.text} />}
      {found !== null && (
        <p class="pc-small pc-soft" role="status">
          {found.options.length === 0
            ? 'Nothing was found.'
            : found.hasMore
              ? `The first ${found.options.length} that were found. A longer word finds fewer.`
              : `${found.options.length} found.`}
        </p>
      )}
    </>
  )
}

/** What is wrong with a field. */
export function Errors({ field }: { readonly field: FieldView }): JSX.Element {
  return <ErrorList errors={field.errors} id={field.errorId} />
}

function ErrorList({ errors, id }: { readonly errors: FieldView['errors']; readonly id: string | null }): JSX.Element {
  if (id === null || errors.length === 0) return <></>
  return (
    <div class="pc-errors" id={id}>
      {errors.map((error) => (
        <p class="pc-error">
          <Icon name="warning" size={16} />
          <span>{error.message}</span>
        </p>
      ))}
    </div>
  )
}

function Help({ id, texts }: { readonly id: string | null; readonly texts: readonly string[] }): JSX.Element {
  if (id === null) return <></>
  return (
    <div class="pc-help" id={id}>
      {texts.map((text) => (
        <p>{text}</p>
      ))}
    </div>
  )
}

function described(field: FieldView): Record<string, string> {
  return describedBy([field.errorId, field.helpId])
}

function describedBy(ids: readonly (string | null)[]): Record<string, string> {
  const there = ids.filter((one) => one !== null)
  return there.length === 0 ? {} : { 'aria-describedby': there.join(' ') }
}
