/**
 * Which fields the form of a model has, and how they stand: groups with a heading, lines of one field or several.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { ModelMeta } from '../../database/meta.js'
import type { ModelAdmin } from '../model-admin.js'

/** A group of fields. */
export interface Section {
  readonly title: string | null
  readonly description: string | null
  readonly isCollapsed: boolean
  /** Names of columns and relations, those of one line together. */
  readonly lines: readonly (readonly string[])[]
}

type Given = readonly (string | readonly string[])[]

const settled = new WeakMap<ModelAdmin, readonly Section[]>()

/** The groups of a model's form: as declared, or one with everything that can be filled in. */
export function layoutOf(admin: ModelAdmin): readonly Section[] {
  const known = settled.get(admin)
  if (known !== undefined) return known
  const { fields, fieldsets } = admin.options as { readonly fields?: Given; readonly fieldsets?: readonly GivenSection[] }
  const sections = (fieldsets ?? [{ fields: fields ?? usualNames(admin) }]).map(section)
  checkNames(admin.meta, sections)
  settled.set(admin, sections)
  return sections
}

/** Every name of a layout, in order. */
export function namesIn(sections: readonly Section[]): string[] {
  return sections.flatMap((one) => one.lines.flat())
}

/** What a form has where nobody says otherwise: what can be edited, in the order it was declared, and what is to be shown besides. */
export function usualNames({ meta, options }: Pick<ModelAdmin, 'meta' | 'options'>): string[] {
  const columns = meta.columns.filter(({ field: { settings } }) => {
    const isCounted = settings.kind === 'auto' || settings.kind === 'bigAuto'
    return settings.editable && !settings.hidden && !settings.autoNow && !settings.autoNowAdd && !isCounted
  })
  const names = [...columns.map((one) => one.name), ...meta.relations.map((one) => one.name)]
  const shown = (options.readonlyFields ?? []) as readonly string[]
  return [...names, ...shown.filter((one) => !names.includes(one))]
}

interface GivenSection {
  readonly title?: string
  readonly description?: string
  readonly fields: Given
  readonly collapsed?: boolean
}

function section({ title, description, fields, collapsed }: GivenSection): Section {
  return {
    title: title ?? null,
    description: description ?? null,
    isCollapsed: collapsed ?? false,
    lines: fields.map((one) => (typeof one === 'string' ? [one] : one)),
  }
}

function checkNames(meta: ModelMeta, sections: readonly Section[]): void {
  const known = new Set([...meta.column.keys(), ...meta.relations.map((one) => one.name)])
  const seen = new Set<string>()
  for (const name of namesIn(sections)) {
    if (!known.has(name))
      throw new ImproperlyConfigured(`The admin's form of ${meta.label} names “${name}”, which is none of its fields: ${[...known].join(', ')}.`)
    if (seen.has(name)) throw new ImproperlyConfigured(`The admin's form of ${meta.label} names “${name}” twice.`)
    seen.add(name)
  }
}
