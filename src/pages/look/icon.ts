/**
 * The mark of the account pages as a file of its own, for the browser's tab: visible on light and on dark.
 * @module
 */

/** An SVG document. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4b3b94"/>' +
  '<path d="M7 26V15a9 9 0 0 1 18 0v11" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/>' +
  '<path d="M12.5 9.5V19M16 8v13M19.5 9.5V19M9.5 14h13" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>\n'
