/**
 * The models of an admin, each with what was said of it.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { AnyModelClass } from '../database/model.js'
import type { AdminOptions, ModelAdminOptions } from './options.js'

/** A model and its options. */
export interface Registration {
  readonly model: AnyModelClass
  readonly options: ModelAdminOptions<AnyModelClass, never>
}

/** What was registered, by the model's label in lower case. */
export class AdminRegistry {
  readonly options: AdminOptions
  readonly #models = new Map<string, Registration>()

  constructor(options: AdminOptions) {
    this.options = options
  }

  /** Adds a model; one that is there already is an error that says so. */
  add(model: AnyModelClass, options: ModelAdminOptions<AnyModelClass, never>): void {
    const key = keyOf(model)
    if (this.#models.has(key)) throw new ImproperlyConfigured(`${model.label} is registered with the admin already. Unregister it first.`)
    this.#models.set(key, { model, options })
  }

  /** Takes a model out, Django's users and groups too. */
  remove(model: AnyModelClass): void {
    if (!this.#models.delete(keyOf(model))) throw new ImproperlyConfigured(`${model.label} is not registered with the admin.`)
  }

  has(model: AnyModelClass): boolean {
    return this.#models.has(keyOf(model))
  }

  /** The registration that an address names: app label and model name, both in lower case. */
  find(appLabel: string, modelName: string): Registration | null {
    for (const one of this.#models.values()) if (one.model.meta.appLabel === appLabel && one.model.meta.modelName === modelName) return one
    return null
  }

  /** Everything registered, in the order it was. */
  get all(): readonly Registration[] {
    return [...this.#models.values()]
  }
}

function keyOf(model: AnyModelClass): string {
  return `${model.meta.appLabel}.${model.meta.modelName}`
}
