/**
 * Permission names as types: what the declared models allow, carried by every user, group and visitor of a site.
 * @module
 */

import type { Label } from '../database/declaration.js'

/** Where the compiler finds the permission names of the site that loaded an object. */
export declare const permissionNames: unique symbol

/** The permission names an object's questions take: those of its site, or any text where no site is known. */
export type PermissionOf<T> = T extends { readonly [permissionNames]?: infer P } ? (string extends P ? string : Extract<P, string>) : string

/** What every model gets, in Django's order. */
export type DefaultAction = 'add' | 'change' | 'delete' | 'view'

type App<L> = L extends `${infer A}.${string}` ? A : never
type Name<L> = L extends `${string}.${infer N}` ? Lowercase<N> : never
type Actions<O> = O extends { readonly defaultPermissions: readonly (infer D extends string)[] } ? D : DefaultAction
type Custom<O> = O extends { readonly permissions: infer P } ? Extract<keyof P, string> : never

/** The names a model with this label and these options brings: `'shop.add_product'` and its own. */
export type PermissionNamesFor<L extends Label, O> = `${App<L>}.${Actions<O>}_${Name<L>}` | `${App<L>}.${Custom<O>}`

/** The names of one or several declared classes. */
export type PermissionNamesOf<M> = M extends { readonly label: infer L extends Label; readonly options: infer O } ? PermissionNamesFor<L, O> : never

/** The names of Django's own tables, which every site has. */
export type BuiltInPermissions =
  | `auth.${DefaultAction}_${'group' | 'permission'}`
  | `contenttypes.${DefaultAction}_contenttype`
  | `sessions.${DefaultAction}_session`
  | `admin.${DefaultAction}_logentry`
