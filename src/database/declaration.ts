/**
 * What a model is declared with.
 * @module
 */

import type { Field } from './field.js'
import type { ManyToMany } from './fields.js'

/** A model's name: the app's label, a dot, the class name. */
export type Label = `${string}.${string}`

/** What a model is declared with, by property name. */
export type Fields = Readonly<Record<string, Field | ManyToMany>>

/** Options of a model. */
export interface ModelOptions {
  /** Its columns and relations. Left out: the table belongs to another tool and the model only carries permissions. */
  readonly fields?: Fields
  /** Permissions beyond the default ones: codename (up to 100 characters) to the name people read (up to 255). */
  readonly permissions?: Readonly<Record<string, string>>
  /** The actions that get a permission each. Default: add, change, delete, view. */
  readonly defaultPermissions?: readonly string[]
  /** The table, where it is not `<app>_<model>`. */
  readonly table?: string
  /** What people call one of them, in lower case. Default: the class name in words. */
  readonly verboseName?: string
  /** What people call several. Default: the above with an s. */
  readonly verboseNamePlural?: string
  /** Sets of properties that are unique together. */
  readonly uniqueTogether?: readonly (readonly string[])[]
  /** Sets of properties to index together. */
  readonly indexes?: readonly (readonly string[])[]
  /** The usual order: property names, `-` before one for descending. */
  readonly ordering?: readonly string[]
}
