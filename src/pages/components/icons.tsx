/**
 * Signs, drawn with one pen: 24 by 24, a line of 1.75. All are decoration beside words, so that a screen reader passes over them.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { DeviceKind } from '../../protection/device-name.js'

const PATHS = {
  warning: ['M12 8.5v4.5', 'M12 16.5h.01', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
  check: ['m5 12.5 4.5 4.5L19 7.5'],
  mail: ['M4 6h16v12H4Z', 'm4 7 8 6 8-6'],
  key: ['M15 3.5a5.5 5.5 0 1 1-4.9 8L4 17.6V20.5h3v-2h2v-2h1.9l1.5-1.6', 'M16.5 7.5h.01'],
  download: ['M12 4v11', 'm7.5 10.5 4.5 4.5 4.5-4.5', 'M5 19.5h14'],
  devices: ['M3 6.5A1.5 1.5 0 0 1 4.5 5h11A1.5 1.5 0 0 1 17 6.5V9', 'M3 6.5V15h9', 'M1.5 18H12', 'M15 12h5.5v8H15Z', 'M17.5 17.5h.5'],
  forward: ['m9.5 6 6 6-6 6'],
  leave: ['M14 4h5v16h-5', 'M4 12h10', 'm10.5 8.5 3.5 3.5-3.5 3.5'],
  lock: ['M6 11h12v9H6Z', 'M8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  clock: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'M12 7.5V12l3 2'],
  person: ['M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z', 'M4.5 20.5c.6-3.6 3.5-5.5 7.5-5.5s6.9 1.9 7.5 5.5'],
  plus: ['M12 5.5v13', 'M5.5 12h13'],
  sun: [
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
    'M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  ],
  moon: ['M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z'],
  day: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z', 'M12 3.5v17', 'M15.5 5.2v13.6M18.5 7.8v8.4'],
  menu: ['M4 7h16', 'M4 12h16', 'M4 17h16'],
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z', 'm15.5 15.5 5 5'],
  computer: ['M4.5 5h15A1.5 1.5 0 0 1 21 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 14.5v-8A1.5 1.5 0 0 1 4.5 5Z', 'M12 16v3.5', 'M8 19.5h8'],
  phone: ['M8.5 2.5h7A1.5 1.5 0 0 1 17 4v16a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 20V4a1.5 1.5 0 0 1 1.5-1.5Z', 'M11.5 18.5h1'],
  tablet: ['M6 3h12a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 18 21H6a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 6 3Z', 'M11 18h2'],
  program: ['m5 8 4 4-4 4', 'M12 17h7'],
  unknown: ['M9.5 9.2a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1.9-1.1 1.9', 'M12 16.8h.01', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'],
} as const satisfies Record<string, readonly string[]> & Record<DeviceKind, readonly string[]>

/** The name of a sign. */
export type IconName = keyof typeof PATHS

/** A sign. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name].map((path) => (
        <path d={path} />
      ))}
    </svg>
  )
}

/** The mark beside a site's name where it has no logo: a portcullis, raised a little. */
export function Mark({ size = 28 }: { readonly size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <path d="M3 25V13a11 11 0 0 1 22 0v12" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
      <path d="M9.5 6.5v11M14 4v15.5M18.5 6.5v11M6 11.5h16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
    </svg>
  )
}

/** How far apart the bars of the gate stand. */
const BAR = 56

/** The raised gate that hangs into the first pages from above. */
export function Gate(): JSX.Element {
  return (
    <div class="pc-gate" aria-hidden="true">
      <svg focusable="false">
        <defs>
          <pattern id="pc-gate-bars" width={BAR} height="88" patternUnits="userSpaceOnUse" x="50%">
            <path d="M0 10h56M0 42h56" stroke="currentColor" stroke-width="3" />
            <path d="M28 0v64" stroke="currentColor" stroke-width="4" />
            <path d="M24 62h8l-4 18Z" fill="currentColor" />
            <circle cx="28" cy="10" r="4" fill="currentColor" />
            <circle cx="28" cy="42" r="4" fill="currentColor" />
          </pattern>
        </defs>
        <rect width="100%" height="88" fill="url(#pc-gate-bars)" />
      </svg>
    </div>
  )
}
