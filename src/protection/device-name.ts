/**
 * What a person calls the device behind a `User-Agent`: “Firefox on Windows”. A guess from a header that its sender wrote; nothing is
 * decided by it.
 * @module
 */

/** What kind of sign stands beside the name. */
export type DeviceKind = 'computer' | 'phone' | 'tablet' | 'program' | 'unknown'

/** A device in words. */
export interface DeviceName {
  readonly name: string
  readonly kind: DeviceKind
}

type Mark = readonly [sign: RegExp, name: string]

/** In this order: almost every browser also names the ones it resembles. */
const BROWSERS: readonly Mark[] = [
  [/\bEdgi?A?(?:OS)?\//, 'Edge'],
  [/\bOPR\/|\bOPiOS\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bDuckDuckGo\/|\bDdg\//, 'DuckDuckGo'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const SYSTEMS: readonly (readonly [sign: RegExp, name: string, kind: DeviceKind])[] = [
  [/\biPhone\b|\biPod\b/, 'iPhone', 'phone'],
  [/\biPad\b/, 'iPad', 'tablet'],
  [/^(?=.*\bAndroid\b).*\bMobile\b/, 'Android', 'phone'],
  [/\bAndroid\b/, 'Android', 'tablet'],
  [/\bWindows\b/, 'Windows', 'computer'],
  [/\bCrOS\b/, 'ChromeOS', 'computer'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac', 'computer'],
  [/\bLinux\b|\bX11\b/, 'Linux', 'computer'],
]

/** No browser says more of itself that matters here. */
const LONGEST = 500

/** Programs say their own name first. */
const PROGRAM = /^([A-Za-z][A-Za-z0-9 ._-]{0,30})\//

/**
 * Puts a user agent into words.
 *
 * @example
 * deviceName('Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0')   // { name: 'Firefox on Windows', kind: 'computer' }
 */
export function deviceName(userAgent: string | null | undefined): DeviceName {
  const text = (userAgent ?? '').slice(0, LONGEST)
  if (!text.startsWith('Mozilla/')) {
    const program = PROGRAM.exec(text)?.[1]
    return program === undefined ? { name: 'Unknown device', kind: 'unknown' } : { name: program, kind: 'program' }
  }
  const browser = BROWSERS.find(([sign]) => sign.test(text))?.[1]
  const system = SYSTEMS.find(([sign]) => sign.test(text))
  const kind = system?.[2] ?? 'unknown'
  if (browser === undefined && system === undefined) return { name: 'Unknown device', kind }
  return { name: system === undefined ? (browser ?? '') : `${browser ?? 'A browser'} on ${system[1]}`, kind }
}
