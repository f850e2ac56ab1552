/**
 * What lists show: search, filters, dense tables that scroll inside themselves, cells to fill in, pages.
 * @module
 */

export const listStyles = `
.pa-list { display: grid; grid-template-columns: minmax(0, 1fr) 13.5rem; gap: 1.25rem; align-items: start; }
.pa-list:not(:has(.pa-filters)) { grid-template-columns: minmax(0, 1fr); }
.pa-list-main > .pa-notice { margin-block-end: 0.875rem; }
.pa-search { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-block-end: 0.75rem; }
.pa-search > a { font-size: var(--pc-small); padding-block: 0.25rem; }
.pa-search-box { position: relative; flex: 1 1 12rem; max-inline-size: 26rem; }
.pa-search-box svg { position: absolute; inset-block-start: 50%; inset-inline-start: 0.75rem; translate: 0 -50%; color: var(--pc-soft); pointer-events: none; }
.pa-search-box .pc-input { padding-inline-start: 2.375rem; min-block-size: 2.375rem; padding-block: 0.25rem; font-size: 0.9375rem; }
.pa-search .pc-help { flex-basis: 100%; }
.pa-dates { display: flex; flex-wrap: wrap; gap: 0.125rem 0.25rem; align-items: center; margin-block-end: 0.625rem; font-size: var(--pc-small); }
.pa-dates strong { margin-inline-end: 0.5rem; font-weight: 600; }
.pa-dates a { padding: 0.1875rem 0.5rem; border-radius: 0.5rem; text-decoration: none; min-inline-size: 1.5rem; text-align: center; }
.pa-dates a:hover { background: var(--pc-tint); }

.pa-filters { background: var(--pc-surface); border: 1px solid var(--pc-line); border-radius: var(--pc-radius-large); padding: 0.8125rem 0.5rem; font-size: var(--pc-small); }
.pa-filters summary { font-weight: 650; cursor: pointer; padding: 0.125rem 0.5rem; }
.pa-filters section { border-block-start: 1px solid var(--pc-line); margin-block-start: 0.625rem; padding-block-start: 0.625rem; }
.pa-filters h2 { font-size: 0.75rem; letter-spacing: 0.03em; color: var(--pc-soft); padding: 0 0.5rem 0.1875rem; }
.pa-filters .pc-help { padding-inline: 0.5rem; }
.pa-filters-clear { display: inline-block; padding: 0.25rem 0.5rem; }
.pa-choices { list-style: none; max-block-size: 15rem; overflow-y: auto; }
.pa-choices a { display: block; padding: 0.15625rem 0.5rem; border-radius: 0.375rem; text-decoration: none; color: var(--pc-ink); overflow-wrap: anywhere; min-block-size: 1.5rem; }
.pa-choices a:hover { background: var(--pc-sunken); }
.pa-choices a:focus-visible { outline-offset: -0.1875rem; }
.pa-choices a[aria-current] { background: var(--pc-tint); color: var(--pc-accent); font-weight: 600; }

html:has(.pa-below [name="_save"]) { scroll-padding-bottom: 4.5rem; }
.pa-page .pa-table-card { padding: 0; overflow: clip; }
.pa-actions-bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0.5rem 0.875rem; border-block-end: 1px solid var(--pc-line); font-size: var(--pc-small); }
.pa-actions-bar .pc-input { inline-size: auto; flex: 0 1 auto; min-inline-size: 6rem; max-inline-size: 60%; min-block-size: 2.25rem; padding-block: 0.125rem; }
.pa-actions-bar .pa-compact { min-block-size: 2.25rem; font-size: var(--pc-small); }
.pa-scroll { overflow-x: auto; position: relative; }
.pa-scroll:focus-visible { outline-offset: -0.1875rem; }
.pa-table { inline-size: 100%; border-collapse: collapse; font-size: var(--pc-small); line-height: 1.4; }
.pa-table th, .pa-table td { padding: 0.4375rem 0.625rem; text-align: start; border-block-end: 1px solid var(--pc-line); vertical-align: middle; }
.pa-table thead th { color: var(--pc-soft); font-size: 0.8125rem; font-weight: 600; white-space: nowrap; background: var(--pc-sunken); padding-block: 0.375rem; }
.pa-table tbody th { font-weight: 550; min-inline-size: 9.5rem; }
.pa-table tbody th a { text-decoration: none; }
.pa-table tbody th a:hover { text-decoration: underline; }
.pa-table td time, .pa-table th time, .pa-short { white-space: nowrap; }
.pa-table tbody tr:hover { background: color-mix(in srgb, var(--pc-sunken) 60%, transparent); }
.pa-table tbody tr:has(.pa-select:checked) { background: var(--pc-tint); }
.pa-table tbody tr:last-child > * { border-block-end: 0; }
.pa-table thead a { display: inline-block; min-block-size: 1.5rem; line-height: 1.5rem; color: inherit; text-decoration: none; }
.pa-table thead a:hover { text-decoration: underline; }
.pa-table thead th[aria-sort] { color: var(--pc-accent); }
.pa-table .pa-select-cell, .pa-table .pa-select-all { inline-size: 2.5rem; padding-inline-end: 0; }
.pa-select, .pa-cell input[type="checkbox"] { display: block; inline-size: 1.125rem; block-size: 1.125rem; margin: 0.1875rem; accent-color: var(--pc-accent); }
.pa-yes { color: var(--pc-success); font-weight: 700; }
.pa-no { color: var(--pc-soft); }
.pa-cell { display: grid; gap: 0.25rem; }
.pa-cell .pc-input { min-block-size: 2rem; padding: 0.125rem 0.5rem; min-inline-size: 5.75rem; border-radius: 0.5rem; font-size: var(--pc-small); }
.pa-cell .pc-error { inline-size: max-content; max-inline-size: 12rem; white-space: normal; }
.pa-below { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.5rem 0.75rem; padding: 0.5rem 0.875rem; border-block-start: 1px solid var(--pc-line); background: var(--pc-surface); }
.pa-below:has([name="_save"]) { position: sticky; inset-block-end: 0; }
.pa-pages { display: flex; flex-wrap: wrap; gap: 0.25rem 0.875rem; padding-block: 0.25rem; align-items: center; font-size: var(--pc-small); }
.pa-pages:empty { display: none; }
.pa-pages > span:first-child { color: var(--pc-soft); }
.pa-pages a { padding-block: 0.125rem; }
.pa-history .pa-pages { padding: 0.5rem 0.875rem; border-block-start: 1px solid var(--pc-line); }

.pa-nothing { display: grid; justify-items: center; gap: 0.5rem; text-align: center; }
.pa-page .pa-nothing { padding: 2.75rem 1.5rem; }
.pa-confirm { display: grid; gap: 1rem; max-inline-size: 44rem; }
.pa-named { max-block-size: 20rem; overflow-y: auto; padding: 0.5rem 0.875rem; border-radius: var(--pc-radius); background: var(--pc-sunken); font-size: var(--pc-small); display: grid; gap: 0.25rem; }
.pa-buttons { display: flex; flex-wrap: wrap; gap: 0.625rem; }
@media (max-width: 60rem) {
  .pa-list { grid-template-columns: minmax(0, 1fr); gap: 0.875rem; }
  .pa-filters { order: -1; }
  .pa-choices { display: flex; flex-wrap: wrap; gap: 0.125rem; }
  .pa-choices a { padding: 0.3125rem 0.625rem; }
}
`
