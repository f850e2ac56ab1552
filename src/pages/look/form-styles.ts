/**
 * What people fill in and press: fields, buttons, choices, and what went wrong with them.
 * @module
 */

export const formStyles = `
.pc-form { display: grid; gap: 1.25rem; }
.pc-fields { display: grid; gap: 1.25rem; }
.pc-field { display: grid; gap: 0.375rem; align-content: start; }
@media (min-width: 45rem) {
  .pc-form-wide .pc-fields { grid-template-columns: 1fr 1fr; }
  .pc-form-wide .pc-fields > * { grid-column: 1 / -1; }
  .pc-form-wide .pc-fields > .pc-field-short { grid-column: auto; }
  .pc-form-wide > .pc-button-full { inline-size: auto; min-inline-size: 10rem; justify-self: start; }
}
.pc-label { font-size: 0.9375rem; font-weight: 600; }
.pc-page legend { padding: 0; }
.pc-optional { font-weight: 400; color: var(--pc-soft); }

.pc-input {
  inline-size: 100%; min-block-size: var(--pc-target); padding: 0.5625rem 0.875rem;
  background: var(--pc-surface); color: var(--pc-ink); border: 1px solid var(--pc-edge); border-radius: var(--pc-radius);
  transition: border-color var(--pc-quick), box-shadow var(--pc-quick);
}
.pc-input:hover { border-color: var(--pc-ink); }
.pc-input:focus { border-color: var(--pc-accent); outline: 0.1875rem solid var(--pc-accent); outline-offset: -1px; }
.pc-input::placeholder { color: var(--pc-soft); opacity: 1; }
.pc-input[aria-invalid="true"] { border-color: var(--pc-danger); box-shadow: inset 0 0 0 1px var(--pc-danger); }
.pc-input:disabled, .pc-input[readonly] { background: var(--pc-sunken); }
.pc-input:-webkit-autofill { -webkit-text-fill-color: var(--pc-ink); box-shadow: inset 0 0 0 4rem var(--pc-tint); }
textarea.pc-input { min-block-size: 7rem; resize: vertical; field-sizing: content; max-block-size: 24rem; }
select.pc-input:not([multiple]) { padding-inline-end: 2.25rem; }

.pc-password { position: relative; }
.pc-password:has(> .pc-reveal) .pc-input { padding-inline-end: 5rem; }
.pc-reveal {
  position: absolute; inset-block: 0.25rem; inset-inline-end: 0.25rem; padding-inline: 0.75rem;
  border: 0; border-radius: calc(var(--pc-radius) - 0.125rem); background: transparent; color: var(--pc-accent);
  font-size: var(--pc-small); font-weight: 600; cursor: pointer;
}
.pc-reveal:hover { background: var(--pc-tint); }
.pc-reveal:focus-visible { outline-offset: 0; }

.pc-help { color: var(--pc-soft); font-size: var(--pc-small); }
ul.pc-help { display: grid; gap: 0.125rem; }
ul.pc-help li { display: grid; grid-template-columns: 0.875rem 1fr; }
ul.pc-help li::before { content: "·"; font-weight: 700; }
.pc-error { display: flex; gap: 0.4375rem; color: var(--pc-danger); font-size: var(--pc-small); font-weight: 550; }
.pc-error svg { margin-block-start: 0.2em; }
.pc-errors { display: grid; gap: 0.25rem; }

.pc-summary {
  padding: 1rem 1.125rem; border: 1px solid var(--pc-danger); border-inline-start-width: 0.3125rem; border-radius: var(--pc-radius);
  background: var(--pc-danger-tint); color: var(--pc-ink); font-size: 0.9375rem;
}
.pc-summary h2 { font-size: 1rem; color: var(--pc-danger); }
.pc-summary h2 + * { margin-block-start: 0.375rem; }
.pc-summary ul { display: grid; gap: 0.25rem; }
.pc-summary a { color: var(--pc-danger); }
.pc-summary a:hover { color: var(--pc-ink); }
.pc-page .pc-summary:focus { outline: 0.25rem solid color-mix(in srgb, var(--pc-danger) 22%, transparent); outline-offset: 0; }

.pc-choice { display: grid; grid-template-columns: auto 1fr; gap: 0 0.625rem; align-items: start; }
.pc-choice input { inline-size: 1.25rem; block-size: 1.25rem; margin: 0.1875rem 0 0; accent-color: var(--pc-accent); }
.pc-choice > .pc-help, .pc-choice > .pc-errors { grid-column: 2; }
.pc-choices { display: grid; gap: 0.5rem; }

.pc-picture { display: flex; flex-wrap: wrap; gap: 1rem 1.25rem; align-items: center; }
.pc-picture > :last-child { flex: 1 1 14rem; display: grid; gap: 0.625rem; min-inline-size: 0; }
.pc-picture img { inline-size: 5.5rem; block-size: 5.5rem; border-radius: 50%; object-fit: cover; background: var(--pc-sunken); border: 1px solid var(--pc-line); }
.pc-readonly { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.pc-picture > .pc-face-large { inline-size: 5.5rem; block-size: 5.5rem; }
.pc-file-row { display: grid; gap: 0.625rem; }
.pc-file-row > :last-child { display: grid; gap: 0.625rem; }
.pc-file { inline-size: 100%; max-inline-size: 100%; font-size: 0.9375rem; color: var(--pc-soft); border-radius: var(--pc-radius); }
.pc-file::file-selector-button {
  min-block-size: 2.5rem; padding-inline: 1rem; margin-inline-end: 0.875rem; border: 1px solid var(--pc-edge); border-radius: var(--pc-radius);
  background: var(--pc-surface); color: var(--pc-ink); font: inherit; font-weight: 600; cursor: pointer;
}
.pc-file::file-selector-button:hover { border-color: var(--pc-ink); background: var(--pc-sunken); }

.pc-button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem;
  min-block-size: var(--pc-target); padding: 0.5rem 1.25rem; border: 1px solid transparent; border-radius: var(--pc-radius);
  background: var(--pc-accent); color: var(--pc-on-accent); font-weight: 600; line-height: 1.3; text-align: center; text-decoration: none; cursor: pointer;
  transition: background-color var(--pc-quick), border-color var(--pc-quick);
}
.pc-button:hover { background: var(--pc-accent-strong); color: var(--pc-on-accent); }
.pc-button:active { transform: translateY(1px); }
.pc-button[aria-disabled="true"] { opacity: 0.65; cursor: progress; }
.pc-button-quiet { background: transparent; border-color: var(--pc-edge); color: var(--pc-ink); }
.pc-button-quiet:hover { background: var(--pc-sunken); border-color: var(--pc-ink); color: var(--pc-ink); }
.pc-button-danger { background: transparent; border-color: var(--pc-danger); color: var(--pc-danger); }
.pc-button-danger:hover { background: var(--pc-danger-tint); color: var(--pc-danger); }
.pc-button-small { min-block-size: 2.5rem; padding: 0.3125rem 0.875rem; font-size: 0.9375rem; }
.pc-button-full { inline-size: 100%; }
.pc-actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.25rem; }

@media (forced-colors: active) { .pc-button { border-color: ButtonText; } }
@media (max-width: 45rem) { .pc-actions > .pc-button { flex: 1 1 auto; } .pc-button-small { min-block-size: var(--pc-target); } }
`
