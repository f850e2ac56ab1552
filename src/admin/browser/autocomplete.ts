/**
 * Makes a combobox of a foreign key's choices: one types, and is shown what there is. The pattern is the one of WAI-ARIA; without a script the same
 * field is a list of radio buttons with a search that the server answers.
 * @module
 */

/** The module's source, as it is served. */
export const autocomplete = `
const make = (tag, attributes, ...children) => {
  const one = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value)
  one.append(...children)
  return one
}
const combobox = (field) => {
  const plain = field.querySelector('.pa-lookup-plain')
  if (!plain || field.dataset.ready) return
  field.dataset.ready = 'yes'
  const { lookup, name, title } = field.dataset
  const radios = [...plain.querySelectorAll('input[type="radio"]')]
  const checked = radios.find((one) => one.checked)
  const mayBeEmpty = !!field.querySelector('.pc-optional')
  const id = radios[0]?.id ?? field.id + '_box'
  const labelOf = (radio) => radio && radio.value !== '' ? plain.querySelector('label[for="' + CSS.escape(radio.id) + '"]')?.textContent ?? '' : ''
  let chosen = { id: checked?.value ?? '', text: labelOf(checked) }
  let options = []
  let active = -1
  let asking = null
  let waiting = 0
  const hidden = make('input', { type: 'hidden', name, value: chosen.id })
  const list = make('ul', { role: 'listbox', id: id + '_options', class: 'pa-options', popover: 'manual', 'aria-label': 'Choices' })
  const input = make('input', { type: 'text', role: 'combobox', class: 'pc-input', id, autocomplete: 'off', spellcheck: 'false', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list', placeholder: 'Type to find a ' + title, 'aria-label': field.querySelector('legend').textContent.trim() })
  const news = make('span', { role: 'status', class: 'pc-visually-hidden' })
  const clear = make('button', { type: 'button', class: 'pa-clear', 'aria-label': 'Choose none' }, '×')
  const describedBy = field.getAttribute('aria-describedby')
  if (describedBy) input.setAttribute('aria-describedby', describedBy)
  if (field.querySelector('.pc-error')) input.setAttribute('aria-invalid', 'true')
  input.value = chosen.text
  const isOpen = () => input.getAttribute('aria-expanded') === 'true'
  const close = () => {
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
    active = -1
    if (list.matches(':popover-open')) list.hidePopover()
  }
  const place = () => {
    const box = input.getBoundingClientRect()
    const below = innerHeight - box.bottom
    list.style.insetInlineStart = box.left + 'px'
    list.style.inlineSize = Math.max(box.width, 220) + 'px'
    list.style.insetBlockStart = below < 200 && box.top > below ? 'auto' : box.bottom + 4 + 'px'
    list.style.insetBlockEnd = below < 200 && box.top > below ? innerHeight - box.top + 4 + 'px' : 'auto'
  }
  const open = () => {
    input.setAttribute('aria-expanded', 'true')
    if (!list.matches(':popover-open')) list.showPopover()
    place()
  }
  const mark = (index) => {
    active = index
    const rows = [...list.querySelectorAll('[role="option"]')]
    for (const [at, row] of rows.entries()) row.setAttribute('aria-selected', String(at === index))
    const row = rows[index]
    if (row) {
      input.setAttribute('aria-activedescendant', row.id)
      row.scrollIntoView({ block: 'nearest' })
    } else input.removeAttribute('aria-activedescendant')
  }
  const choose = (option) => {
    chosen = option
    hidden.value = option.id
    input.value = option.text
    clear.hidden = !mayBeEmpty || option.id === ''
    hidden.dispatchEvent(new Event('change', { bubbles: true }))
    close()
  }
  const show = (found, hasMore) => {
    options = found
    list.replaceChildren(...found.map((one, at) => make('li', { role: 'option', id: list.id + '_' + at, 'aria-selected': 'false' }, one.text)))
    const hint = found.length === 0 ? 'Nothing was found.' : hasMore ? 'There are more. Type more letters.' : ''
    if (hint) list.append(make('li', { class: 'pa-hint', role: 'presentation' }, hint))
    news.textContent = found.length === 0 ? 'Nothing was found.' : found.length + (hasMore ? ' and more' : '') + ' found.'
    open()
    mark(-1)
  }
  const ask = async (term) => {
    asking?.abort()
    asking = new AbortController()
    try {
      const answer = await fetch(lookup + '?term=' + encodeURIComponent(term.slice(0, 200)), { signal: asking.signal, headers: { accept: 'application/json' } })
      if (!answer.ok) return close()
      const { results, pagination } = await answer.json()
      if (document.activeElement === input) show(results, pagination.more)
    } catch (error) {
      if (error.name !== 'AbortError') close()
    }
  }
  input.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => ask(input.value.trim()), 150)
  })
  input.addEventListener('click', () => { if (!isOpen()) ask(input.value === chosen.text ? '' : input.value.trim()) })
  input.addEventListener('keydown', (event) => {
    const last = options.length - 1
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen()) ask(input.value === chosen.text ? '' : input.value.trim())
      else if (event.key === 'ArrowDown') mark(active >= last ? 0 : active + 1)
      else mark(active <= 0 ? last : active - 1)
    } else if (event.key === 'Enter' && isOpen()) {
      event.preventDefault()
      if (options[active]) choose(options[active])
      else close()
    } else if (event.key === 'Escape') {
      if (isOpen()) event.preventDefault()
      input.value = chosen.text
      close()
    }
  })
  input.addEventListener('blur', () => {
    clearTimeout(waiting)
    asking?.abort()
    if (input.value.trim() === '' && mayBeEmpty && chosen.id !== '') choose({ id: '', text: '' })
    input.value = chosen.text
    close()
  })
  list.addEventListener('mousedown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const at = [...list.querySelectorAll('[role="option"]')].indexOf(event.target.closest('[role="option"]'))
    if (options[at]) choose(options[at])
  })
  clear.hidden = !mayBeEmpty || chosen.id === ''
  clear.addEventListener('click', () => {
    choose({ id: '', text: '' })
    input.focus()
  })
  addEventListener('scroll', () => { if (isOpen()) place() }, { capture: true, passive: true })
  plain.replaceChildren(make('div', { class: 'pa-combo' }, input, clear, list), hidden, news)
}
const all = (root) => { for (const field of root.querySelectorAll('[data-lookup]')) combobox(field) }
all(document)
document.addEventListener('pa:row', (event) => all(event.target))
`
