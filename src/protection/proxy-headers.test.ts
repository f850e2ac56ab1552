import { describe, expect, test } from 'vitest'
import { ProxyHeaderWatch, type ProxyHeaderWarning } from './proxy-headers.js'

function watch(hasProxies: boolean) {
  const heard: ProxyHeaderWarning[] = []
  const watching = new ProxyHeaderWatch(hasProxies, (warning) => heard.push(warning))
  const look = (headers: Readonly<Record<string, string>>, isFromProxy = false, socketAddress: string | null = '10.0.0.7') =>
    watching.look({ header: (name) => headers[name], socketAddress }, isFromProxy)
  return { heard, look }
}

describe('ProxyHeaderWatch', () => {
  test('C5: tells of each header once, and never what it says', () => {
    const { heard, look } = watch(false)
    const all = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.test',
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
      'cf-connecting-ip': '6.6.6.6',
    }
    for (let round = 0; round < 3; round++) look(all)
    expect(heard.map((one) => one.header).toSorted()).toEqual([
      'CF-Connecting-IP',
      'Forwarded',
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'X-Real-IP',
    ])
    expect(heard[0]?.message).toContain('from 10.0.0.7 had the header X-Forwarded-For, which was not believed: no proxy is declared')
    expect(JSON.stringify(heard)).not.toMatch(/6\.6\.6\.6|evil/)
  })

  test('is silent about a request without them, and about a proxy that was declared', () => {
    const { heard, look } = watch(true)
    look({ host: 'shop.example' })
    look({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-real-ip': '203.0.113.9' }, true)
    expect(heard).toEqual([])
  })

  test('C5: tells of a proxy beside the declared ones', () => {
    const { heard, look } = watch(true)
    look({ 'x-forwarded-proto': 'https' })
    expect(heard[0]?.message).toContain('this address is not among trustedProxies')
  })

  test('tells of a declared proxy that speaks in headers nobody reads', () => {
    const { heard, look } = watch(true)
    look({ 'x-forwarded-proto': 'https', 'x-real-ip': '203.0.113.9' }, true)
    expect(heard.map((one) => one.header)).toEqual(['X-Real-IP'])
    expect(heard[0]?.message).toContain('Have it send X-Forwarded-For')
  })

  test('tells nothing where there is no socket: a framework may have written them', () => {
    const { heard, look } = watch(false)
    look({ 'x-forwarded-for': '127.0.0.1' }, false, null)
    expect(heard).toEqual([])
  })
})
