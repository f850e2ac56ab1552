/**
 * A form that was sent is not sent again by an impatient second press. Coming back to the page makes it ready again, and where the answer is a
 * file, so that nobody leaves it, a little while does; and no password stays in it.
 * @module
 */

/** The module's source, as it is served. */
export const submitOnce = `
for (const form of document.querySelectorAll('form[method="post"]')) {
  let sent = false
  const mark = (busy) => {
    sent = busy
    for (const button of form.querySelectorAll('[type="submit"]')) {
      if (busy) button.setAttribute('aria-disabled', 'true')
      else button.removeAttribute('aria-disabled')
    }
  }
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault()
    else {
      mark(true)
      if ('download' in form.dataset)
        setTimeout(() => {
          mark(false)
          form.reset()
        }, 2000)
    }
  })
  addEventListener('pageshow', () => mark(false))
}
`
