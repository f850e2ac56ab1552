/**
 * The ground: page, text, links, and what shows where the keyboard is. Everything is below `pc-`, so that an application's own styles
 * and these never meet.
 * @module
 */

export const baseStyles = `
.pc-page, .pc-page *, .pc-page *::before, .pc-page *::after { box-sizing: border-box; }
html:has(> .pc-page) { background: var(--pc-paper); scroll-padding-top: 1.5rem; }
.pc-page {
  margin: 0; min-height: 100vh; min-height: 100dvh;
  display: flex; flex-direction: column;
  background: var(--pc-paper); color: var(--pc-ink);
  font: 400 1rem/1.55 var(--pc-font);
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
  overflow-wrap: break-word;
}
.pc-page :where(h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset) { margin: 0; padding: 0; }
.pc-page :where(ul, ol)[class] { list-style: none; }
.pc-page :where(fieldset) { border: 0; min-inline-size: 0; }
.pc-page :where(input, button, select, textarea) { font: inherit; color: inherit; letter-spacing: inherit; }
.pc-page :where(h1, h2, h3) { font-weight: 650; line-height: 1.25; letter-spacing: -0.012em; text-wrap: balance; }
.pc-page :where(h1) { font-size: 1.5rem; }
.pc-page :where(h2) { font-size: 1.125rem; }
.pc-page :where(p) { text-wrap: pretty; }
.pc-page :where(a) {
  color: var(--pc-accent); text-decoration: underline; text-decoration-thickness: 0.07em; text-underline-offset: 0.2em;
  border-radius: 0.2em; transition: color var(--pc-quick);
}
.pc-page :where(a:hover) { color: var(--pc-accent-strong); text-decoration-thickness: 0.12em; }
.pc-page :where(svg) { display: block; flex: none; }
.pc-page :focus-visible { outline: 0.1875rem solid var(--pc-accent); outline-offset: 0.1875rem; }
.pc-page [tabindex="-1"]:focus:not(:focus-visible) { outline: none; }

.pc-soft { color: var(--pc-soft); }
.pc-small { font-size: var(--pc-small); }
.pc-visually-hidden:not(:focus, :active) {
  position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.pc-skip {
  position: absolute; inset-block-start: -10rem; inset-inline-start: 1rem; z-index: 10;
  padding: 0.75rem 1rem; border-radius: 0 0 var(--pc-radius) var(--pc-radius); background: var(--pc-accent); color: var(--pc-on-accent);
}
.pc-skip:focus { inset-block-start: 0; color: var(--pc-on-accent); }

@media (prefers-reduced-motion: reduce) {
  .pc-page, .pc-page *, .pc-page *::before, .pc-page *::after { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
}
`
