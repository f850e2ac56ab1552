/**
 * What only some account pages show: faces, facts, devices, and the sign of an answer.
 * @module
 */

export const accountStyles = `
.pc-face {
  display: inline-flex; align-items: center; justify-content: center; flex: none; inline-size: 2rem; block-size: 2rem; border-radius: 50%;
  background: var(--pc-tint); color: var(--pc-accent); font-size: 0.875rem; font-weight: 650; line-height: 1; overflow: hidden; user-select: none;
}
img.pc-face { object-fit: cover; }
.pc-face-large { inline-size: 4rem; block-size: 4rem; font-size: 1.5rem; }
.pc-person { display: flex; align-items: center; gap: 1rem; min-inline-size: 0; }
.pc-person > :last-child { min-inline-size: 0; }

.pc-facts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; color: var(--pc-soft); font-size: var(--pc-small); }
.pc-facts > div { display: flex; gap: 0.375rem; }
.pc-facts dt { white-space: nowrap; }
.pc-facts dd { color: var(--pc-ink); }

.pc-ways { display: grid; margin-block-end: -1rem; }
.pc-ways li + li { border-block-start: 1px solid var(--pc-line); }
.pc-ways a {
  display: flex; align-items: center; gap: 1rem; padding: 1rem 0.25rem; color: var(--pc-ink); text-decoration: none;
}
.pc-ways a:hover { color: var(--pc-accent); }
.pc-ways svg:first-child { color: var(--pc-accent); }
.pc-ways svg:last-child { margin-inline-start: auto; color: var(--pc-soft); }
.pc-ways strong { display: block; font-weight: 600; }

.pc-devices { display: grid; }
.pc-devices > li { display: flex; flex-wrap: wrap; align-items: center; gap: 0.875rem 1rem; padding-block: 1.125rem; }
.pc-devices > li:first-child { padding-block-start: 0; }
.pc-devices > li:last-child { padding-block-end: 0; }
.pc-devices > li + li { border-block-start: 1px solid var(--pc-line); }
.pc-device-sign {
  display: inline-flex; align-items: center; justify-content: center; flex: none; inline-size: 2.75rem; block-size: 2.75rem; border-radius: var(--pc-radius);
  background: var(--pc-sunken); color: var(--pc-soft);
}
.pc-device-this .pc-device-sign { background: var(--pc-tint); color: var(--pc-accent); }
.pc-device { flex: 1 1 13rem; min-inline-size: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.125rem; }
.pc-device h2 { display: flex; flex-wrap: wrap; align-items: center; gap: 0.125rem 0.5rem; font-size: 1rem; letter-spacing: 0; }
.pc-device p { color: var(--pc-soft); font-size: var(--pc-small); }
.pc-badge {
  display: inline-block; padding: 0.0625rem 0.5625rem; border-radius: 1rem;
  background: var(--pc-tint); color: var(--pc-accent); font-size: 0.8125rem; font-weight: 600; white-space: nowrap;
}
.pc-address { font-family: var(--pc-mono); font-size: 0.96em; overflow-wrap: anywhere; }

.pc-answer { display: grid; justify-items: center; gap: 0.875rem; text-align: center; }
.pc-answer > * + * { margin-block-start: 0; }
.pc-answer .pc-status + h1 { margin-block-start: -0.625rem; }
.pc-answer .pc-actions { justify-content: center; margin-block-start: 0.5rem; }
.pc-sign {
  display: inline-flex; align-items: center; justify-content: center; inline-size: 3.5rem; block-size: 3.5rem; border-radius: 50%;
  background: var(--pc-tint); color: var(--pc-accent);
}
.pc-sign-success { background: var(--pc-success-tint); color: var(--pc-success); }
.pc-sign-notice { background: var(--pc-notice-tint); color: var(--pc-notice); }
.pc-sign-danger { background: var(--pc-danger-tint); color: var(--pc-danger); }
.pc-status { color: var(--pc-soft); font-size: var(--pc-small); font-weight: 600; letter-spacing: 0.04em; }

@media (max-width: 45rem) {
  .pc-devices > li > form { flex-basis: 100%; padding-inline-start: 3.75rem; }
}
`
