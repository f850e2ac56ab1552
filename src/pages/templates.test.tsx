import { describe, expect, test } from 'vitest'

import { field, form, look, nobody, pageSamples, somebody, type PageSample } from '../../test/support/page-samples.js'
import { script } from './browser/script.js'
import { errorText } from './error-texts.js'
import type { LoginProps } from './props.js'
import { Login } from './templates/login.js'
import { renderPage, type Look, type PageName, type PropsOf } from './templates.js'

const samples = Object.entries(pageSamples)

/** What an attacker stores wherever a text may be stored. */
const PAYLOADS = ['"><svg onload=alert(1)>', "'><script>alert(1)</script>", '</textarea></title><img src=x onerror=alert(1)>', 'javascript:alert(1)']

describe('renderPage', () => {
  test.each(samples)('%s is a whole document: language, title, one main part, one first heading', async (_name, sample) => {
    const html = await render(sample)
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"/)
    expect(html).toMatch(/<title>[^<]+ · Harbour Shop<\/title>/)
    expect(html.match(/<main\b/g)).toHaveLength(1)
    expect(html.match(/<h1\b/g)).toHaveLength(1)
  })

  test.each(samples)('3.4.3: %s has nothing that a strict content policy forbids', async (_name, sample) => {
    const html = await render(sample)
    expect(html).not.toMatch(/\son[a-z]+=|\sstyle=|<style|javascript:/i)
    expect(html.match(/<script\b[^>]*>[^<]/g)).toBe(null)
  })

  test.each(samples)('E6: every form of %s that changes something carries the token, in its body and not in its address', async (_name, sample) => {
    const html = await render(sample)
    for (const [, attributes = '', inside = ''] of html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
      expect(attributes).toContain('method="post"')
      expect(attributes).not.toContain('csrf')
      expect(inside).toContain(`<input type="hidden" name="csrfmiddlewaretoken" value="${'T'.repeat(64)}"/>`)
    }
  })

  test.each(samples.filter(([, { props }]) => props.visitor !== null))('7.4.4: %s offers the way out, as a form', async (_name, sample) => {
    expect(await render(sample)).toMatch(/<form method="post" action="\/accounts\/logout\/">.*?Log out/s)
  })

  test('6.2.6: a password is masked, known to managers, and never sent back', async () => {
    const old = field('password', 'Password', {
      type: 'password',
      value: 'a-secret-one',
      attributes: { autocomplete: 'current-password', type: 'text', value: 'a-secret-one' },
    })
    const html = await renderPage(look, 'login', { ...nobody, next: '', form: form([old]) })
    expect(html).toMatch(/<input class="pc-input" type="password" autocomplete="current-password" name="password"/)
    expect(html).not.toContain('a-secret-one')
  })

  test.each(PAYLOADS)('I7, 3.2.2: %j stays text, wherever it came from', async (payload) => {
    for (const [name, sample] of samples) {
      const before = tagsOf(await render(sample))
      const after = tagsOf(await render({ ...sample, props: poisoned(sample.props, payload), notices: poisoned(sample.notices, payload) }))
      expect([name, namesIn(after)]).toEqual([name, namesIn(before)])
      for (const tag of after) {
        expect([name, tag, /\son\w+=|\sstyle=/.test(withoutValues(tag))]).toEqual([name, tag, false])
        expect([name, tag, /\s(?:href|src|action)="(?!\/|#|")/.test(tag)]).toEqual([name, tag, false])
      }
    }
  })

  test('I12: an error page is made of its status alone', () => {
    expect(errorText(404, 'constructor')).toEqual(errorText(404))
    expect(errorText(418)).toEqual(errorText(400))
    expect(errorText(599)).toEqual(errorText(500))
  })

  test('the summary of errors leads to each field, and takes the keyboard from them', async () => {
    const html = await render(pageSamples['register-wrong'] as PageSample)
    expect(html).toMatch(/<div class="pc-summary" role="alert" tabindex="-1" autofocus="">/)
    expect(html).toContain('<a href="#id_username">Username: That username is already taken.</a>')
    expect(html).toMatch(/<input [^>]*id="id_username"[^>]*aria-invalid="true" aria-describedby="id_username_error id_username_helptext"/)
    expect(html.match(/autofocus/g)).toHaveLength(1)
  })

  test('what describes a field is there', async () => {
    for (const [name, sample] of samples) {
      const html = await render(sample)
      const ids = new Set(Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id]) => id))
      for (const [, described = ''] of html.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g)) {
        for (const id of described.split(' ')) expect([name, id, ids.has(id)]).toEqual([name, id, true])
      }
    }
  })

  test('a file goes in parts', async () => {
    expect(await render(pageSamples['profile'] as PageSample)).toContain('enctype="multipart/form-data"')
  })

  test('a text that begins with a line end keeps it', async () => {
    const bio = field('bio', 'Bio', { type: 'textarea', value: '\nNot the first line' })
    expect(await renderPage(look, 'login', { ...nobody, next: '', form: form([bio]) })).toMatch(/<textarea[^>]*>\n\nNot the first line/)
  })
})

