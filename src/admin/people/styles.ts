/**
 * What only the pages of people show: passwords, devices, effective permissions, the matrix, and what a change would mean.
 * @module
 */

import { accountStyles } from '../../pages/look/account-styles.js'

export const peopleStyles: string = `${accountStyles}
.pa-people { display: grid; gap: 1.25rem; max-inline-size: 46rem; }
.pa-wide { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.pa-wide > .pa-search, .pa-people > .pa-search { margin: 0; }
.pc-card.pa-form-card { padding: 1.375rem 1.5rem; }
.pa-submit { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: center; }
.pa-offer { display: flex; flex-wrap: wrap; gap: 0.875rem 1.125rem; align-items: center; }
.pa-offer > div { flex: 1 1 15rem; min-inline-size: 0; }
.pa-offer > * + * { margin-block-start: 0; }
.pa-offer h2 { font-size: 1.0625rem; }
.pa-offer p { font-size: var(--pc-small); overflow-wrap: anywhere; }

.pa-new .pc-optional { display: none; }
.pa-new:has([name="usable_password"][value="false"]:checked) .pc-field:has([type="password"]) { display: none; }

.pa-code { font-family: var(--pc-mono); font-size: 0.8125rem; color: var(--pc-soft); overflow-wrap: anywhere; }
.pa-permission { margin-inline-end: 0.375rem; }
.pa-group-row th { background: var(--pc-sunken); color: var(--pc-soft); font-weight: 600; }
.pa-table tbody tr.pa-group-row:hover { background: var(--pc-sunken); }
.pa-effective tbody th { font-weight: 500; }
.pa-cell-end { text-align: end; white-space: nowrap; }
.pa-sources { display: flex; flex-wrap: wrap; gap: 0.25rem 0.375rem; }
.pa-source {
  padding: 0.0625rem 0.5625rem; border-radius: 1rem; background: var(--pc-sunken); border: 1px solid var(--pc-line); font-size: 0.8125rem;
}
.pa-source a { color: inherit; }
.pa-source-direct { background: var(--pc-tint); border-color: transparent; color: var(--pc-accent); }
.pa-source-superuser { background: var(--pc-notice-tint); border-color: transparent; color: var(--pc-notice); }
.pa-source-off { background: var(--pc-danger-tint); border-color: transparent; color: var(--pc-danger); }

.pa-facts { display: grid; gap: 0.375rem 1.25rem; font-size: var(--pc-small); }
.pa-facts > div { display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: 0.75rem; }
.pa-facts dt { color: var(--pc-soft); overflow-wrap: anywhere; }
.pa-facts dd { overflow-wrap: anywhere; }
.pa-facts-row { display: flex; flex-wrap: wrap; }
.pa-facts-row > div { display: flex; gap: 0.375rem; }
.pa-facts-row dt { white-space: nowrap; overflow-wrap: normal; }
.pa-facts-row dd { font-family: var(--pc-mono); font-size: 0.8125rem; }
.pa-password { display: grid; gap: 0.625rem; justify-items: start; }
.pa-password-ways { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.pc-card.pa-why { padding: 1.125rem 1.25rem; border-inline-start: 0.25rem solid var(--pc-soft); }
.pa-why h2 { display: flex; gap: 0.625rem; align-items: start; font-size: 1rem; }
.pa-why h2 svg { margin-block-start: 0.1em; }
.pa-why > * + * { margin-block-start: 0.75rem; }
.pc-card.pa-why-yes { border-inline-start-color: var(--pc-success); }
.pa-why-yes h2 svg { color: var(--pc-success); }
.pc-card.pa-why-no { border-inline-start-color: var(--pc-danger); }
.pa-why-no h2 svg { color: var(--pc-danger); }

.pa-preview { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.pa-lead { font-size: 1.0625rem; }
.pa-flags { display: grid; gap: 0.25rem; }
.pa-gains { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); align-items: start; }
.pc-card.pa-side-card { padding: 1rem 1.25rem; border-block-start: 0.25rem solid var(--pc-edge); }
.pa-side-card > * + * { margin-block-start: 0.75rem; }
.pa-side-card h2 { display: flex; gap: 0.5rem; align-items: baseline; justify-content: space-between; font-size: 1rem; }
.pc-card.pa-side-gain { border-block-start-color: var(--pc-success); }
.pa-side-gain .pa-count { background: var(--pc-success-tint); color: var(--pc-success); }
.pc-card.pa-side-loss { border-block-start-color: var(--pc-danger); }
.pa-side-loss .pa-count { background: var(--pc-danger-tint); color: var(--pc-danger); }
.pa-count { padding: 0.0625rem 0.5625rem; border-radius: 1rem; background: var(--pc-sunken); font-size: 0.8125rem; font-weight: 600; }
.pa-permissions { display: grid; gap: 0.625rem; }
.pa-permission-lines { display: grid; gap: 0.25rem; font-size: var(--pc-small); list-style: none; }
.pa-preview > section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; }

.pc-card.pa-matrix-chooser { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; padding: 0.875rem 1.125rem; }
.pa-matrix-chooser > * + * { margin-block-start: 0; }
.pa-matrix-of { display: grid; gap: 0.25rem; flex: 1 1 12rem; max-inline-size: 20rem; }
.pa-matrix-of .pc-label { font-size: var(--pc-small); }
.pa-matrix-of .pc-input { min-block-size: 2.5rem; padding-block: 0.3125rem; }
.pa-matrix-chooser > .pc-button { min-block-size: 2.5rem; padding-block: 0.3125rem; }
.pa-matrix-groups { flex-basis: 100%; font-size: var(--pc-small); }
.pa-matrix-groups summary { cursor: pointer; color: var(--pc-accent); padding-block: 0.25rem; }
.pa-matrix-choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.125rem 1rem; margin-block-start: 0.5rem; max-block-size: 14rem; overflow-y: auto; }
.pa-check { display: flex; gap: 0.5rem; align-items: center; min-block-size: 1.875rem; overflow-wrap: anywhere; }
.pa-check input { inline-size: 1.125rem; block-size: 1.125rem; flex: none; accent-color: var(--pc-accent); }
.pa-matrix-form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.pc-card.pa-matrix { overflow: auto; max-block-size: min(44rem, 75vh); padding: 0; overscroll-behavior: contain; }
.pa-matrix table { border-collapse: separate; border-spacing: 0; font-size: var(--pc-small); min-inline-size: 100%; }
.pa-matrix th, .pa-matrix td { border-block-end: 1px solid var(--pc-line); background: var(--pc-surface); }
.pa-matrix thead th { position: sticky; inset-block-start: 0; z-index: 2; padding: 0.625rem 0.5rem; inline-size: 7rem; min-inline-size: 6.75rem; vertical-align: bottom; text-align: center; font-weight: 600; overflow-wrap: break-word; hyphens: auto; }
.pa-matrix thead a { color: var(--pc-ink); text-decoration: none; }
.pa-matrix thead a:hover { text-decoration: underline; }
.pa-matrix thead .pa-matrix-corner { inset-inline-start: 0; z-index: 3; text-align: start; padding-inline: 1rem; color: var(--pc-soft); }
.pa-matrix tbody th { position: sticky; inset-inline-start: 0; z-index: 1; padding: 0.375rem 1rem; text-align: start; font-weight: 500; min-inline-size: 15rem; border-inline-end: 1px solid var(--pc-line); }
.pa-matrix tbody .pa-code { display: block; }
.pa-matrix .pa-group-row th { position: static; padding: 0; background: var(--pc-sunken); border-inline-end: 0; }
.pa-matrix .pa-group-row span { position: sticky; inset-inline-start: 0; display: inline-block; padding: 0.375rem 1rem; }
.pa-matrix tbody tr:not(.pa-group-row):hover > * { background: var(--pc-sunken); }
.pa-matrix td { padding: 0; text-align: center; }
.pa-box { display: grid; place-items: center; min-block-size: 2.75rem; cursor: pointer; }
.pa-box input { inline-size: 1.25rem; block-size: 1.25rem; margin: 0; accent-color: var(--pc-accent); cursor: inherit; }
.pa-box:has(:disabled) { cursor: not-allowed; }
.pa-box[data-changed] { background: var(--pc-notice-tint); box-shadow: inset 0 0 0 2px var(--pc-notice); }
@media (max-width: 45rem) {
  .pa-matrix tbody th { min-inline-size: 9.5rem; max-inline-size: 45vw; padding-inline: 0.75rem; }
  .pa-matrix thead th { min-inline-size: 5.75rem; }
  .pa-matrix-of { max-inline-size: none; }
  .pa-facts:not(.pa-facts-row) > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .pa-effective .pa-code { display: block; }
  .pa-submit > .pc-button, .pa-offer > form, .pa-offer > form .pc-button { inline-size: 100%; }
}
`
