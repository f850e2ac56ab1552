/**
 * What the pages of one object show: groups of fields, relations to choose from, rows of other models, values that stand against each other, deletion.
 * @module
 */

export const changeStyles = `
.pa-form [hidden] { display: none !important; }
.pa-form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.125rem; max-inline-size: 64rem; }
.pa-section { padding: 0.375rem 1.375rem; }
.pa-section > h2 { margin-block: 0.875rem 0.375rem; font-size: 1.0625rem; }
.pa-section > summary { cursor: pointer; padding-block: 0.75rem; }
.pa-section > summary h2 { display: inline; font-size: 1.0625rem; }
.pa-description { max-inline-size: 46rem; margin-block-end: 0.5rem; font-size: var(--pc-small); }
.pa-line { padding-block: 0.875rem; }
.pa-line + .pa-line { border-block-start: 1px solid var(--pc-line); }
.pa-form .pc-input { min-block-size: 2.5rem; padding-block: 0.4375rem; max-inline-size: 32rem; }
.pa-form textarea.pc-input { max-inline-size: 44rem; min-block-size: 6rem; }
.pa-form input.pc-input:is([type="number"], [type="date"], [type="datetime-local"]) { max-inline-size: 18rem; }
.pa-form select.pc-input:not([multiple]) { max-inline-size: 24rem; }
.pa-form .pc-label { font-size: 0.9375rem; }
.pa-form legend.pc-label { float: inline-start; }
.pa-form .pc-field { row-gap: 0; }
.pa-form .pc-field > * + *:not(.pc-label) { margin-block-start: 0.375rem; }
.pa-form .pc-optional { font-size: 0.8125rem; }
@media (min-width: 48rem) {
  .pa-line:not(.pa-line-several) > .pc-field { grid-template-columns: 12rem minmax(0, 1fr); column-gap: 1.5rem; }
  .pa-line:not(.pa-line-several) > .pc-field > * { grid-column: 2; }
  .pa-form .pa-line:not(.pa-line-several) > .pc-field > .pc-label + * { margin-block-start: 0; }
  .pa-line:not(.pa-line-several) > .pc-field > .pc-label { grid-column: 1; grid-row: 1 / span 4; padding-block-start: 0.5rem; }
  .pa-line:not(.pa-line-several) > .pa-shown > .pc-label, .pa-line > .pa-many > .pc-label, .pa-line > .pa-lookup > .pc-label { padding-block-start: 0.125rem; }
  .pa-line:not(.pa-line-several) > .pc-choice { margin-inline-start: 13.5rem; }
  .pa-line-several { padding-inline-start: 13.5rem; }
}
.pa-line-several { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; }
.pa-line-several > .pc-field { flex: 0 1 18rem; }
.pa-line-several > .pc-choice { align-self: end; padding-block-end: 0.5rem; }
.pa-value { min-inline-size: 0; overflow-wrap: anywhere; }
.pa-text { white-space: pre-line; }
.pa-json { margin: 0; font: 0.8125rem/1.5 var(--pc-mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.pa-picture { max-inline-size: 10rem; max-block-size: 10rem; border-radius: var(--pc-radius); border: 1px solid var(--pc-line); }
.pa-names { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; }

.pa-boxes {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 0.125rem 1rem; max-block-size: 17rem; overflow-y: auto;
  padding: 0.5rem 0.75rem; border: 1px solid var(--pc-line); border-radius: var(--pc-radius); background: var(--pc-sunken); font-size: 0.9375rem;
}
.pa-boxes .pc-choice { padding-block: 0.1875rem; }
.pa-boxes input, .pa-lookup-plain .pc-choice input { inline-size: 1.125rem; block-size: 1.125rem; }
.pa-many .pc-optional { white-space: nowrap; }
.pa-many-plain, .pa-lookup-plain { display: grid; gap: 0.625rem; min-inline-size: 0; }
.pa-lookup-plain .pc-choices { gap: 0.25rem; }
.pa-find { display: flex; flex-wrap: wrap; gap: 0.5rem; max-inline-size: 32rem; }
.pa-find .pc-input { flex: 1 1 12rem; inline-size: auto; }

.pa-combo { position: relative; display: flex; gap: 0.25rem; align-items: center; max-inline-size: 32rem; }
.pa-combo .pc-input { padding-inline-end: 2.5rem; }
.pa-clear {
  position: absolute; inset-inline-end: 0.3125rem; inline-size: 2rem; block-size: 2rem; border: 0; border-radius: 0.4375rem; background: transparent;
  color: var(--pc-soft); cursor: pointer; font-size: 1.125rem; line-height: 1;
}
.pa-clear:hover { background: var(--pc-tint); color: var(--pc-ink); }
.pa-options {
  position: fixed; inset: auto; margin: 0; padding: 0.25rem; max-block-size: 18rem; overflow-y: auto; list-style: none; color: var(--pc-ink);
  background: var(--pc-surface); border: 1px solid var(--pc-edge); border-radius: var(--pc-radius); box-shadow: var(--pc-shadow);
}
.pa-options li, .pa-pane li { padding: 0.375rem 0.625rem; border-radius: 0.4375rem; cursor: pointer; overflow-wrap: anywhere; }
.pa-options li[aria-selected="true"] { background: var(--pc-tint); color: var(--pc-accent); }
.pa-options li:hover { background: var(--pc-sunken); }
.pa-options .pa-hint { cursor: default; color: var(--pc-soft); background: none; }

.pa-panes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.875rem; min-inline-size: 0; }
.pa-pane { display: grid; grid-template-rows: auto auto 1fr auto; border: 1px solid var(--pc-line); border-radius: var(--pc-radius); background: var(--pc-surface); overflow: clip; min-inline-size: 0; }
.pa-pane-chosen { border-color: var(--pc-accent); }
.pa-pane-head { display: flex; justify-content: space-between; gap: 0.5rem; padding: 0.5rem 0.75rem; background: var(--pc-sunken); font-size: var(--pc-small); font-weight: 600; }
.pa-pane-chosen .pa-pane-head { background: var(--pc-tint); color: var(--pc-accent); }
.pa-pane-find { padding: 0.5rem; border-block-end: 1px solid var(--pc-line); }
.pa-form .pa-pane-find .pc-input { min-block-size: 2.25rem; font-size: 0.9375rem; max-inline-size: none; }
.pa-pane ul { block-size: 15rem; overflow-y: auto; list-style: none; padding: 0.25rem; font-size: 0.9375rem; }
.pa-page .pa-pane ul:focus-visible { outline-offset: -0.1875rem; }
.pa-pane li { display: flex; gap: 0.5rem; justify-content: space-between; }
.pa-pane li::after { content: "+"; color: var(--pc-soft); font-weight: 700; opacity: 0; }
.pa-pane-chosen li::after { content: "−"; }
.pa-pane li:hover { background: var(--pc-sunken); }
.pa-pane li:hover::after, .pa-pane ul:focus-visible li[aria-selected="true"]::after { opacity: 1; }
.pa-pane ul:focus-visible li[aria-selected="true"] { background: var(--pc-tint); color: var(--pc-accent); }
.pa-pane .pa-hint { cursor: default; color: var(--pc-soft); }
.pa-pane .pa-hint::after { content: none; }
.pa-pane-foot { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1rem; padding: 0.375rem 0.75rem; border-block-start: 1px solid var(--pc-line); font-size: var(--pc-small); }
.pa-pane-foot button { background: none; border: 0; padding: 0.25rem 0; color: var(--pc-accent); font-weight: 600; cursor: pointer; }
.pa-pane-foot button:hover { text-decoration: underline; }
.pa-pane-foot button[disabled] { color: var(--pc-soft); font-weight: 400; cursor: default; text-decoration: none; }

.pa-inline-set .pa-scroll { position: relative; }
.pa-inline-table { min-inline-size: max-content; }
.pa-inline-table tbody th { min-inline-size: 8rem; padding-block-start: 1rem; }
.pa-inline-table tbody tr:hover { background: none; }
.pa-grid { min-inline-size: 9rem; }
.pa-grid:has(input[type="number"]) { min-inline-size: 6.5rem; inline-size: 6.5rem; }
.pa-grid:has(> .pc-choice) { min-inline-size: 0; }
.pa-grid .pc-label, .pa-grid .pa-remove label { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pa-grid .pc-choice { padding-block-start: 0.5rem; }
.pa-grid .pc-choice > label { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pa-grid .pc-help { font-size: 0.8125rem; max-inline-size: 16rem; }
.pa-grid .pa-shown { padding-block-start: 0.5rem; }
.pa-grid textarea.pc-input { min-block-size: 2.5rem; min-inline-size: 14rem; }
.pa-grid .pa-find { flex-wrap: nowrap; }
.pa-grid .pa-lookup-plain .pc-choice > label { position: static; inline-size: auto; block-size: auto; clip-path: none; white-space: normal; }
tr:has(.pa-remove input:checked) > * { background: var(--pc-danger-tint); }
tr:has(.pa-remove input:checked) > :not(:last-child) { opacity: 0.55; }
.pa-more { padding-block: 0.625rem 0.875rem; }

.pa-conflicts { padding: 1.125rem 1.375rem; display: grid; gap: 0.75rem; border: 1px solid var(--pc-notice); border-inline-start-width: 0.3125rem; border-radius: var(--pc-radius-large); background: var(--pc-notice-tint); }
.pa-conflicts h2 { color: var(--pc-notice); }
.pa-conflict { padding: 0.75rem 1rem; border-radius: var(--pc-radius); background: var(--pc-surface); display: grid; gap: 0.375rem; }
.pa-conflict label { overflow-wrap: anywhere; }

.pa-save {
  position: sticky; inset-block-end: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 0.625rem 0.75rem; align-items: center; padding: 0.75rem 1.375rem; margin-block-start: 0.25rem;
  background: color-mix(in srgb, var(--pc-surface) 94%, transparent); border: 1px solid var(--pc-line); border-radius: var(--pc-radius-large); box-shadow: var(--pc-shadow);
}
html:has(.pa-save) { scroll-padding-block-end: 7rem; }
.pa-delete { margin-inline-start: auto; }
.pa-button-delete { background: var(--pc-danger); color: var(--pc-surface); }
.pa-button-delete:hover { background: var(--pc-ink); color: var(--pc-surface); }

.pa-plan { padding-block: 1.125rem; display: grid; gap: 0.625rem; }
.pa-plan h2 { font-size: 1.0625rem; margin-block-start: 0.375rem; }
.pa-plan .pa-notice { align-items: flex-start; }
.pa-kind > summary { cursor: pointer; font-weight: 600; padding-block: 0.125rem; }
p.pa-kind { font-weight: 600; }
.pa-doomed a { display: inline-block; padding-block: 0.125rem; }
.pa-doomed, .pa-links { padding-inline-start: 1.5rem; font-size: 0.9375rem; max-block-size: 18rem; overflow-y: auto; }

@media (max-width: 48rem) {
  .pa-section { padding-inline: 1rem; }
  .pa-panes { grid-template-columns: minmax(0, 1fr); }
  .pa-pane ul { block-size: 11rem; }
  .pa-save { position: static; padding: 0.75rem 1rem; }
  .pa-save > * { flex: 1 1 auto; }
  .pa-delete { margin-inline-start: 0; }
  html:has(.pa-save) { scroll-padding-block-end: 0; }
}
@media (forced-colors: active) {
  .pa-options li[aria-selected="true"], .pa-pane ul:focus-visible li[aria-selected="true"] { outline: 2px solid; outline-offset: -2px; }
}
`