describe('a template of one’s own', () => {
  const props: LoginProps = { ...nobody, next: '', form: form([]) }
  const withLogin = (login: Look['templates']['login']): Look => ({ ...look, templates: { ...look.templates, login } })

  test('may give a text', async () => {
    expect(
      await renderPage(
        withLogin(() => '<p>Come in</p>'),
        'login',
        props,
      ),
    ).toMatch(/<main[^>]*><p>Come in<\/p><\/main>/)
  })

  test('may take its time', async () => {
    expect(
      await renderPage(
        withLogin(async () => '<p>Come in</p>'),
        'login',
        props,
      ),
    ).toContain('<p>Come in</p>')
  })

  test('may wrap ours', async () => {
    const Wrapped = (given: LoginProps) => (
      <div class="shop">
        <Login {...given} />
      </div>
    )
    expect(await renderPage(withLogin(Wrapped), 'login', props)).toMatch(/<div class="shop"><div class="pc-card">/)
  })

  test('may be a React component', async () => {
    const { createElement } = await import('react')
    // Its types are a package of their own.
    const server = (await import('react-dom/server' as string)) as { renderToStaticMarkup(element: object): string }
    const login = ({ site }: LoginProps): string => server.renderToStaticMarkup(createElement('h1', null, `<${site.name}>`))
    expect(await renderPage(withLogin(login), 'login', props)).toContain('<h1>&lt;Harbour Shop&gt;</h1>')
  })

  test('may be a whole document, which gets no layout', async () => {
    expect(
      await renderPage(
        withLogin(() => '<!DOCTYPE html><title>Mine</title>'),
        'login',
        props,
      ),
    ).toBe('<!DOCTYPE html><title>Mine</title>')
  })

  test('may be the layout', async () => {
    const layout: Look['layout'] = ({ title, children }) => (
      <body>
        <h1>{title}</h1>
        {children}
      </body>
    )
    expect(await renderPage({ ...look, layout }, 'passwordChangeDone', somebody)).toMatch(
      /^<!doctype html>\n<body><h1>Password changed<\/h1><div class="pc-card/,
    )
  })
})

test('the script is a module that compiles', async () => {
  const { transformSync } = await import('esbuild')
  expect(() => transformSync(script, { format: 'esm' })).not.toThrow()
})

function render<N extends PageName>({ name, props, notices }: PageSample & { readonly name: N }): Promise<string> {
  return renderPage(look, name, props as PropsOf<N>, notices)
}

/** The opening tags of a document, in order. */
function tagsOf(html: string): string[] {
  return html.match(/<[a-z][a-z0-9]*(?:\s[^\s=>"]+(?:="[^"]*")?)*\s*\/?>/g) ?? []
}

function withoutValues(tag: string): string {
  return tag.replaceAll(/"[^"]*"/g, '""')
}

/** The elements, apart from those that an address or a moment has only while it is one. */
function namesIn(tags: readonly string[]): string[] {
  return tags.map((tag) => /^<([a-z0-9]+)/.exec(tag)?.[1] ?? '').filter((name) => !['img', 'svg', 'span', 'path', 'a', 'time'].includes(name))
}

/** Texts and addresses that come from data, replaced; what the site itself says stays. */
function poisoned<T>(value: T, payload: string, key = ''): T {
  if (typeof value === 'string') return (TEXTS.has(key) ? payload : value) as T
  if (Array.isArray(value)) return value.map((one: unknown) => poisoned(one, payload, key)) as T
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, payload, name)])) as T
  return value
}

const TEXTS = new Set([
  'username',
  'picture',
  'label',
  'value',
  'message',
  'helpTexts',
  'device',
  'address',
  'lastSeen',
  'url',
  'path',
  'text',
  'title',
  'next',

  'autocomplete',
  'clearName',
  'logo',
])
