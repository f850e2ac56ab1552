/**
 * Pages of the documentation that standards ask for tell the numbers that the code has.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PICTURE_LIMITS } from '../../src/media/decode-picture.js'
import { MAX_PASSWORD_BYTES } from '../../src/passwords/raw-password.js'
import { UPLOAD_BODY_LIMITS } from '../../src/protection/body/request-data.js'
import { portcullis } from '../../src/index.js'
import { settleSessions } from '../../src/sessions/settings.js'
import { sqlite } from '../../src/sqlite.js'
import { createMailbox } from '../../src/testing.js'
import { PASSWORD } from '../support/account-pages.js'
import { quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const MIB = 1024 * 1024
const DAY = 86_400

/** A page as running text. */
function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
}

test('5.1.1: the page on pictures tells which are taken, how large, and what becomes of others', () => {
  const { maxBytes, maxPixels, maxSide, seconds, size } = PICTURE_LIMITS
  expect(page('pages')).toContain(
    `JPEG, PNG, GIF and WebP are taken, of up to ${maxBytes / MIB} MiB, ${maxPixels / 1_000_000} million pixels and ${maxSide.toLocaleString('en')} a side`,
  )
  expect(page('pages')).toContain(`${seconds} seconds to be decoded`)
  expect(page('pages')).toContain(`at most ${size} pixels a side`)
  expect(UPLOAD_BODY_LIMITS.fileBytes).toBe(maxBytes)
})

test('7.1.1, 7.1.2: the page on sessions tells how long they last, and that any number may', () => {
  const { cookieAge, idleTimeout, absoluteTimeout } = settleSessions()
  expect([cookieAge, idleTimeout, absoluteTimeout]).toEqual([14 * DAY, null, null])
  expect(page('sessions')).toContain('`cookieAge` (two weeks after the last change)')
  expect(page('sessions')).toContain('`idleTimeout` and `absoluteTimeout` end logins, and are off unless they are set')
  expect(page('sessions')).toContain('As many devices as somebody likes may be logged in at once')
})

test('13.1.4: the page on protection tells what the secret key signs, and how it is changed', () => {
  expect(page('protection')).toContain('`secretKeyFallbacks`')
  expect(page('protection')).toContain('`npx portcullis generate-secret`')
})

test('6.2.9, C11: the page on passwords tells the longest', () => {
  expect(page('passwords')).toContain(`above ${MAX_PASSWORD_BYTES.toLocaleString('en')} bytes they are refused`)
})

test('8.1.2: the page on account pages tells which fields each form takes, and no form takes one that decides about rights', async () => {
  const { auth, loggedIn, visitor, migrate, close } = plainAccounts()
  await migrate()
  const ada = await auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
  const link = `/accounts/reset/${auth.resetTokens.uidOf(ada)}/${auth.resetTokens.makeToken(ada)}/`
  const stranger = visitor()
  const { url } = (await (await stranger.getJson(link)).json()) as { url: string }
  const reset = await namesOf(await stranger.getJson(url))
  const member = await loggedIn('ada')
  const forms: Record<string, readonly string[]> = {
    'login/': await namesOf(await stranger.getJson('/accounts/login/')),
    'register/': await namesOf(await stranger.getJson('/accounts/register/')),
    'profile/': await namesOf(await member.getJson('/accounts/profile/')),
    'password_change/': await namesOf(await member.getJson('/accounts/password_change/')),
    'password_reset/': await namesOf(await stranger.getJson('/accounts/password_reset/')),
    'reset/<uid>/<token>/': reset,
  }
  for (const [path, names] of Object.entries(forms)) {
    expect([path, names.length > 0]).toEqual([path, true])
    const row = `| \`${path}\` | ${names.map((name) => `\`${name}\``).join(', ')} |`
    expect([row, page('pages').includes(row)]).toEqual([row, true])
    expect(names.filter((name) => /^(?:is_|groups|user_permissions|password$|id$|last_login|date_joined)/.test(name) && path !== 'login/')).toEqual(
      [],
    )
  }
  await close()
})

/** A site with Django's own user and nothing more. */
function plainAccounts() {
  const auth = portcullis({ ...quick, database: sqlite(':memory:'), baseUrl: 'http://localhost', mail: { transport: createMailbox() } })
  const pages = auth.pages()
  const visitor = (): Visitor => new Visitor((request) => pages.fetch(request))
  return {
    auth,
    visitor,
    async loggedIn(username: string): Promise<Visitor> {
      const one = visitor()
      await one.get('/accounts/login/')
      expect((await one.post('/accounts/login/', { username, password: PASSWORD })).status).toBe(303)
      return one
    },
    migrate: async () => auth.migrate(),
    close: async () => auth.close(),
  }
}

async function namesOf(response: Response): Promise<readonly string[]> {
  const { fields = [] } = (await response.json()) as { fields?: readonly { readonly name: string }[] }
  return fields.map(({ name }) => name)
}
