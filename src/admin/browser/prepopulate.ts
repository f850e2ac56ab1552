/**
 * Fills a short name in from others while somebody types, until they write one of their own.
 * @module
 */

/** The module's source, as it is served. */
export const prepopulate = `
const short = (text) =>
  text
    .normalize('NFKD')
    .toLowerCase() // rule: case-table: the browser's own words
    .replace(/[^a-z0-9\\s_-]/g, '')
    .trim()
    .replace(/[\\s-]+/g, '-')
const watch = (root) => {
  for (const target of root.querySelectorAll('[data-prepopulate]')) {
    const sources = target.dataset.prepopulate.split(' ').map((name) => target.form?.elements.namedItem(name)).filter((one) => one instanceof HTMLElement)
    let isOwn = target.value !== ''
    target.addEventListener('input', () => { isOwn = target.value !== '' })
    const fill = () => {
      if (isOwn) return
      target.value = short(sources.map((one) => one.value).join(' ')).slice(0, target.maxLength > 0 ? target.maxLength : undefined).replace(/-$/, '')
    }
    for (const one of sources) one.addEventListener('input', fill)
  }
}
watch(document)
document.addEventListener('pa:row', (event) => watch(event.target))
`
