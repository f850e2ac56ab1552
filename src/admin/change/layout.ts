/**
 * Which fields the form of a model has, and how they stand: groups with a heading, lines of one field or several.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { ModelMeta } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ComputedField } from '../options.js'

/** A group of fields. */
export interface Section {
  readonly title: string | null
  readonly description: string | null
  readonly isCollapsed: boolean
  /** Names of columns and relations, those of one line together. */
  readonly lines: readonly (readonly string[])[]
}

type GivenField = string | ComputedField<Model>
type Given = readonly (GivenField | readonly GivenField[])[]

interface Layout {
  readonly sections: readonly Section[]
  /** What is worked out, by the name that stands for it in the sections. */
  readonly computed: ReadonlyMap<string, ComputedField<Model>>
}

const settled = new WeakMap<ModelAdmin, Layout>()

/** The groups of a model's form: as declared, or one with everything that can be filled in. */
export function layoutOf(admin: ModelAdmin): readonly Section[] {
  return wholeLayout(admin).sections
}

/** What is worked out from the object under this name; undefined for a field of the model. */
export function computedField(admin: ModelAdmin, name: string): ComputedField<Model> | undefined {
  return name.startsWith('(') ? wholeLayout(admin).computed.get(name) : undefined
}

function wholeLayout(admin: ModelAdmin): Layout {
  const known = settled.get(admin)
  if (known !== undefined) return known
  const { fields, fieldsets } = admin.options as { readonly fields?: Given; readonly fieldsets?: readonly GivenSection[] }
  const computed = new Map<string, ComputedField<Model>>()
  const nameOf = (field: GivenField): string => {
    if (typeof field === 'string') return field
    // No property of a model is called so.
    const name = `(${computed.size})`
    computed.set(name, field)
    return name
  }
  const sections = (fieldsets ?? [{ fields: fields ?? usualFields(admin) }]).map((one) => section(one, nameOf))
  checkNames(admin.meta, sections, computed)
  const layout = { sections, computed }
  settled.set(admin, layout)
  return layout
}

/** Every name of a layout, in order. */
export function namesIn(sections: readonly Section[]): string[] {
  return sections.flatMap((one) => one.lines.flat())
}

/** The fields of the model that a form has where nobody says otherwise. */
export function usualNames(admin: Pick<ModelAdmin, 'meta' | 'options'>): string[] {
  return usualFields(admin).filter((one) => typeof one === 'string')
}

/** What can be edited, in the order it was declared, and what is to be shown besides. */
function usualFields({ meta, options }: Pick<ModelAdmin, 'meta' | 'options'>): GivenField[] {
  const columns = meta.columns.filter(({ field: { settings } }) => {
    const isCounted = settings.kind === 'auto' || settings.kind === 'bigAuto'
    return settings.editable && !settings.hidden && !settings.autoNow && !settings.autoNowAdd && !isCounted
  })
  const names = [...columns.map((one) => one.name), ...meta.relations.map((one) => one.name)]
  const shown = (options.readonlyFields ?? []) as readonly GivenField[]
  return [...names, ...shown.filter((one) => typeof one !== 'string' || !names.includes(one))]
}

interface GivenSection {
  readonly title?: string
  readonly description?: string
  readonly fields: Given
  readonly collapsed?: boolean
}

function section({ title, description, fields, collapsed }: GivenSection, nameOf: (field: GivenField) => string): Section {
  return {
    title: title ?? null,
    description: description ?? null,
    isCollapsed: collapsed ?? false,
    lines: fields.map((one) => (isLine(one) ? one.map(nameOf) : [nameOf(one)])),
  }
}

function isLine(field: GivenField | readonly GivenField[]): field is readonly GivenField[] {
  return Array.isArray(field)
}

function checkNames(meta: ModelMeta, sections: readonly Section[], computed: Layout['computed']): void {
  const known = new Set([...meta.column.keys(), ...meta.relations.map((one) => one.name)])
  const seen = new Set<string>()
  for (const name of namesIn(sections)) {
    if (computed.has(name)) continue
    if (!known.has(name))
      throw new ImproperlyConfigured(`The admin's form of ${meta.label} names “${name}”, which is none of its fields: ${[...known].join(', ')}.`)
    if (seen.has(name)) throw new ImproperlyConfigured(`The admin's form of ${meta.label} names “${name}” twice.`)
    seen.add(name)
  }
}
