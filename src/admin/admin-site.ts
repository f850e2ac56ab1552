/**
 * The admin at work: its models settled, each with what people, groups and permissions bring of their own.
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import type { AnyModelClass } from '../database/model.js'
import type { AdminParts } from './admin-parts.js'
import { ModelAdmin } from './model-admin.js'
import type { AdminOptions } from './options.js'
import type { AdminRegistry } from './registry.js'
import type { SpecialModel } from './special.js'

/** An app with those of its models that somebody may see. */
export interface VisibleApp {
  readonly label: string
  readonly name: string
  readonly models: readonly ModelAdmin[]
}

/** What Django's own apps are called (CT-4). */
const APP_NAMES: Readonly<Record<string, string>> = {
  auth: 'People and permissions',
  contenttypes: 'Content types',
  sessions: 'Sessions',
  admin: 'Administration',
  portcullis: 'Security',
}

/** The models of an admin, settled. */
export class AdminModels {
  readonly options: AdminOptions
  readonly #list: readonly ModelAdmin[]

  constructor(parts: AdminParts, registry: AdminRegistry, specials: ReadonlyMap<AnyModelClass, SpecialModel>) {
    this.options = registry.options
    this.#list = registry.all.map((one) => new ModelAdmin(parts, registry.options, one, specials.get(one.model) ?? {}))
  }

  get all(): readonly ModelAdmin[] {
    return this.#list
  }

  /** The model that an address names. */
  find(appLabel: string, modelName: string): ModelAdmin | null {
    return this.#list.find(({ meta }) => meta.appLabel === appLabel && meta.modelName === modelName) ?? null
  }

  /** The admin of a model; null where it is not registered. */
  of(model: { readonly label: string }): ModelAdmin | null {
    return this.#list.find((one) => one.model.label === model.label) ?? null
  }

  /** What somebody may see, by app, each app and model in the order of its name. */
  async visibleTo(request: SiteRequest): Promise<VisibleApp[]> {
    const apps = new Map<string, ModelAdmin[]>()
    for (const one of this.#list) {
      if (one.options.hidden === true || !(await one.hasAny(request))) continue
      apps.set(one.meta.appLabel, [...(apps.get(one.meta.appLabel) ?? []), one])
    }
    return [...apps]
      .map(([label, models]) => ({
        label,
        name: appName(label),
        models: models.toSorted((a, b) => a.titlePlural.localeCompare(b.titlePlural, 'en')),
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
  }
}

/** What people call an app. */
export function appName(label: string): string {
  const known = Object.hasOwn(APP_NAMES, label) ? APP_NAMES[label] : undefined
  return known ?? label.replaceAll('_', ' ').replace(/^[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) - 32))
}
