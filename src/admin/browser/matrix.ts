/**
 * Marks the boxes of the matrix that somebody changed, counts them, and lets arrow keys go from box to box. The form is complete without it.
 * @module
 */

/** The module's source, as it is served. */
export const matrix = `
for (const form of document.querySelectorAll('[data-matrix]')) {
  const boxes = [...form.querySelectorAll('input[name="grant"]')]
  const count = form.querySelector('[data-matrix-count]')
  const tell = () => {
    let changed = 0
    for (const box of boxes) {
      const differs = box.checked !== box.defaultChecked
      if (differs) changed += 1
      box.parentElement.toggleAttribute('data-changed', differs)
    }
    if (count) count.textContent = changed === 0 ? '' : changed === 1 ? 'One box is changed' : changed + ' boxes are changed'
  }
  form.addEventListener('change', tell)
  addEventListener('pageshow', tell)
  tell()
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
  form.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    const cell = event.target instanceof HTMLInputElement ? event.target.closest('td') : null
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const rows = [...form.querySelectorAll('tbody tr')].filter((row) => row.querySelector('td'))
    let row = rows.indexOf(cell.parentElement)
    let column = cell.cellIndex
    for (;;) {
      row += step[0]
      column += step[1]
      const next = rows[row]?.cells[column]
      if (!next) return
      const box = next.querySelector('input:not([disabled])')
      if (!box) continue
      event.preventDefault()
      box.focus()
      return
    }
  })
}
`
