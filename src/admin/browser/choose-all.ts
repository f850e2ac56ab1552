/**
 * Chooses all rows of a list at once, and says how many are chosen. The box at the head exists only where a script runs.
 * @module
 */

/** The module's source, as it is served. */
export const chooseAll = `
for (const head of document.querySelectorAll('[data-select-all]')) {
  const boxes = [...document.querySelectorAll('.' + head.dataset.selectAll)]
  const count = document.querySelector('[data-selected="' + head.dataset.selectAll + '"]')
  const all = document.createElement('input')
  all.type = 'checkbox'
  all.className = 'pa-select'
  all.setAttribute('aria-label', 'Choose all on this page')
  const tell = () => {
    const chosen = boxes.filter((one) => one.checked).length
    all.checked = chosen > 0 && chosen === boxes.length
    all.indeterminate = chosen > 0 && chosen < boxes.length
    if (count) count.textContent = chosen === 0 ? '' : chosen + ' of ' + boxes.length + ' chosen'
  }
  all.addEventListener('change', () => { for (const one of boxes) one.checked = all.checked; tell() })
  for (const one of boxes) one.addEventListener('change', tell)
  head.replaceChildren(all)
  tell()
}
`
