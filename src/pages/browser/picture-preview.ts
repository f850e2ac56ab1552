/**
 * Shows a picture that was chosen before it is sent. Read as `data:`, which the content policy allows for pictures; nothing leaves the browser.
 * @module
 */

/** The module's source, as it is served. */
export const picturePreview = `
for (const input of document.querySelectorAll('.pc-picture input[type="file"]')) {
  const row = input.closest('.pc-picture')
  const before = row.firstElementChild
  const remove = row.querySelector('input[type="checkbox"]')
  const putBack = () => {
    if (row.firstElementChild !== before) row.firstElementChild.replaceWith(before)
  }
  input.addEventListener('change', () => {
    const file = input.files[0]
    putBack()
    if (!file) return
    if (remove) remove.checked = false
    if (!file.type.startsWith('image/') || file.size > 20 * 1024 * 1024) return
    const reader = new FileReader()
    reader.addEventListener('load', () => {
      if (input.files[0] !== file) return
      const picture = new Image()
      picture.alt = 'The picture you have chosen'
      picture.addEventListener('load', () => {
        putBack()
        before.replaceWith(picture)
      })
      picture.src = reader.result
    })
    reader.readAsDataURL(file)
  })
}
`
