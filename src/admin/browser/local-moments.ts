/**
 * Shows the moments of a form in the visitor's own zone, and sends them in UTC, as the form without a script does. One that nobody touched is sent as it
 * came, so that the hour that comes twice in autumn stays itself.
 * @module
 */

/** The module's source, as it is served. */
export const localMoments = `
const two = (number) => String(number).padStart(2, '0')
const local = (moment) => moment.getFullYear() + '-' + two(moment.getMonth() + 1) + '-' + two(moment.getDate()) + 'T' + two(moment.getHours()) + ':' + two(moment.getMinutes()) + ':' + two(moment.getSeconds())
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const moments = (root) => {
  for (const input of root.querySelectorAll('input[type="datetime-local"][data-utc]')) {
    const sent = input.value
    const moment = new Date(sent + 'Z')
    if (sent !== '' && !Number.isNaN(moment.getTime())) input.value = local(moment)
    const shown = input.value
    for (const help of document.querySelectorAll('#' + CSS.escape(input.id + '_helptext') + ', #' + CSS.escape(input.id + '_helptext') + ' > *'))
      if (help.children.length === 0 && help.textContent === input.dataset.utc) help.textContent = 'In your time zone, ' + zone.replaceAll('_', ' ') + '.'
    input.form?.addEventListener('formdata', (event) => {
      if (!input.isConnected || input.value === '') return
      const typed = new Date(input.value)
      if (!Number.isNaN(typed.getTime())) event.formData.set(input.name, input.value === shown && sent !== '' ? sent : typed.toISOString().slice(0, 19))
    })
  }
}
moments(document)
document.addEventListener('pa:row', (event) => moments(event.target))
`
