import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { isLoopback, settleSmtp, type SmtpOptions } from './smtp-options.js'
import { smtpTransport } from './smtp-transport.js'

describe('settleSmtp', () => {
  test.each([
    ['smtp://mail.example', 'mail.example', 587, 'starttls'],
    ['smtp://mail.example:25', 'mail.example', 25, 'starttls'],
    ['smtp://mail.example:465', 'mail.example', 465, 'implicit'],
    ['smtps://mail.example', 'mail.example', 465, 'implicit'],
    ['smtps://mail.example:2465/', 'mail.example', 2465, 'implicit'],
    ['smtp://mail.example?tls=none', 'mail.example', 587, 'none'],
    ['smtp://mail.example?tls=starttls', 'mail.example', 587, 'starttls'],
    ['smtp://localhost:1025', '127.0.0.1', 1025, 'none'],
    ['smtp://127.0.0.1:1025', '127.0.0.1', 1025, 'none'],
    ['smtp://[::1]:1025', '::1', 1025, 'none'],
    ['smtp://localhost:587?tls=starttls', 'localhost', 587, 'starttls'],
  ])('K6: %s is encrypted unless it never leaves this machine or says so', (url, host, port, tls) => {
    expect(settleSmtp(url)).toMatchObject({ host, port, tls })
  })

  test('a name that only looks like this machine is not it', () => {
    for (const host of ['localhost.evil.test', '127.0.0.1.evil.test', '127.evil.test', 'my-localhost', '128.0.0.1', '::2', '0.0.0.0'])
      expect(isLoopback(host)).toBe(false)
  })

  test('takes user and password from a URL, decoded and hidden', () => {
    const settings = settleSmtp('smtp://shop%40example.com:p%3Ass%2Fcanary@mail.example')
    expect(settings.user).toBe('shop@example.com')
    expect(settings.password.reveal()).toBe('p:ss/canary')
    expect(inspect(settings)).not.toContain('canary')
    expect(settleSmtp({ host: 'mail.example', user: 'a', password: new Secret('b') }).password.reveal()).toBe('b')
  })

  test.each([
    'mail.example',
    'http://mail.example',
    'smtp://',
    'smtp://u:canary@mail.example/path',
    'smtp://u:canary@mail.example#x',
    'smtp://u:canary%zz@mail.example',
    'smtp://u:canary@mail.example?tls=maybe',
    'smtp://u:canary@mail.example?rejectUnauthorized=false',
    'smtp://u:canary@mail.example?tls=starttls&tls=none',
    'smtps://u:canary@mail.example?tls=none',
  ])('K4: refuses %s and does not repeat the password', (url) => {
    expect(() => settleSmtp(url)).toThrow(ImproperlyConfigured)
    expect(() => settleSmtp(url)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('canary') }))
  })

  test('refuses options that make no sense, and names those there are', () => {
    const host = 'mail.example'
    for (const options of [
      { host: '' },
      {},
      { host: 'a b' },
      { host, port: 0 },
      { host, port: 70_000 },
      { host, connections: 0 },
      { host, timeout: 0 },
      { host, tls: true },
    ])
      expect(() => smtpTransport(options as SmtpOptions)).toThrow(ImproperlyConfigured)
    expect(() => smtpTransport({ host, secure: false } as SmtpOptions)).toThrow(/no option “secure”/)
  })
})
