/**
 * Folds the filters of a list where the screen is small and nothing is chosen. Without scripts they stand open.
 * @module
 */

/** The module's source, as it is served. */
export const foldFilters = `
if (matchMedia('(max-width: 60rem)').matches) {
  for (const one of document.querySelectorAll('details[data-fold]')) {
    const isUsed = [...one.querySelectorAll('a[aria-current]')].some((link) => !link.parentElement.matches(':first-child'))
    if (!isUsed) one.open = false
  }
}
`
