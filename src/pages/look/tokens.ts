/**
 * The colours, sizes and shapes that every page is made of, by name; the admin shares them. A site changes them by setting
 * the same custom properties in a stylesheet of its own.
 * @module
 */

/** A colour by day and by night. */
interface Shade {
  readonly light: string
  readonly dark: string
}

/** Paper and ink, warm by day and dim by night; one violet for what can be done; and a colour for each kind of news. */
export const colors = {
  /** Behind everything. */
  paper: { light: '#f6f4f1', dark: '#15131a' },
  /** What lies on the paper: cards, fields. */
  surface: { light: '#ffffff', dark: '#1e1b25' },
  /** What is set back: quiet areas within a card. */
  sunken: { light: '#f3f0ec', dark: '#17151d' },
  /** Lines that only order. */
  line: { light: '#e3ded7', dark: '#37323f' },
  /** Lines that say “this can be filled in”: three to one against what is beside them (WCAG 1.4.11). */
  edge: { light: '#857e91', dark: '#857d95' },
  ink: { light: '#221e2b', dark: '#efecf4' },
  soft: { light: '#5c5568', dark: '#b3abc0' },
  accent: { light: '#4b3b94', dark: '#b9aaf7' },
  'accent-strong': { light: '#382b78', dark: '#d2c8fc' },
  'on-accent': { light: '#ffffff', dark: '#1c1433' },
  tint: { light: '#eeeaf9', dark: '#2b2542' },
  danger: { light: '#a3242f', dark: '#f6a3a8' },
  'danger-tint': { light: '#fceeee', dark: '#371d22' },
  success: { light: '#1a6646', dark: '#86d1a9' },
  'success-tint': { light: '#e7f4ed', dark: '#162c1f' },
  notice: { light: '#7a4a00', dark: '#e9bd6c' },
  'notice-tint': { light: '#fbf2de', dark: '#30250f' },
  /** The raised gate above the first pages, and the light behind it; nothing is read from them. */
  gate: { light: '#d6cfe6', dark: '#332d42' },
  glow: { light: '#ebe6f6', dark: '#251f38' },
} as const satisfies Record<string, Shade>

/** The name of a colour. */
export type ColorName = keyof typeof colors

/** Which text and lines stand on which ground, and how much they must differ from it. Tests hold the table to it. */
export const contrasts: readonly (readonly [front: ColorName, back: ColorName, atLeast: number])[] = [
  ...(['paper', 'surface', 'sunken', 'tint', 'danger-tint', 'success-tint', 'notice-tint'] as const).map((back) => ['ink', back, 7] as const),
  ...(['paper', 'surface', 'sunken'] as const).map((back) => ['soft', back, 4.5] as const),
  ...(['paper', 'surface', 'sunken', 'tint'] as const).map((back) => ['accent', back, 4.5] as const),
  ...(['paper', 'surface'] as const).map((back) => ['danger', back, 4.5] as const),
  ['danger', 'danger-tint', 4.5],
  ['success', 'success-tint', 4.5],
  ['notice', 'notice-tint', 4.5],
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-strong', 4.5],
  ['edge', 'surface', 3],
  ['edge', 'paper', 3],
]

const SHAPES = `
  --pc-font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  --pc-mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
  --pc-small: 0.875rem;
  --pc-radius: 0.625rem;
  --pc-radius-large: 1rem;
  --pc-target: 2.75rem;
  --pc-quick: 120ms;`

const SHADOWS = {
  light: '0 1px 2px rgb(34 30 43 / 6%), 0 8px 28px -8px rgb(34 30 43 / 14%)',
  dark: '0 1px 2px rgb(0 0 0 / 40%), 0 8px 28px -8px rgb(0 0 0 / 60%)',
} as const

/**
 * Writes the tokens as custom properties: by day, by night where the visitor's system says so, and either where `data-theme` on the
 * document says so.
 *
 * @example
 * const css = designTokens() + '.shelf { background: var(--pc-surface); color: var(--pc-ink) }'
 */
export function designTokens(): string {
  return `:root {${SHAPES}
${properties('light')}
}
@media (prefers-color-scheme: dark) {
:root:not([data-theme="light"]) {
${properties('dark')}
}
}
:root[data-theme="dark"] {
${properties('dark')}
}
`
}

function properties(scheme: keyof Shade): string {
  const lines = Object.entries<Shade>(colors).map(([name, shade]) => `  --pc-${name}: ${shade[scheme]};`)
  return [`  color-scheme: ${scheme};`, ...lines, `  --pc-shadow: ${SHADOWS[scheme]};`].join('\n')
}
