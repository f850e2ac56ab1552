import { describe, expect, test } from 'vitest'
import { UPLOADS } from '../../src/protection/rate-limits/site-limits.js'
import { eachAccounts, PASSWORD } from '../support/account-pages.js'
import { png } from '../support/pictures.js'

describe('the limit of pictures', () => {
  eachAccounts(
    (open) => {
      let count = 0
      /** Somebody logged in, and how they send their profile. */
      async function someone() {
        const site = await open()
        const username = `mary${(count += 1)}`
        await site.auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD })
        const visitor = await site.loggedIn(username)
        const send = async (bytes: Uint8Array, email = `${username}@example.com`): Promise<Response> => {
          const body = new FormData()
          body.set('csrfmiddlewaretoken', visitor.csrfSecret ?? '')
          body.set('email', email)
          body.set('picture', new Blob([new Uint8Array(bytes)]), bytes.length === 0 ? '' : 'face.png')
          return visitor.request('/accounts/profile/', { method: 'POST', body, headers: { accept: 'text/html', origin: 'http://localhost' } })
        }
        return { site, send }
      }

      test('J2: counts a picture that is none, and one in a form that is wrong elsewhere: each was decoded', { timeout: 60_000 }, async () => {
        const { send } = await someone()
        // It begins like a picture, so that it comes as far as the decoder.
        const broken = png(100, 100).subarray(0, 45)
        for (let round = 0; round < UPLOADS.limit - 1; round++) expect((await send(broken)).status).toBe(422)
        expect((await send(png(4, 4), 'no address')).status).toBe(422)
        const refused = await send(broken)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
      })

      test('does not count a field that was left empty', async () => {
        const { send } = await someone()
        for (let round = 0; round <= UPLOADS.limit; round++) expect((await send(new Uint8Array())).status).toBe(303)
      })
    },
    { rateLimits: {} },
  )
})
