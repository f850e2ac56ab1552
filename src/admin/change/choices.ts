/**
 * What a relation's field shows: the few there are, or what is chosen and what a search found. No more is read than is shown.
 * @module
 */

import type { FieldView } from '../../forms/form-types.js'
import type { ColumnInput, RecordForm, RelationInput } from './record-form.js'
import { LONGEST_SEARCH } from '../list/search.js'
import { countRelated, relatedAmong, relatedKeys } from './related-keys.js'
import { textsOf, type Submission } from './submission.js'
import type { Found, Option, Target } from './targets.js'
import type { RequestData } from '../../protection/body/request-data.js'

/** Chosen objects that are shown; those beyond are found by searching. */
export const MOST_CHOSEN = 500

/** What follows the name of a field in the box that searches its target. */
export const QUERY = '__q'
/** The button that searches; its value is the field's name. */
export const SEARCH = '_search'

/** A box to search with, and what it found. */
export interface SearchView {
  readonly name: string
  readonly text: string
  /** What it found; null where nothing was asked. */
  readonly found: Found | null
}

/** A foreign key's field. */
export type ChoiceView =
  | { readonly kind: 'select'; readonly field: FieldView }
  | {
      readonly kind: 'lookup'
      readonly field: FieldView
      readonly current: Option | null
      readonly url: string
      readonly search: SearchView
      readonly title: string
    }
  | { readonly kind: 'key'; readonly field: FieldView; readonly current: Option | null; readonly title: string }

/** A many-to-many relation's field. */
export interface ManyView {
  readonly label: string
  readonly helpTexts: readonly string[]
  readonly wireName: string
  readonly id: string
  /** What people call them. */
  readonly title: string
  /** The chosen ones that are shown, and others that can be. */
  readonly chosen: readonly Option[]
  readonly others: readonly Option[]
  /** Chosen ones that are not shown. */
  readonly unseen: number
  /** Null where all are listed. */
  readonly search: SearchView | null
  readonly url: string | null
  /** Whether two panes are wanted. */
  readonly isPaned: boolean
  /** What the form is opened with. */
  readonly opened: ReadonlySet<string>
}

/** Whether a relation's target is searched and not listed. */
export async function isSearched({ context: { admin } }: RecordForm, name: string, target: Target): Promise<boolean> {
  const asked = (admin.options.autocompleteFields ?? []) as readonly string[]
  return (asked.includes(name) && (await target.canSearch())) || target.isLarge()
}

/** What a foreign key's field shows. */
export async function choiceView(
  form: RecordForm,
  { column, target, field }: ColumnInput & { readonly target: Target },
  view: FieldView,
  data: RequestData | null,
): Promise<ChoiceView> {
  if (!(await isSearched(form, column.name, target))) return { kind: 'select', field: { ...view, choices: await listed(target, view) } }
  const key = view.value === '' ? null : target.readKey(view.value)
  const current = key === null ? null : ((await target.known([key])).get(String(key)) ?? null)
  const title = target.meta.verboseName
  const url = await target.searchUrl()
  if (url === null) return { kind: 'key', field: { ...view, type: 'text', choices: [] }, current, title }
  return { kind: 'lookup', field: view, current, url, title, search: await searchView(target, field.wireName, data) }
}

/** What a many-to-many relation's field shows. */
export async function manyView(form: RecordForm, input: RelationInput, submission: Submission | null, data: RequestData | null): Promise<ManyView> {
  const { admin, row, visit } = form.context
  const { relation, target, wireName, through } = input
  const name = relation.name
  const of = row === null ? null : { registry: visit.parts.registry, through, owner: row.pk }
  const isLarge = await isSearched(form, name, target)
  const before = submission === null || submission.opened.keysOf(wireName) === null ? null : submission.opened.keysOf(wireName)
  const stored = before === null && of !== null ? (await relatedKeys(of, MOST_CHOSEN + 1)).map(String) : []
  const opened = new Set(before ?? stored.slice(0, MOST_CHOSEN))
  const chosen = submission === null ? opened : (submission.chosen.get(name) ?? new Set<string>())
  const paned = (admin.options.filterHorizontal ?? []) as readonly string[]
  const common = {
    label: input.label,
    helpTexts: relation.field.options.helpText === undefined ? [] : [relation.field.options.helpText],
    wireName,
    id: `id_${wireName}`,
    title: target.meta.verboseNamePlural,
  }
  if (!isLarge) {
    const all = await target.all()
    return {
      ...common,
      chosen: all.filter(({ key }) => chosen.has(key)),
      others: all.filter(({ key }) => !chosen.has(key)),
      unseen: 0,
      search: null,
      url: null,
      isPaned: paned.includes(name),
      opened,
    }
  }
  const search = (await target.canSearch()) ? await searchView(target, wireName, data) : null
  const found = search?.found?.options ?? []
  // What a search found may be chosen already without having been shown: now it is.
  const related =
    of === null || found.length === 0
      ? new Set<string>()
      : await relatedAmong(
          of,
          found.map(({ row: one }) => one.pk),
        )
  const newlySeen = [...related].filter((key) => !opened.has(key))
  const ticked = new Set([...chosen, ...newlySeen])
  for (const key of newlySeen) opened.add(key)
  const shown = await target.known([...new Set([...ticked, ...opened])].flatMap((key) => target.readKey(key) ?? []))
  const option = (key: string): Option[] => (shown.get(key) === undefined ? [] : [shown.get(key) as Option])
  const count =
    stored.length > MOST_CHOSEN && of !== null
      ? await countRelated(of)
      : before !== null && of !== null && opened.size >= MOST_CHOSEN
        ? await countRelated(of)
        : opened.size
  return {
    ...common,
    chosen: byLabel([...ticked].flatMap(option)),
    others: uniqueOptions([...[...opened].filter((key) => !ticked.has(key)).flatMap(option), ...found.filter(({ key }) => !ticked.has(key))]),
    unseen: Math.max(0, count - opened.size),
    search,
    url: await target.searchUrl(),
    isPaned: true,
    opened,
  }
}

async function searchView(target: Target, wireName: string, data: RequestData | null): Promise<SearchView> {
  const name = wireName + QUERY
  const text = data === null ? '' : (textsOf(data, name)[0] ?? '').slice(0, LONGEST_SEARCH)
  // Who asks for nothing in particular is shown the first ones.
  const isAsked = text.trim() !== '' || (data !== null && textsOf(data, SEARCH).includes(wireName))
  return { name, text, found: isAsked ? await target.search(text) : null }
}

async function listed(target: Target, view: FieldView): Promise<FieldView['choices']> {
  const all = await target.all()
  const isKnown = view.value === '' || all.some(({ key }) => key === view.value)
  return [
    ...(view.isRequired && view.value !== '' ? [] : [{ value: '', label: '–', isChosen: view.value === '' }]),
    ...(isKnown ? [] : [{ value: view.value, label: `${view.value} (gone)`, isChosen: true }]),
    ...all.map(({ key, label }) => ({ value: key, label, isChosen: key === view.value })),
  ]
}

function byLabel(options: readonly Option[]): Option[] {
  return options.toSorted((a, b) => a.label.localeCompare(b.label, 'en'))
}

function uniqueOptions(options: readonly Option[]): Option[] {
  return [...new Map(options.map((one) => [one.key, one])).values()]
}
