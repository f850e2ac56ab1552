/**
 * Narrows the side bar to what somebody types. The field exists only where a script runs.
 * @module
 */

/** The module's source, as it is served. */
export const sideFilter = `
for (const place of document.querySelectorAll('[data-filter]')) {
  const input = document.createElement('input')
  input.type = 'search'
  input.className = 'pc-input'
  input.placeholder = 'Filter'
  input.setAttribute('aria-label', 'Filter the models')
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLocaleLowerCase() // rule: case-table: the browser's own words
    for (const one of document.querySelectorAll(place.dataset.filter)) one.hidden = !one.textContent.toLocaleLowerCase().includes(wanted) // rule: case-table: the browser's own words
  })
  place.append(input)
}
`
