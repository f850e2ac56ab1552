/**
 * Lets people see the password they type (NIST 800-63B 3.1.1.2 asks for it). The button exists only where a script runs; before the form
 * leaves, the field is a password again, or a browser would offer the password as a remembered text.
 * @module
 */

/** The module's source, as it is served. */
export const passwordVisibility = `
for (const field of document.querySelectorAll('.pc-password')) {
  const input = field.querySelector('input')
  if (!input) continue
  const button = document.createElement('button')
  const show = (shown) => {
    input.type = shown ? 'text' : 'password'
    button.textContent = shown ? 'Hide' : 'Show'
    button.setAttribute('aria-label', (shown ? 'Hide ' : 'Show ') + (field.dataset.label || 'password'))
  }
  button.type = 'button'
  button.className = 'pc-reveal'
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => {
    const { selectionStart, selectionEnd } = input
    show(input.type === 'password')
    input.focus()
    input.setSelectionRange(selectionStart, selectionEnd)
  })
  input.setAttribute('autocapitalize', 'none')
  input.setAttribute('spellcheck', 'false')
  input.form?.addEventListener('submit', () => show(false))
  show(false)
  field.append(button)
}
`
