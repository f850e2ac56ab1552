/**
 * What error pages say, by status, or by code where the status says too little. Nothing of the request is ever repeated (I12): a page
 * that echoes an address can be made to say anything.
 * @module
 */

/** A heading and a sentence. */
export interface ErrorText {
  readonly title: string
  readonly text: string
}

/** By the code of a refusal. */
const BY_CODE: Readonly<Record<string, ErrorText>> = {
  csrf_failed: {
    title: 'This form has grown old',
    text: 'It was not sent from a page we know, or that page was open before you logged in or out. Nothing was done. Go back, reload the page, and send it again. Cookies must be allowed.',
  },
  bad_host: { title: 'Not our address', text: 'This site does not answer to the name it was called by.' },
  session_interrupted: {
    title: 'You were logged out meanwhile',
    text: 'The session this page belonged to has ended. Please log in again, and start anew.',
  },
}

const BY_STATUS: Readonly<Record<number, ErrorText>> = {
  400: { title: 'We could not make sense of that', text: 'Something in the request is not as it should be. Nothing was done.' },
  401: { title: 'Please log in first', text: 'This page is only for those who are logged in.' },
  403: {
    title: 'You may not do that',
    text: 'This takes a permission that you do not have here. If you think you should, ask those who run the site.',
  },
  404: { title: 'There is nothing here', text: 'The page may have moved, or its address has a slip in it.' },
  405: { title: 'Not in this way', text: 'This address does not answer to that kind of request. Open it as a page, and start from there.' },
  409: { title: 'Somebody was faster', text: 'What you were changing has changed meanwhile. Nothing was done. Reload the page, and look again.' },
  413: { title: 'That is too much at once', text: 'What you sent is larger than allowed. Nothing was kept. Try a smaller file or a shorter text.' },
  415: { title: 'We cannot read that', text: 'What you sent is in a form that this page does not take.' },
  429: { title: 'Too many tries', text: 'To keep accounts safe, we take a break here.' },
  500: { title: 'Something broke on our side', text: 'It is not your fault. It has been noted, and trying again a little later may help.' },
  503: { title: 'A moment, please', text: 'Too many people want the same just now.' },
}

/**
 * Gives what to say.
 *
 * @example
 * const { title, text } = errorText(404)
 */
export function errorText(status: number, code = ''): ErrorText {
  const known = (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? BY_STATUS[status] ?? BY_STATUS[status < 500 ? 400 : 500]
  return known ?? { title: `Error ${status}`, text: '' }
}
