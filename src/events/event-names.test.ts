import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { EVENTS, isEventName } from './event-names.js'
import { RETENTION, settleEvents } from './settings.js'

const documented = readFileSync(new URL('../../docs/protection.md', import.meta.url), 'utf8')

describe('EVENTS', () => {
  test('16.1.1: the documentation names every one of them, and how long they are kept', () => {
    const [, table = ''] = /## Security events[^]*?(\| event \|[^]*?)\n\n/.exec(documented) ?? []
    const named = [...table.matchAll(/`([a-z]+(?:_[a-z]+)*)`(?=[^|\n]*\|)/g)].map((one) => one[1])
    for (const name of Object.keys(EVENTS)) expect(named).toContain(name)
    expect(documented).toContain(`kept for ${RETENTION / 86_400} days`)
  })

  test('a name is told from any other text', () => {
    expect(['login', 'toString', '__proto__', ''].map(isEventName)).toEqual([true, false, false, false])
  })
})

describe('settleEvents', () => {
  test('says what is wrong with a time', () => {
    for (const retention of [0, -1, 1.5, Number.NaN]) expect(() => settleEvents({ events: { retention } })).toThrow(/events\.retention/)
    expect(settleEvents({ events: { retention: 60 } }).retention).toBe(60)
    expect(settleEvents({ events: false }).retention).toBeNull()
  })

  test('is quiet unless in production, or told where to write', () => {
    expect(settleEvents({}).log).toBeNull()
    const log = { write: () => undefined }
    expect(settleEvents({ securityLog: log }).log).toBe(log)
    expect(settleEvents({ securityLog: false }).log).toBeNull()
  })
})
