/**
 * Who is on the other end: the socket's address, or what declared proxies say of it.
 * @module
 */

import { formatIpAddress, isInRange, parseIpAddress, parseIpRange, type IpAddress, type IpRange } from './ip-address.js'

/** A customer of an Internet provider has at least so many bits of IPv6 to choose addresses from. */
const IPV6_HOST_BITS = 64n

/** The proxies that a site stands behind. */
export type TrustedProxies = readonly IpRange[]

/** Where a request came from. */
export interface Peer {
  /** What the socket says. */
  readonly socketAddress: string | null | undefined
  /** The header `X-Forwarded-For`; several are joined with commas, in their order. */
  readonly forwardedFor?: string | null | undefined
}

/**
 * Reads the networks of the proxies once, at the start. Throws `ImproperlyConfigured` for a network that is not exactly one.
 *
 * @example
 * const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::1'])
 */
export function trustedProxies(networks: readonly string[]): TrustedProxies {
  return networks.map(parseIpRange)
}

/** Tells whether the socket's other end is a declared proxy: only then may its word on scheme or host count. */
export function isTrustedProxy(socketAddress: string | null | undefined, proxies: TrustedProxies): boolean {
  const address = parseSocketAddress(socketAddress)
  return address !== null && isTrusted(address, proxies)
}

/**
 * Gives the address of the client; null where the socket has none. Each proxy is believed about the one before it,
 * from right to left, so that what the client wrote itself is never reached.
 *
 * @example
 * clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '6.6.6.6, 203.0.113.9' }, trustedProxies(['10.0.0.0/8']))   // '203.0.113.9'
 */
export function clientAddress(peer: Peer, proxies: TrustedProxies): string | null {
  let address = parseSocketAddress(peer.socketAddress)
  if (address === null) return null
  for (const hop of (peer.forwardedFor ?? '').split(',').reverse()) {
    if (!isTrusted(address, proxies)) break
    const before = parseIpAddress(withoutPort(hop))
    // What cannot be read is not believed: the last proxy that is known stands for it.
    if (before === null) break
    address = before
  }
  return formatIpAddress(address)
}

/**
 * Gives what a limit counts by: an IPv4 address, or the IPv6 network that one customer has to itself.
 *
 * @example
 * addressKey('2001:db8::1')   // '2001:db8::/64'
 */
export function addressKey(address: string): string | null {
  const parsed = parseSocketAddress(address)
  if (parsed === null) return null
  if (parsed.family === 4) return `${formatIpAddress(parsed)}/32`
  return `${formatIpAddress({ family: 6, value: (parsed.value >> IPV6_HOST_BITS) << IPV6_HOST_BITS })}/64`
}

function isTrusted(address: IpAddress, proxies: TrustedProxies): boolean {
  return proxies.some((range) => isInRange(address, range))
}

/** A socket names the interface of a link-local address, after `%`. */
function parseSocketAddress(text: string | null | undefined): IpAddress | null {
  return parseIpAddress((text ?? '').split('%', 1)[0] ?? '')
}

/** Some proxies add the port: `203.0.113.9:4711`, `[2001:db8::1]:4711`. The space around may be tabs (RFC 9110). */
function withoutPort(hop: string): string {
  const text = hop.trim()
  const match = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(text)
  return match?.[1] ?? match?.[2] ?? text
}
