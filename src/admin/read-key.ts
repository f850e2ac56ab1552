/**
 * Keys of objects as addresses and forms have them: texts, which somebody may have written by hand.
 * @module
 */

import { readOutside } from '../authentication/outside-values.js'
import { ValidationError } from '../base/errors.js'
import { codecFor } from '../database/filters.js'
import type { ModelMeta } from '../database/meta.js'
import type { ModelRegistry } from '../database/registry.js'

/** The key that a text stands for, in the type of its column; null where it can be none. */
export function readKey(registry: ModelRegistry, meta: ModelMeta, text: unknown): unknown {
  const column = meta.primaryKey
  const value = column === null ? null : readOutside(registry, meta, column, text)
  if (column === null || value === null) return null
  try {
    return codecFor(registry, meta, column).accept(value)
  } catch (error) {
    if (error instanceof ValidationError) return null
    throw error
  }
}
