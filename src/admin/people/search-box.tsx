/**
 * The search above a list of people, permissions or groups, and the way through its pages. Both are plain links and forms.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
import { LONGEST_SEARCH, withQuery } from './query.js'

/** What a search is shown with. */
export interface SearchBoxProps {
  readonly label: string
  readonly search: string
  /** What is kept of the address while somebody searches. */
  readonly kept?: Readonly<Record<string, string | undefined>>
  readonly children?: Child
}

/** A search that begins anew at the first page. */
export function SearchBox({ label, search, kept = {}, children }: SearchBoxProps): JSX.Element {
  return (
    <form class="pa-search" role="search" method="get">
      <label class="pc-visually-hidden" for="searchbar">
        {label}
      </label>
      <span class="pa-search-box">
        <Icon name="search" size={18} />
        <input class="pc-input" type="search" name="q" id="searchbar" value={search} maxlength={LONGEST_SEARCH} placeholder={label} />
      </span>
      {Object.entries(kept).map(([name, value]) => (value === undefined || value === '' ? null : <input type="hidden" name={name} value={value} />))}
      {children}
      <button type="submit" class="pc-button pc-button-quiet">
        Search
      </button>
      {search !== '' && <a href={withQuery('', kept) || '?'}>Show all</a>}
    </form>
  )
}

/** What a way through pages is shown with. */
export interface PagesProps {
  readonly page: number
  readonly hasMore: boolean
  /** Where a page is. */
  readonly at: (page: number) => string
}

/** The addresses of pages that keep these parameters. */
export function keeping(kept: Readonly<Record<string, string | undefined>>): (page: number) => string {
  return (page) => withQuery('', { ...kept, p: page === 1 ? undefined : page }) || '?'
}

/** Earlier and later; nothing where there is one page. */
export function Pages({ page, hasMore, at }: PagesProps): JSX.Element | null {
  if (page === 1 && !hasMore) return null
  return (
    <nav class="pa-pages" aria-label="Pages">
      {page > 1 && (
        <a rel="prev" href={at(page - 1)}>
          Earlier
        </a>
      )}
      <span class="pc-soft">Page {page}</span>
      {hasMore && (
        <a rel="next" href={at(page + 1)}>
          Later
        </a>
      )}
    </nav>
  )
}
