/**
 * Adds empty rows to a table of rows of another model, up to what the page bears, and takes them away again. Without a script a button asks the server
 * for more room.
 * @module
 */

/** The module's source, as it is served. */
export const inlines = `
for (const template of document.querySelectorAll('template[data-inline-row]')) {
  const prefix = template.dataset.inlineRow
  const table = document.querySelector('[data-inline="' + prefix + '"]')
  const place = document.querySelector('[data-inline-more="' + prefix + '"]')
  const total = document.querySelector('input[name="' + prefix + '-TOTAL_FORMS"]')
  if (!table || !place || !total) continue
  const body = table.tBodies[0]
  const title = table.dataset.title
  const most = Number(table.dataset.max)
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'pc-button pc-button-quiet pc-button-small'
  button.textContent = 'Add another ' + title
  const tell = () => { button.hidden = body.rows.length >= most }
  button.addEventListener('click', () => {
    const number = total.value
    const row = template.content.firstElementChild.cloneNode(true)
    for (const one of row.querySelectorAll('*')) {
      for (const { name, value } of [...one.attributes]) if (value.includes('__prefix__')) one.setAttribute(name, value.replaceAll('__prefix__', number))
    }
    const remove = document.createElement('button')
    remove.type = 'button'
    remove.className = 'pa-link'
    remove.textContent = 'Remove'
    remove.setAttribute('aria-label', 'Remove this new ' + title)
    remove.addEventListener('click', () => {
      row.remove()
      tell()
      button.hidden = false
      button.focus()
    })
    row.lastElementChild.append(remove)
    total.value = String(Number(number) + 1)
    body.append(row)
    row.dispatchEvent(new Event('pa:row', { bubbles: true }))
    row.querySelector('input:not([type="hidden"]), select, textarea')?.focus()
    tell()
  })
  place.replaceChildren(button)
  tell()
}
`
