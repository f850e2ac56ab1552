/**
 * Two panes for a relation to many: what can be chosen, what is chosen, each with a filter; a press or the return key moves one across. The boxes
 * of the plain form stay behind them and are what is sent.
 * @module
 */

/** The module's source, as it is served. */
export const chooser = `
const make = (tag, attributes, ...children) => {
  const one = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value)
  one.append(...children)
  return one
}
const folded = (text) => text.normalize('NFKD').replace(/\\p{M}/gu, '').toLocaleLowerCase() // rule: case-table: the browser's own words
const panes = (field) => {
  const plain = field.querySelector('.pa-many-plain')
  const { panes: url, name, title } = field.dataset
  const texts = new Map()
  const boxOf = new Map()
  for (const box of plain.querySelectorAll('input[type="checkbox"]')) {
    texts.set(box.value, plain.querySelector('label[for="' + CSS.escape(box.id) + '"]').textContent)
    boxOf.set(box.value, box)
  }
  const count = field.querySelector('legend .pc-optional')
  const news = make('span', { role: 'status', class: 'pc-visually-hidden' })
  // What a search has found, in its order; null where all there is stands in the page.
  let found = url === '' ? null : []
  let page = 1
  let hasMore = false
  const add = ({ id, text }) => {
    if (boxOf.has(id)) return
    const box = make('input', { type: 'checkbox', name, value: id })
    plain.append(box)
    boxOf.set(id, box)
    texts.set(id, text)
  }
  const sorted = (keys) => keys.sort((a, b) => texts.get(a).localeCompare(texts.get(b)))
  const pane = (kind, heading, all) => {
    const id = field.id + '_' + kind
    const find = make('input', { type: 'search', class: 'pc-input', placeholder: 'Filter', 'aria-label': 'Filter ' + heading.toLocaleLowerCase(), autocomplete: 'off' }) // rule: case-table: the browser's own words
    const list = make('ul', { role: 'listbox', tabindex: '0', id, 'aria-label': heading + '. Enter moves one across.' })
    const number = make('span', {})
    const every = make('button', { type: 'button' }, all)
    const more = make('button', { type: 'button' }, 'Show more')
    more.hidden = true
    const root = make('div', { class: 'pa-pane pa-pane-' + kind }, make('div', { class: 'pa-pane-head' }, make('span', {}, heading), number), make('div', { class: 'pa-pane-find' }, find), list, make('div', { class: 'pa-pane-foot' }, every, more))
    return { root, find, list, number, every, more, active: 0, keys: [] }
  }
  const others = pane('others', 'Available ' + title, 'Choose all shown')
  const chosen = pane('chosen', 'Chosen ' + title, 'Remove all shown')
  const mark = (one, index) => {
    one.active = Math.max(0, Math.min(index, one.keys.length - 1))
    for (const [at, row] of [...one.list.querySelectorAll('[role="option"]')].entries()) row.setAttribute('aria-selected', String(at === one.active))
    const row = one.list.querySelectorAll('[role="option"]')[one.active]
    if (row) one.list.setAttribute('aria-activedescendant', row.id)
    else one.list.removeAttribute('aria-activedescendant')
    if (row && document.activeElement === one.list) row.scrollIntoView({ block: 'nearest' })
  }
  const show = (one, keys, empty) => {
    one.keys = keys
    one.list.replaceChildren(...keys.map((key, at) => make('li', { role: 'option', id: one.list.id + '_' + at, 'aria-selected': 'false' }, texts.get(key))))
    if (keys.length === 0) one.list.append(make('li', { class: 'pa-hint', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, empty))
    one.every.disabled = keys.length === 0
    mark(one, one.active)
  }
  const isWanted = (one, key) => folded(texts.get(key)).includes(folded(one.find.value.trim()))
  const draw = () => {
    const keys = [...boxOf.keys()]
    const picked = keys.filter((key) => boxOf.get(key).checked)
    const offered = (found ?? sorted(keys)).filter((key) => !boxOf.get(key).checked && (found !== null || isWanted(others, key)))
    show(chosen, sorted(picked).filter((key) => isWanted(chosen, key)), picked.length === 0 ? 'Nothing is chosen.' : 'Nothing fits.')
    show(others, offered, others.find.value.trim() === '' ? 'There is nothing more to choose.' : 'Nothing fits.')
    chosen.number.textContent = String(picked.length)
    others.number.textContent = found === null ? String(keys.length - picked.length) : ''
    others.more.hidden = !hasMore
    if (count) count.textContent = '(' + picked.length + ' chosen)'
  }
  const move = (keys, isChosen) => {
    for (const key of keys) boxOf.get(key).checked = isChosen
    news.textContent = keys.length === 1 ? texts.get(keys[0]) + (isChosen ? ' chosen' : ' removed') : keys.length + (isChosen ? ' chosen' : ' removed')
    draw()
    plain.dispatchEvent(new Event('change', { bubbles: true }))
  }
  let asking = null
  const ask = async (next) => {
    if (url === '') return
    asking?.abort()
    asking = new AbortController()
    try {
      const answer = await fetch(url + '?term=' + encodeURIComponent(others.find.value.trim().slice(0, 200)) + '&page=' + next, { signal: asking.signal, headers: { accept: 'application/json' } })
      if (!answer.ok) return
      const { results, pagination } = await answer.json()
      for (const one of results) add(one)
      found = next === 1 ? results.map((one) => one.id) : found.concat(results.map((one) => one.id))
      page = next
      hasMore = pagination.more
      draw()
    } catch (error) {
      if (error.name !== 'AbortError') throw error
    }
  }
  for (const [one, isChosen] of [[others, true], [chosen, false]]) {
    one.list.addEventListener('click', (event) => {
      const at = [...one.list.querySelectorAll('[role="option"]')].indexOf(event.target.closest('[role="option"]'))
      if (one.keys[at] !== undefined) move([one.keys[at]], isChosen)
    })
    one.list.addEventListener('keydown', (event) => {
      const steps = { ArrowDown: one.active + 1, ArrowUp: one.active - 1, Home: 0, End: one.keys.length - 1, PageDown: one.active + 8, PageUp: one.active - 8 }
      if (event.key in steps) {
        event.preventDefault()
        mark(one, steps[event.key])
      } else if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault()
        if (one.keys[one.active] !== undefined) move([one.keys[one.active]], isChosen)
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        const order = one.keys.map((_, at) => (one.active + 1 + at) % one.keys.length)
        const next = order.find((at) => folded(texts.get(one.keys[at])).startsWith(folded(event.key)))
        if (next !== undefined) mark(one, next)
      }
    })
    one.every.addEventListener('click', () => move([...one.keys], isChosen))
    one.find.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault()
      if (event.key === 'ArrowDown') {
        event.preventDefault()
        one.list.focus()
      }
    })
  }
  let waiting = 0
  others.find.addEventListener('input', () => {
    if (url === '') return draw()
    clearTimeout(waiting)
    waiting = setTimeout(() => ask(1), 150)
  })
  chosen.find.addEventListener('input', draw)
  others.more.addEventListener('click', () => ask(page + 1))
  // The browser's words on the plain form are in the way of the panes.
  plain.hidden = true
  for (const one of plain.querySelectorAll('input[type="search"]')) one.remove()
  plain.before(make('div', { class: 'pa-panes' }, others.root, chosen.root, news))
  draw()
  ask(1)
  addEventListener('pageshow', draw)
}
for (const field of document.querySelectorAll('[data-panes]')) panes(field)
`
