/**
 * How a page is divided: the head with the site's name and the way around, the middle, the foot. Two shapes: `narrow` for the pages at
 * the door, a card below a raised gate; `wide` for those behind it.
 * @module
 */

export const layoutStyles = `
.pc-head { border-block-end: 1px solid var(--pc-line); background: var(--pc-surface); }
.pc-head-row {
  max-inline-size: 54rem; margin-inline: auto; padding: 0.75rem 1.25rem;
  display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem;
}
.pc-brand {
  display: inline-flex; align-items: center; gap: 0.625rem; min-block-size: var(--pc-target);
  font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.012em; color: var(--pc-ink); text-decoration: none;
}
.pc-brand:hover { color: var(--pc-accent); text-decoration: none; }
.pc-brand svg { color: var(--pc-accent); }
.pc-brand img { inline-size: auto; block-size: 2rem; max-inline-size: 12rem; object-fit: contain; }
.pc-way { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-inline-start: 0.5rem; }
.pc-way a {
  display: inline-flex; align-items: center; min-block-size: 2.5rem; padding-inline: 0.75rem; border-radius: var(--pc-radius);
  color: var(--pc-soft); text-decoration: none; font-size: 0.9375rem; font-weight: 500;
}
.pc-way a:hover { background: var(--pc-sunken); color: var(--pc-ink); }
.pc-way a[aria-current] { background: var(--pc-tint); color: var(--pc-accent); }
.pc-visitor { margin-inline-start: auto; display: flex; align-items: center; gap: 0.75rem; min-inline-size: 0; }
.pc-visitor-name {
  display: inline-flex; align-items: center; gap: 0.5rem; min-inline-size: 0; max-inline-size: 14rem;
  font-size: 0.9375rem; font-weight: 500;
}
.pc-visitor-name > span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

.pc-main { flex: 1 0 auto; inline-size: 100%; max-inline-size: 54rem; margin-inline: auto; padding: 2.5rem 1.25rem 3.5rem; position: relative; }
.pc-main:focus { outline: none; }
.pc-main > * + * { margin-block-start: 1.5rem; }
.pc-title { display: grid; gap: 0.375rem; }
.pc-title h1 { font-size: clamp(1.5rem, 1.3rem + 1vw, 1.875rem); }

.pc-narrow { position: relative; isolation: isolate; overflow-x: clip; }
.pc-narrow .pc-main { max-inline-size: 29rem; }
.pc-door { position: relative; display: flex; justify-content: center; padding: clamp(7rem, 16vh, 9.5rem) 1.25rem 1.25rem; }
.pc-door .pc-brand { font-size: 1.25rem; text-align: center; }
.pc-door + .pc-main { padding-block: 0 3rem; }
.pc-door::before { content: ""; position: absolute; inset: 0 0 auto; block-size: 34rem; z-index: -1; background: radial-gradient(closest-side, var(--pc-glow), transparent); translate: 0 -50%; pointer-events: none; }
.pc-gate {
  position: absolute; inset-block-start: 0; inset-inline: 0; block-size: 5.5rem; color: var(--pc-gate); overflow: hidden; pointer-events: none;
  mask-image: linear-gradient(to right, transparent, black 35%, black 65%, transparent);
}
.pc-gate svg { inline-size: 100%; block-size: 100%; }

.pc-card {
  background: var(--pc-surface); border: 1px solid var(--pc-line); border-radius: var(--pc-radius-large); box-shadow: var(--pc-shadow);
  padding: clamp(1.5rem, 1rem + 2.4vw, 2.25rem);
}
.pc-card > * + * { margin-block-start: 1.375rem; }
.pc-card > .pc-title + * { margin-block-start: 1.5rem; }
.pc-beside { text-align: center; color: var(--pc-soft); font-size: 0.9375rem; }
.pc-rule { border: 0; border-block-start: 1px solid var(--pc-line); margin-inline: 0; }

.pc-notices { display: grid; gap: 0.75rem; }
.pc-notice {
  display: flex; gap: 0.75rem; align-items: flex-start; padding: 0.8125rem 1rem; border: 1px solid currentcolor; border-radius: var(--pc-radius);
  background: var(--pc-notice-tint); color: var(--pc-notice); font-size: 0.9375rem; font-weight: 500;
}
.pc-notice svg { margin-block-start: 0.15em; }
.pc-notice-success { background: var(--pc-success-tint); color: var(--pc-success); }
.pc-notice-error { background: var(--pc-danger-tint); color: var(--pc-danger); }

.pc-foot { padding: 1.5rem 1.25rem 2rem; text-align: center; color: var(--pc-soft); font-size: var(--pc-small); }
.pc-foot a { color: inherit; }

@media (max-width: 45rem) {
  .pc-head-row { gap: 0 1rem; padding-block: 0.5rem; }
  .pc-way { order: 3; inline-size: 100%; margin-inline: -0.75rem; padding-block: 0.125rem 0.25rem; }
  .pc-way a { min-block-size: var(--pc-target); }
  .pc-visitor-name > span:last-child { display: none; }
  .pc-main { padding-block: 1.75rem 2.5rem; padding-inline: 1rem; }
  .pc-door { padding-block: 6.5rem 1rem; }
  .pc-door + .pc-main { padding-block-start: 0; }
}
@media (forced-colors: active) {
  .pc-gate { display: none; }
  .pc-way a[aria-current] { border: 2px solid; }
}
`
