/**
 * How the built-in mails look: as plain text, and as HTML that mail programs show alike, light or dark, with one button.
 * @module
 */

import { escapeHtml } from '../../base/html.js'

/** A mail in sentences. */
export interface MailContent {
  readonly title: string
  readonly greeting: string
  readonly before: readonly string[]
  readonly button: string
  readonly link: string
  readonly linkByHand: string
  readonly after: readonly string[]
  readonly closing: string
  readonly language: string
}

/** Puts a value on one line, so that a name cannot add a paragraph of its own to a mail. */
export function oneLine(value: string): string {
  return value.replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

/** Writes the plain text. The link stands alone on its line, so that no mail program takes a full stop for a part of it. */
export function textOf(content: MailContent): string {
  const { greeting, before, link, after, closing } = content
  return `${[greeting, ...before, link, ...after, closing].join('\n\n')}\n`
}

/** Mail programs drop style sheets now and then, so the light colours stand on the elements and only the dark ones in a sheet. */
const STYLES = {
  page: 'margin:0;padding:24px 12px;background:#f2f3f5;color:#1f2328;font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif',
  card: 'max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px',
  title: 'margin:0 0 20px;font-size:20px;line-height:1.3',
  paragraph: 'margin:0 0 16px',
  button: 'display:inline-block;padding:12px 22px;background:#1a56b0;color:#ffffff;border-radius:8px;font-weight:600;text-decoration:none',
  small: 'margin:28px 0 0;color:#57606a;font-size:14px',
  link: 'color:#1a56b0;word-break:break-all',
} as const

const DARK = [
  '.page{background:#16181c!important;color:#e8eaed!important}',
  '.card{background:#22252a!important}',
  '.small{color:#b3bac2!important}',
  '.link{color:#8ab4f8!important}',
  '.button{background:#8ab4f8!important;color:#10131a!important}',
].join('')

/** Writes the HTML. */
export function htmlOf(content: MailContent): string {
  const title = escapeHtml(content.title)
  const link = escapeHtml(content.link)
  const element = (tag: string, kind: keyof typeof STYLES, inner: string): string =>
    `<${tag} class="${kind}" style="${escapeHtml(STYLES[kind])}">${inner}</${tag}>`
  const paragraphs = (texts: readonly string[]): string[] => texts.map((text) => element('p', 'paragraph', escapeHtml(text)))
  const anchor = (kind: 'button' | 'link', label: string): string =>
    `<a class="${kind}" style="${escapeHtml(STYLES[kind])}" href="${link}">${label}</a>`
  const body = [
    element('h1', 'title', title),
    ...paragraphs([content.greeting, ...content.before]),
    `<p style="margin:24px 0">${anchor('button', escapeHtml(content.button))}</p>`,
    ...paragraphs([...content.after, content.closing]),
    element('p', 'small', `${escapeHtml(content.linkByHand)}<br>${anchor('link', link)}`),
  ].join('\n')
  return `<!doctype html>
<html lang="${escapeHtml(content.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${DARK}}</style>
</head>
<body class="page" style="${escapeHtml(STYLES.page)}">
<main class="card" style="${escapeHtml(STYLES.card)}">
${body}
</main>
</body>
</html>
`
}
