/**
 * What the address of a page may ask for: named parameters, each once. Anything else is refused, whoever wrote it (I1, I8).
 * @module
 */

import type { AdminVisit } from '../visit.js'

/** Longer searches are nobody's. */
export const LONGEST_SEARCH = 200

/** Further on nobody turns pages; the search leads there. */
const LAST_PAGE = 1000

/** The parameters that were sent, or what is wrong with them. */
export function readQuery<Name extends string>(
  visit: AdminVisit,
  names: readonly Name[],
): Partial<Record<Name, string>> | { readonly refused: string } {
  const found: Partial<Record<Name, string>> = {}
  for (const [name, value] of visit.request.query) {
    const known = names.find((one) => one === name)
    if (known === undefined) return { refused: `${name} is no parameter of this page` }
    if (known in found) return { refused: `several values of ${name}` }
    found[known] = value
  }
  return found
}

/** A search as it is used: cut, and without what no database stores. */
export function readSearch(text: string | undefined): string {
  return (text ?? '').slice(0, LONGEST_SEARCH).replaceAll('\0', '').toWellFormed().trim()
}

/** A page by its number; null for what is none. */
export function readPage(text: string | undefined): number | null {
  if (text === undefined || text === '') return 1
  const page = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0
  return page >= 1 && page <= LAST_PAGE ? page : null
}

/** An address with these parameters, empty ones left out. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | number | null | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}
