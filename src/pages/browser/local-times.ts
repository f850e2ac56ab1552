/**
 * Times in the visitor's own zone and manner. Without a script they stay as the server wrote them, in UTC.
 * @module
 */

/** The module's source, as it is served. */
export const localTimes = `
const language = document.documentElement.lang
const manner = (options) => new Intl.DateTimeFormat(navigator.languages.filter((one) => one.startsWith(language)).concat(language || []), options)
const manners = { day: manner({ dateStyle: 'long' }), moment: manner({ dateStyle: 'long', timeStyle: 'short' }) }
for (const time of document.querySelectorAll('time[data-local]')) {
  const moment = new Date(time.dateTime)
  if (Number.isNaN(moment.getTime())) continue
  time.title = time.textContent
  time.textContent = (manners[time.dataset.local] ?? manners.moment).format(moment)
}
`
