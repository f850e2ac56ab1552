import { describe, expect, test } from 'vitest'

import { answerWithFile, staticFile } from './static-files.js'

describe('staticFile', () => {
  test('has another name when its content is another', () => {
    const [one, other] = [staticFile('a.css', 'p { color: red }'), staticFile('a.css', 'p { color: blue }')]
    expect(one.name).toMatch(/^a\.[0-9a-f]{16}\.css$/)
    expect(one.name).not.toBe(other.name)
    expect(one.name).toBe(staticFile('a.css', 'p { color: red }').name)
  })
})

describe('answerWithFile', () => {
  test('lets it be kept for a year, and taken for nothing else', async () => {
    const response = answerWithFile(staticFile('a.js', 'export {}'))
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe('export {}')
  })
})
