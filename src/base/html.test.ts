import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { escapeHtml, safeHref } from './html.js'

describe('escapeHtml', () => {
  test('leaves nothing that ends a text or a quoted attribute', () => {
    expect(escapeHtml(`<b title="it's"> & more`)).toBe('&lt;b title=&quot;it&#39;s&quot;&gt; &amp; more')
  })
})

describe('safeHref', () => {
  test.each(['https://example.com/a?b=c', 'http://example.com', 'mailto:ada@example.com', '/profile/', '/', '#top', '?page=2', './next', '../up'])(
    'lets %j through as it is',
    (address) => expect(safeHref(address)).toBe(address),
  )

  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:x',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'blob:https://app.test/1',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    'https:evil.test',
    'https:///evil.test',
    'evil.test',
    'mailto:',
    '',
    null,
    undefined,
  ])('I7: leaves out %j', (address) => expect(safeHref(address)).toBe(undefined))

  test('I7: whatever passes leads to the web, to mail, or stays on this site', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('/', '\\', ':', '\t', 'a', 'j', '.', '@', '#', '?') }))
    fc.assert(
      fc.property(anything, (address) => {
        const safe = safeHref(address)
        if (safe === undefined || !URL.canParse(safe, 'https://app.test/here/')) return
        const { protocol, host } = new URL(safe, 'https://app.test/here/')
        expect(['https:', 'http:', 'mailto:']).toContain(protocol)
        if (!/^(?:https?|mailto):/i.test(safe)) expect(host).toBe('app.test')
      }),
    )
  })
})
