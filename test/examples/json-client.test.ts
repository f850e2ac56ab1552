import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkIn, openShop, OTHER_PASSWORD, PASSWORD, SEEDED_PASSWORD, type Shop } from '../support/shop-server.js'
import { png } from '../support/pictures.js'
import type { Visitor } from '../support/visitor.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(async () => shop.close())

/** Status and body of an answer. */
async function told(response: Promise<Response>): Promise<[number, unknown]> {
  const answer = await response
  expect(answer.headers.get('content-type')).toContain('application/json')
  return [answer.status, await answer.json()]
}

const isIn = async (visitor: Visitor): Promise<boolean> => (await visitor.getJson('/accounts/profile/')).status === 200

describe('the tutorial as a program walks it, in JSON over HTTP', () => {
  test('signing up says by field and code what is wrong, and logs in at once', async () => {
    const visitor = shop.visitor()
    const [status, form] = await told(visitor.getJson('/accounts/register/'))
    expect([status, form]).toMatchObject([200, { fields: expect.any(Array) as unknown }])
    const wrong = { username: 'ada', email: 'no address', password1: '12345678', password2: '12345678' }
    expect(await told(visitor.postJson('/accounts/register/', wrong))).toMatchObject([
      422,
      {
        errors: {
          username: [{ code: 'unique' }],
          email: [{ code: 'invalid' }],
          password2: [{ code: 'password_too_common' }, { code: 'password_entirely_numeric' }],
        },
      },
    ])
    const right = { username: 'mary', email: 'mary@example.com', password1: PASSWORD, password2: PASSWORD }
    expect(await told(visitor.postJson('/accounts/register/', right))).toMatchObject([201, { user: { username: 'mary' } }])
    expect(await isIn(visitor)).toBe(true)
  })

  test('guards answer 401 and 403 with a code, and say where to log in', async () => {
    const stranger = shop.visitor()
    expect(await told(stranger.getJson('/members/'))).toMatchObject([
      401,
      { error: { code: 'login_required', loginUrl: '/accounts/login/?next=/members/' } },
    ])
    const visitor = await shop.newcomer('lise')
    for (const path of ['/products/add/', '/something/'])
      expect(await told(visitor.getJson(path))).toMatchObject([403, { error: { code: 'permission_denied' } }])
    const ada = await shop.member('ada', { password: SEEDED_PASSWORD })
    expect((await ada.get('/products/add/')).status).toBe(200)
  })

  test('logging in and out, with a fresh token each time; without a token nothing is done', async () => {
    const visitor = shop.visitor()
    await visitor.getJson('/accounts/login/')
    expect(await told(visitor.postJson('/accounts/login/', { username: 'ada', password: 'a guess' }))).toMatchObject([
      422,
      { errors: { __all__: [{ code: 'invalid_login' }] } },
    ])
    const credentials = { username: 'ada', password: SEEDED_PASSWORD }
    const bare = { accept: 'application/json', 'content-type': 'application/json' }
    expect(await told(visitor.request('/accounts/login/', { method: 'POST', body: JSON.stringify(credentials), headers: bare }))).toMatchObject([
      403,
      { error: { code: 'csrf_failed' } },
    ])
    expect(await told(visitor.postJson('/accounts/login/', credentials))).toMatchObject([200, { user: { username: 'ada', name: 'Ada Lovelace' } }])
    expect(await told(visitor.postJson('/accounts/logout/', {}))).toMatchObject([200, { next: null }])
    expect(await isIn(visitor)).toBe(false)
  })

  test('a profile: its fields as JSON, its picture as a multipart form', async () => {
    const visitor = await shop.newcomer('rosalind')
    expect(await told(visitor.postJson('/accounts/profile/', { first_name: 'Rosalind', last_name: 'Franklin', email: 'no address' }))).toMatchObject([
      422,
      { errors: { email: [{ code: 'invalid' }] } },
    ])
    const fields = { first_name: 'Rosalind', last_name: 'Franklin', email: 'rosalind@example.com', phone: '+44 20', bio: 'Crystals.' }
    expect(await told(visitor.postJson('/accounts/profile/', fields))).toMatchObject([200, { user: { name: 'Rosalind Franklin', picture: null } }])
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('profile_picture', new File([new Uint8Array(png(40, 30))], 'me.png', { type: 'image/png' }))
    const headers = { accept: 'application/json', origin: shop.origin, 'x-csrftoken': visitor.csrfSecret ?? '' }
    const [status, saved] = await told(visitor.request('/accounts/profile/', { method: 'POST', body: form, headers }))
    expect(status).toBe(200)
    const { picture } = (saved as { user: { picture: string } }).user
    const response = await visitor.get(picture)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp'])
  })

  test('a new password ends every other session', async () => {
    const visitor = await shop.newcomer('katherine')
    const other = await shop.member('katherine')
    const change = { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
    expect(await told(visitor.postJson('/accounts/password_change/', { ...change, old_password: 'a guess' }))).toMatchObject([
      422,
      { errors: { old_password: [{ code: 'password_incorrect' }] } },
    ])
    expect((await told(visitor.postJson('/accounts/password_change/', change)))[0]).toBe(200)
    expect([await isIn(visitor), await isIn(other)]).toEqual([true, false])
  })

  test('a forgotten password, by the link of the mail', async () => {
    await shop.newcomer('dorothy')
    const visitor = shop.visitor()
    await visitor.getJson('/accounts/login/')
    expect(await told(visitor.postJson('/accounts/password_reset/', { email: 'dorothy@example.com' }))).toEqual([200, { accepted: true }])
    const link = linkIn(await shop.mailTo('dorothy@example.com'))
    const [, opened] = await told(visitor.getJson(link))
    const { url } = opened as { url: string }
    expect(link).not.toContain(url)
    const passwords = { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
    expect((await told(visitor.postJson(url, passwords)))[0]).toBe(200)
    expect(await told(visitor.getJson(link))).toEqual([200, { isValid: false }])
    expect(await isIn(await shop.member('dorothy', { password: OTHER_PASSWORD }))).toBe(true)
  })

  test('devices: listed, one ended, all others ended', async () => {
    const visitor = await shop.newcomer('hedy')
    const others = [await shop.member('hedy', { userAgent: 'curl/8.14.1' }), await shop.member('hedy'), await shop.member('hedy')]
    const [, list] = await told(visitor.getJson('/accounts/sessions/'))
    const { sessions } = list as { sessions: { id: string; device: string; isCurrent: boolean }[] }
    expect(sessions.map((one) => one.isCurrent)).toEqual([true, false, false, false])
    const curl = sessions.find((one) => one.device === 'curl')
    expect(await told(visitor.postJson('/accounts/sessions/end/', { session: curl?.id }))).toEqual([200, { ended: 1 }])
    expect(await Promise.all(others.map(isIn))).toEqual([false, true, true])
    expect(await told(visitor.postJson('/accounts/sessions/end/', { others: true }))).toEqual([200, { ended: 2 }])
    expect(await Promise.all([visitor, ...others].map(isIn))).toEqual([true, false, false, false])
  })

  test('D9: no answer tells a session’s key', async () => {
    const visitor = await shop.newcomer('annie')
    for (const path of ['/', '/members/', '/accounts/profile/', '/accounts/sessions/', '/accounts/password_change/', '/accounts/login/']) {
      for (const answer of [await visitor.getJson(path), await visitor.get(path)]) expect(await answer.text()).not.toContain(visitor.sessionCookie)
    }
  })

  test('K1: what depends on who asks says so to caches; what tells of somebody is stored by none', async () => {
    const visitor = await shop.newcomer('vera')
    for (const path of ['/', '/members/', '/accounts/profile/', '/accounts/sessions/']) {
      const { headers } = await visitor.get(path)
      expect([path, headers.get('vary'), headers.get('cache-control')]).toEqual([path, expect.stringContaining('Cookie'), 'private, no-store'])
    }
    expect((await shop.visitor().get('/')).headers.get('vary')).toContain('Cookie')
  })
})
