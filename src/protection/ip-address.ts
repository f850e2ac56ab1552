/**
 * Network addresses as numbers, so that one address has one form however it is written.
 * @module
 */

import { isIPv4, isIPv6 } from 'node:net'

import { ImproperlyConfigured } from '../base/errors.js'

/** `::ffff:0:0/96`: IPv4 as a socket that serves both families shows it. */
const MAPPED_PREFIX = 0xffffn
const MAPPED_BITS = 96

/** An address; an IPv4 address in IPv6's clothes is an IPv4 address. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly value: bigint
}

/** A network of addresses. */
export interface IpRange {
  readonly family: 4 | 6
  /** The bits that all of its addresses begin with. */
  readonly start: bigint
  /** How many bits are left to each address. */
  readonly free: bigint
}

/** Reads an address; null where it is none. Octal and short forms are none: readers disagree on them. */
export function parseIpAddress(text: string): IpAddress | null {
  if (isIPv4(text)) return { family: 4, value: readIpv4(text) }
  if (!isIPv6(text) || text.includes('%')) return null
  const value = readIpv6(text)
  return value >> 32n === MAPPED_PREFIX ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value }
}

/**
 * Reads a network such as `10.0.0.0/8`, or a single address. Throws `ImproperlyConfigured` for what is not exactly one.
 *
 * @example
 * parseIpRange('10.0.0.0/8')
 */
export function parseIpRange(text: string): IpRange {
  const [, addressText = '', bitsText] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const address = parseIpAddress(addressText)
  if (address === null) throw new ImproperlyConfigured(`“${text}” is not a network. Write it as 10.0.0.0/8, 2001:db8::/32 or a single address.`)
  const written = isIPv6(addressText) ? 128 : 32
  const bits = bitsText === undefined ? written : Number(bitsText)
  if (bits > written) throw new ImproperlyConfigured(`“${text}” is not a network: it has ${written} bits at most.`)
  if (bits === 0) throw new ImproperlyConfigured(`“${text}” is every address there is. Name the networks of your proxies.`)
  const isMapped = written === 128 && address.family === 4
  if (isMapped && bits <= MAPPED_BITS) {
    throw new ImproperlyConfigured(`“${text}” holds every IPv4 address. Write the IPv4 network itself, such as 10.0.0.0/8.`)
  }
  const free = BigInt(written - bits)
  const start = address.value >> free
  if (start << free !== address.value) throw new ImproperlyConfigured(`“${text}” is not where a network of ${bits} bits begins.`)
  return { family: address.family, start, free }
}

/** Tells whether an address is in a network. */
export function isInRange(address: IpAddress, { family, start, free }: IpRange): boolean {
  return address.family === family && address.value >> free === start
}

/** Writes an address in its one form: dotted for IPv4, RFC 5952 for IPv6. */
export function formatIpAddress({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function readIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function readIpv6(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const first = groupsOf(head)
  const last = groupsOf(tail ?? '')
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0n)
  return [...first, ...zeros, ...last].reduce((value, group) => (value << 16n) | group, 0n)
}

function groupsOf(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const value = readIpv4(group)
    return [value >> 16n, value & 0xffffn]
  })
}
