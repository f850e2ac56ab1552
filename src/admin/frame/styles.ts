/**
 * The admin's own styles on the shared ground: a head, a side bar, dense tables and forms.
 * @module
 */

export const adminStyles = `
.pc-card { background: var(--pc-surface); border: 1px solid var(--pc-line); border-radius: var(--pc-radius-large); }
.pc-brand { display: inline-flex; gap: 0.5rem; align-items: center; color: var(--pc-ink); font-weight: 700; font-size: 1.0625rem; text-decoration: none; }
.pc-brand:hover { color: var(--pc-accent); }
.pc-brand svg { color: var(--pc-accent); }
.pa-jump { display: none; }
.pa-page { display: grid; grid-template: auto 1fr / 16rem minmax(0, 1fr); grid-template-areas: "head head" "side main"; min-height: 100dvh; }
.pa-bare .pa-main { max-inline-size: 30rem; margin: 8vh auto 2rem; padding: 1rem; }
.pa-head { grid-area: head; display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; padding: 0.625rem 1.25rem; background: var(--pc-surface); border-block-end: 1px solid var(--pc-line); }
.pa-who { margin-inline-start: auto; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; font-size: var(--pc-small); }
.pa-name { font-weight: 600; }
.pa-inline { display: inline; margin: 0; }
.pa-link { background: none; border: 0; padding: 0.25rem 0; color: var(--pc-accent); text-decoration: underline; cursor: pointer; }
.pa-side { grid-area: side; padding: 1rem 0.75rem; border-inline-end: 1px solid var(--pc-line); background: var(--pc-sunken); font-size: var(--pc-small); }
.pa-side summary { cursor: pointer; font-weight: 600; padding: 0.25rem 0.5rem; }
.pa-side h2 { font-size: 0.75rem; letter-spacing: 0.04em; margin: 1rem 0.5rem 0.25rem; }
.pa-side h2 a { color: var(--pc-soft); text-decoration: none; }
.pa-side ul { list-style: none; }
.pa-side-model a { display: block; padding: 0.4375rem 0.5rem; border-radius: var(--pc-radius); color: var(--pc-ink); text-decoration: none; }
.pa-side-model a:hover { background: var(--pc-tint); }
.pa-side-model a[aria-current] { background: var(--pc-tint); color: var(--pc-accent); font-weight: 600; }
.pa-main { grid-area: main; padding: 1.25rem clamp(1rem, 3vw, 2.5rem) 3rem; min-inline-size: 0; }
.pa-crumbs ol { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; list-style: none; font-size: var(--pc-small); color: var(--pc-soft); }
.pa-crumbs li + li::before { content: "/"; margin-inline-end: 0.5rem; color: var(--pc-edge); }
.pa-title { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; justify-content: space-between; margin-block: 0.75rem 1.25rem; }
.pa-tools { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.pa-tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; border-block-end: 1px solid var(--pc-line); margin-block-end: 1.25rem; }
.pa-tabs a { padding: 0.5rem 0.875rem; text-decoration: none; color: var(--pc-soft); border-block-end: 2px solid transparent; }
.pa-tabs a[aria-current] { color: var(--pc-accent); border-color: var(--pc-accent); font-weight: 600; }
.pa-notices { display: grid; gap: 0.5rem; margin-block: 0.75rem; }
.pa-notice { display: flex; gap: 0.5rem; align-items: center; padding: 0.625rem 0.875rem; border-radius: var(--pc-radius); background: var(--pc-tint); }
.pa-notice-success { background: var(--pc-success-tint); color: var(--pc-success); }
.pa-notice-warning { background: var(--pc-notice-tint); color: var(--pc-notice); }
.pa-notice-error { background: var(--pc-danger-tint); color: var(--pc-danger); }
.pa-index { display: grid; grid-template-columns: minmax(0, 2fr) minmax(16rem, 1fr); gap: 1.25rem; align-items: start; }
.pa-apps { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); align-items: start; }
.pa-app, .pa-recent, .pa-empty { padding: 1.125rem 1.25rem; }
.pa-app h2 a { color: var(--pc-ink); text-decoration: none; }
.pa-models li { display: flex; justify-content: space-between; gap: 1rem; padding-block: 0.4375rem; border-block-start: 1px solid var(--pc-line); }
.pa-models { margin-block-start: 0.5rem; }
.pa-actions li { display: grid; padding-block: 0.4375rem; border-block-start: 1px solid var(--pc-line); }
.pa-scroll { overflow-x: auto; }
.pa-table { inline-size: 100%; border-collapse: collapse; font-size: var(--pc-small); }
.pa-table th, .pa-table td { padding: 0.5rem 0.75rem; text-align: start; border-block-end: 1px solid var(--pc-line); vertical-align: top; }
.pa-table thead th { color: var(--pc-soft); font-weight: 600; white-space: nowrap; }
.pa-pages { display: flex; gap: 1rem; padding: 0.75rem; }
.pa-narrow { max-inline-size: 34rem; padding: 1.5rem; }
.pa-login { padding: 1.75rem; display: grid; gap: 1rem; }
.pa-list { display: grid; grid-template-columns: minmax(0, 1fr) 13rem; gap: 1.25rem; align-items: start; }
.pa-list:not(:has(.pa-filters)) { grid-template-columns: minmax(0, 1fr); }
.pa-search { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-block-end: 0.875rem; }
.pa-search-box { position: relative; flex: 1 1 16rem; max-inline-size: 28rem; }
.pa-search-box svg { position: absolute; inset-block-start: 50%; inset-inline-start: 0.75rem; translate: 0 -50%; color: var(--pc-soft); pointer-events: none; }
.pa-search-box .pc-input { padding-inline-start: 2.375rem; min-block-size: 2.5rem; }
.pa-filters { background: var(--pc-surface); border: 1px solid var(--pc-line); border-radius: var(--pc-radius-large); padding: 0.875rem 1rem; font-size: var(--pc-small); }
.pa-filters summary { font-weight: 650; cursor: pointer; }
.pa-filters h2 { font-size: var(--pc-small); color: var(--pc-soft); margin-block: 0.875rem 0.25rem; }
.pa-choices { list-style: none; max-block-size: 16rem; overflow-y: auto; }
.pa-choices a { display: block; padding: 0.25rem 0.5rem; border-radius: 0.375rem; text-decoration: none; color: var(--pc-ink); }
.pa-choices a:hover { background: var(--pc-sunken); }
.pa-choices a[aria-current] { background: var(--pc-tint); color: var(--pc-accent); font-weight: 600; }
.pa-table-card { padding: 0; overflow: hidden; }
.pa-actions-bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0.625rem 0.875rem; border-block-end: 1px solid var(--pc-line); font-size: var(--pc-small); }
.pa-actions-bar .pc-input { inline-size: auto; min-block-size: 2.25rem; padding-block: 0.25rem; }
.pa-table tbody th { font-weight: 600; min-inline-size: 9rem; }
.pa-table td time { white-space: nowrap; }
.pa-table tbody tr:hover { background: var(--pc-sunken); }
.pa-table tbody tr:has(.pa-select:checked) { background: var(--pc-tint); }
.pa-table thead a { color: inherit; text-decoration: none; }
.pa-table thead a:hover { text-decoration: underline; }
.pa-table thead th[aria-sort] { color: var(--pc-accent); }
.pa-select-cell, .pa-select-all { inline-size: 2.5rem; }
.pa-select { inline-size: 1.125rem; block-size: 1.125rem; accent-color: var(--pc-accent); }
.pa-yes { color: var(--pc-success); font-weight: 700; }
.pa-no { color: var(--pc-soft); }
.pa-cell { display: grid; gap: 0.25rem; }
.pa-cell .pc-input { min-block-size: 2.25rem; padding-block: 0.25rem; min-inline-size: 7rem; }
.pa-below { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.75rem; padding: 0.5rem 0.875rem; }
.pa-below .pa-pages { padding: 0.25rem 0; font-size: var(--pc-small); flex-wrap: wrap; }
.pa-dates { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; margin-block-end: 0.75rem; font-size: var(--pc-small); }
.pa-confirm { padding: 1.25rem 1.5rem; display: grid; gap: 1rem; max-inline-size: 44rem; }
.pa-named { max-block-size: 20rem; overflow-y: auto; padding-inline-start: 1.25rem; }
.pa-buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; }
@media (max-width: 60rem) {
  .pa-list { grid-template-columns: minmax(0, 1fr); }
  .pa-page { grid-template: auto 1fr auto / minmax(0, 1fr); grid-template-areas: "head" "main" "side"; }
  .pa-side { border-inline-end: 0; border-block-start: 1px solid var(--pc-line); }
  .pa-jump { display: inline; }
  .pa-head { padding-inline: 1rem; }
  .pa-who { margin-inline-start: 0; }
  .pa-index { grid-template-columns: minmax(0, 1fr); }
}
`
