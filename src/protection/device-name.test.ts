import { describe, expect, test } from 'vitest'

import { deviceName } from './device-name.js'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('deviceName', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Linux', 'computer'],
    [`${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15`, 'Safari on Mac', 'computer'],
    [`${MAC} ${WEBKIT} Chrome/150.0.0.0 Safari/537.36`, 'Chrome on Mac', 'computer'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0`, 'Edge on Windows', 'computer'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/150.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera on Windows', 'computer'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/150.0.0.0 Safari/537.36`, 'Chrome on ChromeOS', 'computer'],
    [`${IPHONE} Version/19.0 Mobile/15E148 Safari/604.1`, 'Safari on iPhone', 'phone'],
    [`${IPHONE} CriOS/150.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone', 'phone'],
    [`${IPHONE} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone', 'phone'],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
      'Safari on iPad',
      'tablet',
    ],
    [`Mozilla/5.0 (Linux; Android 16; Pixel 10) ${WEBKIT} Chrome/150.0.0.0 Mobile Safari/537.36`, 'Chrome on Android', 'phone'],
    [
      `Mozilla/5.0 (Linux; Android 16; SM-X710) ${WEBKIT} SamsungBrowser/29.0 Chrome/140.0.0.0 Safari/537.36`,
      'Samsung Internet on Android',
      'tablet',
    ],
    ['Mozilla/5.0 (Windows NT 10.0)', 'A browser on Windows', 'computer'],
    ['Mozilla/5.0 (compatible)', 'Unknown device', 'unknown'],
    ['curl/8.5.0', 'curl', 'program'],
    ['python-requests/2.32.3', 'python-requests', 'program'],
    ['', 'Unknown device', 'unknown'],
    [null, 'Unknown device', 'unknown'],
  ])('puts %j into words', (agent, name, kind) => expect(deviceName(agent)).toEqual({ name, kind }))

  test('J13: takes no longer for a hostile text', () => {
    const begun = performance.now()
    deviceName(`Mozilla/5.0 ${'Android Version/ '.repeat(5000)}`)
    deviceName(`${'a'.repeat(100_000)}/`)
    expect(performance.now() - begun).toBeLessThan(50)
  })

  test('I7: says nothing that the header brought along, but the letters of a program’s name', () => {
    expect(deviceName('<script>/1').name).toBe('Unknown device')
    expect(deviceName(`x${'y'.repeat(200)}/1`).name).toBe('Unknown device')
  })
})
