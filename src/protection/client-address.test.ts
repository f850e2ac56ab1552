import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { addressKey, clientAddress, isTrustedProxy, trustedProxies } from './client-address.js'

const proxies = trustedProxies(['10.0.0.0/8', '2001:db8:1::/48'])

describe('clientAddress', () => {
  test('15.3.4, C5: is the socket’s where no proxy is declared, whatever a header says', () => {
    expect(clientAddress({ socketAddress: '203.0.113.9', forwardedFor: '6.6.6.6' }, [])).toBe('203.0.113.9')
    expect(clientAddress({ socketAddress: '203.0.113.9', forwardedFor: '6.6.6.6' }, proxies)).toBe('203.0.113.9')
  })

  test('C5: is what the last declared proxy saw, read from right to left', () => {
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '6.6.6.6, 203.0.113.9, 10.0.0.2' }, proxies)).toBe('203.0.113.9')
    expect(clientAddress({ socketAddress: '::ffff:10.0.0.1', forwardedFor: '6.6.6.6,2001:db8:1::7' }, proxies)).toBe('6.6.6.6')
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '10.0.0.3, 10.0.0.2' }, proxies)).toBe('10.0.0.3')
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: null }, proxies)).toBe('10.0.0.1')
  })

  test('C5: a text before the client’s own address never changes the answer', () => {
    fc.assert(
      fc.property(fc.string(), (written) => {
        expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: `${written}, 203.0.113.9` }, proxies)).toBe('203.0.113.9')
      }),
    )
  })

  test('C7: the space around an address may be tabs, and a port may follow it', () => {
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '1.1.1.1,\t2.2.2.2\t ' }, proxies)).toBe('2.2.2.2')
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '203.0.113.9:4711' }, proxies)).toBe('203.0.113.9')
    expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: '[2001:DB8:2:0::1]:4711' }, proxies)).toBe('2001:db8:2::1')
  })

  test.each(['010.0.0.1', '1.1.1', '0x7f.1', 'unknown', '', '1.1.1.1 2.2.2.2', 'fe80::1%eth0', '[1.1.1.1'])(
    'C7: %j is no address, so it is not believed',
    (hop) => {
      expect(clientAddress({ socketAddress: '10.0.0.1', forwardedFor: `6.6.6.6, ${hop}` }, proxies)).toBe('10.0.0.1')
    },
  )

  test('C8: has one form', () => {
    expect(clientAddress({ socketAddress: '::ffff:203.0.113.9' }, [])).toBe('203.0.113.9')
    expect(clientAddress({ socketAddress: '::FFFF:CB00:7109' }, [])).toBe('203.0.113.9')
    expect(clientAddress({ socketAddress: '2001:0DB8:0:0:0:0:0:1' }, [])).toBe('2001:db8::1')
    expect(clientAddress({ socketAddress: 'fe80::1%eth0' }, [])).toBe('fe80::1')
    expect(clientAddress({ socketAddress: undefined }, [])).toBe(null)
  })
})

describe('addressKey', () => {
  test('C8: two IPv4 clients never share one, and one client never has two', () => {
    expect(addressKey('::ffff:203.0.113.9')).toBe(addressKey('203.0.113.9'))
    expect(addressKey('::ffff:203.0.113.9')).not.toBe(addressKey('::ffff:203.0.113.10'))
    expect(addressKey('2001:db8:0:1::1')).toBe(addressKey('2001:DB8:0:1:ffff::'))
    expect(addressKey('2001:db8:0:1::1')).not.toBe(addressKey('2001:db8:0:2::1'))
  })
})

describe('trustedProxies', () => {
  test('C6: refuses a mapped network that holds all of IPv4, and reads a smaller one as IPv4', () => {
    for (const network of ['::ffff:10.0.0.0/8', '::ffff:10.0.0.0/95', '::ffff:0.0.0.0/96']) expect(() => trustedProxies([network])).toThrow(/IPv4/)
    expect(isTrustedProxy('10.1.2.3', trustedProxies(['::ffff:10.0.0.0/104']))).toBe(true)
    expect(isTrustedProxy('11.1.2.3', trustedProxies(['::ffff:10.0.0.0/104']))).toBe(false)
    expect(isTrustedProxy('10.1.2.3', trustedProxies(['::/1']))).toBe(false)
  })

  test.each([
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '010.0.0.0/8',
    '10/8',
    '',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    ' 10.0.0.0/8',
    'loopback',
  ])('C7: refuses %j, which is not exactly one network', (network) => {
    expect(() => trustedProxies([network])).toThrow(/network|every address/)
  })

  test('F10: only a declared proxy is one', () => {
    expect(isTrustedProxy('10.255.255.255', proxies)).toBe(true)
    expect(isTrustedProxy('2001:db8:1:ffff::', proxies)).toBe(true)
    for (const address of ['11.0.0.0', '2001:db8:2::', undefined, '']) expect(isTrustedProxy(address, proxies)).toBe(false)
  })
})
