/**
 * The frame's own styles on the shared ground: a head, a side bar, the way back, news, the first page, the door.
 * @module
 */

import { layoutStyles } from '../../pages/look/layout-styles.js'
import { listStyles } from '../list/styles.js'

export const adminStyles: string = `${layoutStyles}
.pa-page .pc-card, .pa-bare .pa-login { padding: 1.25rem 1.5rem; box-shadow: none; }
.pc-card > * + * { margin-block-start: 0; }
.pa-bare .pa-login > * + * { margin-block-start: 1.25rem; }
.pa-page .pc-answer { max-inline-size: 30rem; margin: 10vh auto 0; padding: 2.25rem; }
.pa-compact { min-block-size: 2.375rem; padding: 0.25rem 0.9375rem; font-size: 0.9375rem; }
.pa-page { display: grid; grid-template: auto 1fr / 15.5rem minmax(0, 1fr); grid-template-areas: "head head" "side main"; }

.pa-head { grid-area: head; display: flex; gap: 0.5rem 1.25rem; align-items: center; padding: 0.375rem 1.25rem; background: var(--pc-surface); border-block-end: 1px solid var(--pc-line); }
.pa-head .pc-brand { min-inline-size: 0; overflow-wrap: anywhere; }
.pa-who { margin-inline-start: auto; display: flex; gap: 0.25rem 1.125rem; align-items: center; font-size: var(--pc-small); min-inline-size: 0; }
.pa-who a { color: var(--pc-soft); text-decoration: none; padding-block: 0.375rem; white-space: nowrap; }
.pa-who a:hover { color: var(--pc-ink); text-decoration: underline; }
.pa-name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-inline-size: 16rem; }
.pa-switches { display: flex; gap: 0.5rem; align-items: center; }
.pa-round { display: grid; place-items: center; inline-size: 2.375rem; block-size: 2.375rem; padding: 0; border: 0; border-radius: 50%; background: transparent; color: var(--pc-soft); cursor: pointer; }
.pa-round:hover { background: var(--pc-sunken); color: var(--pc-ink); }
.pa-jump { display: none; }

.pa-side { grid-area: side; padding: 0.875rem 0.75rem 2rem; border-inline-end: 1px solid var(--pc-line); background: var(--pc-sunken); font-size: var(--pc-small); }
.pa-side-filter .pc-input { min-block-size: 2.25rem; padding: 0.25rem 0.75rem; font-size: var(--pc-small); }
.pa-side h2 { font-size: 0.75rem; letter-spacing: 0.03em; margin: 1rem 0.625rem 0.25rem; }
.pa-side h2 a { color: var(--pc-soft); text-decoration: none; display: inline-block; min-block-size: 1.5rem; }
.pa-side h2 a:hover { color: var(--pc-accent); text-decoration: underline; }
.pa-side ul { list-style: none; }
.pa-side-model { display: flex; border-radius: 0.5rem; }
.pa-side-model > :first-child { flex: 1; min-inline-size: 0; padding: 0.3125rem 0.625rem; color: var(--pc-ink); text-decoration: none; border-radius: inherit; overflow-wrap: anywhere; }
.pa-side-model:hover { background: color-mix(in srgb, var(--pc-line) 55%, transparent); }
.pa-side .pa-side-current { background: var(--pc-tint); }
.pa-side-model > a[aria-current] { color: var(--pc-accent); font-weight: 600; }
.pa-side-model[hidden], .pa-side-app:not(:has(.pa-side-model:not([hidden]))) { display: none; }
.pa-side-add { display: inline-flex; gap: 0.1875rem; align-items: center; padding: 0.25rem 0.5rem; border-radius: 0.5rem; font-size: 0.8125rem; text-decoration: none; white-space: nowrap; }
.pa-side-add:hover { text-decoration: underline; }

.pa-main { grid-area: main; padding: 1.125rem clamp(1rem, 2.5vw, 2.25rem) 3rem; min-inline-size: 0; }
.pa-main:focus { outline: none; }
.pa-crumbs ol { display: flex; flex-wrap: wrap; gap: 0 0.4375rem; list-style: none; font-size: var(--pc-small); color: var(--pc-soft); }
.pa-crumbs li { overflow-wrap: anywhere; padding-block: 0.0625rem; }
.pa-crumbs a { color: var(--pc-soft); text-decoration: none; }
.pa-crumbs a:hover { color: var(--pc-accent); text-decoration: underline; }
.pa-crumbs li + li::before { content: "›"; margin-inline-end: 0.4375rem; color: var(--pc-edge); }
.pa-title { display: flex; flex-wrap: wrap; gap: 0.625rem 1rem; align-items: center; justify-content: space-between; margin-block: 0.375rem 1.125rem; min-block-size: 2.375rem; }
.pa-title > :first-child { min-inline-size: 0; overflow-wrap: anywhere; }
.pa-tools { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.pa-tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; border-block-end: 1px solid var(--pc-line); margin-block-end: 1.25rem; }
.pa-tabs a { padding: 0.4375rem 0.875rem; text-decoration: none; color: var(--pc-soft); border-block-end: 2px solid transparent; margin-block-end: -1px; }
.pa-tabs a:hover { color: var(--pc-ink); border-color: var(--pc-line); }
.pa-tabs a[aria-current] { color: var(--pc-accent); border-color: var(--pc-accent); font-weight: 600; }
.pa-notices { display: grid; gap: 0.5rem; margin-block: 0.75rem; }
.pa-notice { display: flex; gap: 0.625rem; align-items: flex-start; padding: 0.5625rem 0.875rem; border-radius: var(--pc-radius); background: var(--pc-tint); font-size: 0.9375rem; font-weight: 500; }
.pa-notice svg { margin-block-start: 0.2em; }
.pa-notice-success { background: var(--pc-success-tint); color: var(--pc-success); }
.pa-notice-warning { background: var(--pc-notice-tint); color: var(--pc-notice); }
.pa-notice-error { background: var(--pc-danger-tint); color: var(--pc-danger); }

.pa-index { display: grid; grid-template-columns: minmax(0, 1fr) minmax(17rem, 22rem); gap: 1.25rem; align-items: start; max-inline-size: 76rem; }
.pa-apps { columns: 20rem 2; column-gap: 1.25rem; max-inline-size: 60rem; }
.pa-app { break-inside: avoid; margin-block-end: 1.25rem; }
.pa-page .pa-app, .pa-page .pa-recent { padding: 1rem 1.25rem 0.625rem; }
.pa-app h2, .pa-recent h2 { font-size: 1.0625rem; }
.pa-app h2 a { color: var(--pc-ink); text-decoration: none; }
.pa-app h2 a:hover { color: var(--pc-accent); text-decoration: underline; }
.pa-models, .pa-actions { margin-block-start: 0.625rem; }
.pa-models li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding-block: 0.3125rem; border-block-start: 1px solid var(--pc-line); min-block-size: 2.375rem; }
.pa-models li > :first-child { flex: 1; text-decoration: none; font-weight: 500; }
.pa-models li > a:first-child:hover { text-decoration: underline; }
.pa-actions li { display: grid; padding-block: 0.5rem; border-block-start: 1px solid var(--pc-line); }
.pa-actions a { text-decoration: none; font-weight: 500; justify-self: start; }
.pa-actions a:hover { text-decoration: underline; }
.pa-recent > p { padding-block: 0.625rem 0.375rem; font-size: var(--pc-small); }
.pa-narrow { max-inline-size: 34rem; }
.pc-field { grid-template-columns: minmax(0, 1fr); }
.pa-bare .pa-main { inline-size: 100%; max-inline-size: 29rem; margin-inline: auto; padding: 0 1.25rem 3rem; }
.pa-bare .pa-login { padding: clamp(1.5rem, 1rem + 2.4vw, 2.25rem); box-shadow: var(--pc-shadow); }

@media (max-width: 60rem) {
  .pa-page { grid-template: auto 1fr auto / minmax(0, 1fr); grid-template-areas: "head" "main" "side"; }
  .pa-side { border-inline-end: 0; border-block-start: 1px solid var(--pc-line); padding: 1.25rem 1rem 2rem; font-size: 0.9375rem; }
  .pa-side-model > :first-child { padding-block: 0.5625rem; }
  .pa-side-add { padding-inline: 0.75rem; }
  .pa-jump { display: grid; }
  .pa-index { grid-template-columns: minmax(0, 1fr); gap: 0; }
}
@media (max-width: 45rem) {
  .pa-head { flex-wrap: wrap; gap: 0 0.5rem; padding: 0.25rem 1rem; }
  .pa-head .pc-brand { flex: 1; font-size: 1rem; }
  .pa-who { order: 3; inline-size: 100%; margin: 0; gap: 0.25rem 0.875rem; padding-block: 0.125rem 0.25rem; border-block-start: 1px solid var(--pc-line); }
  .pa-name { flex: 1; }
  .pa-switches { gap: 0.25rem; }
  .pa-round { inline-size: 2.5rem; block-size: 2.5rem; }
  .pa-compact { min-block-size: 2.5rem; }
  .pa-switches .pa-compact { padding-inline: 0.75rem; }
  .pa-main { padding-block-start: 0.875rem; }
  .pa-page .pc-card { padding: 1rem; }
  .pa-page .pc-answer { margin-block-start: 1rem; padding: 1.75rem 1.25rem; }
}
@media (max-width: 22rem) { .pa-who { flex-wrap: wrap; } .pa-name { flex-basis: 100%; } }
@media (forced-colors: active) { .pa-side-model > a[aria-current], .pa-tabs a[aria-current] { outline: 1px solid; } }
${listStyles}`
