import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { Customer, Profile } from '../../test/support/shop.js'
import { memoryCounters, portcullis, type SiteOptions } from '../index.js'
import { smtpTransport } from '../mail.js'
import { fileSystemStorage } from '../media.js'
import { CommonPasswordValidator, MinimumLengthValidator } from '../passwords.js'
import { sqlite } from '../sqlite.js'
import type { Machine } from '../settings/machine.js'

type Options = Partial<SiteOptions<typeof Customer, readonly [], typeof Profile, readonly string[]>>

const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

/** A site that may go on the internet as it is. */
const GOOD = {
  secretKey: 'k8Qw3ZpT6vN1xJr5Lb9Ym2Hc7Fd4Gs0AaEeRrTtUuIiOoPpKk',
  baseUrl: 'https://shop.example',
  trustedProxies: ['10.0.0.0/8'],
  secureSslRedirect: true,
  securityHeaders: { hstsSeconds: 31_536_000, hstsIncludeSubdomains: true, hstsPreload: true },
  mail: { transport: smtpTransport('smtp://mail.example') },
} satisfies Options

const MACHINE: Partial<Machine> = { environment: { NODE_ENV: 'production' }, nodeVersion: '24.21.0', nodeArguments: [], hasPackage: () => true }

function siteWith(options: Options = {}) {
  const site = portcullis({ ...GOOD, database: sqlite(':memory:'), user: Customer, profile: Profile, ...options })
  opened.push(site)
  return site
}

async function idsOf(options: Options, machine: Partial<Machine> = {}): Promise<string[]> {
  return (await siteWith(options).checkDeployment({ ...MACHINE, ...machine })).map((one) => one.id)
}

const { hstsSeconds } = GOOD.securityHeaders

describe('checkDeployment', () => {
  test('finds nothing on a site that may be deployed, with an admin or without', async () => {
    const site = siteWith()
    expect(await site.checkDeployment(MACHINE)).toEqual([])
    site.admin()
    expect(await site.checkDeployment(MACHINE)).toEqual([])
  })

  test('CK-1: a site of nothing but what it cannot be without has Django’s W004 and W008, and what is ours', async () => {
    const site = portcullis({ secretKey: GOOD.secretKey, database: sqlite(':memory:') })
    opened.push(site)
    expect((await site.checkDeployment(MACHINE)).map((one) => one.id)).toEqual([
      'security.W004',
      'security.W008',
      'security.W020',
      'portcullis.W004',
      'portcullis.W020',
    ])
  })

  test.each<[id: string, options: Options]>([
    ['security.W004', { securityHeaders: {} }],
    ['security.W005', { securityHeaders: { hstsSeconds }, silencedSystemChecks: ['security.W021'] }],
    ['security.W021', { securityHeaders: { hstsSeconds, hstsIncludeSubdomains: true } }],
    ['security.W006', { securityHeaders: { ...GOOD.securityHeaders, contentTypeNosniff: false } }],
    ['security.W002', { securityHeaders: { ...GOOD.securityHeaders, xFrameOptions: null } }],
    ['security.W019', { securityHeaders: { ...GOOD.securityHeaders, xFrameOptions: 'SAMEORIGIN' } }],
    ['security.W022', { securityHeaders: { ...GOOD.securityHeaders, referrerPolicy: null } }],
    ['portcullis.W006', { securityHeaders: { ...GOOD.securityHeaders, contentSecurityPolicy: null } }],
    ['portcullis.W006', { securityHeaders: { ...GOOD.securityHeaders, contentSecurityPolicy: "default-src 'self' 'unsafe-inline'" } }],
    ['portcullis.W006', { securityHeaders: { ...GOOD.securityHeaders, contentSecurityPolicy: "img-src 'self'" } }],
    ['security.W008', { secureSslRedirect: false }],
    ['security.W012', { sessions: { cookieSecure: false } }],
    ['security.W015', { sessions: { cookieHttpOnly: false } }],
    ['portcullis.W008', { sessions: { cookieSameSite: 'None' } }],
    ['portcullis.W001', { allowedHosts: ['shop.example', '*'] }],
    ['security.W020', { allowedHosts: [] }],
    ['portcullis.W003', { trustedProxies: ['10.0.0.0/8', '128.0.0.0/1'] }],
    ['portcullis.W004', { baseUrl: 'http://shop.example' }],
    ['portcullis.W010', { passwords: { hashers: { preferred: 'md5' } } }],
    ['portcullis.W010', { passwords: { hashers: { preferred: 'bcrypt' } } }],
    ['portcullis.W010', { passwords: { hashers: { preferred: 'pbkdf2_sha1' } } }],
    ['portcullis.W011', { passwords: { hashers: { preferred: 'pbkdf2_sha256', costs: { pbkdf2: { iterations: 1_499_999 } } } } }],
    ['portcullis.W012', { passwords: { hashers: { costs: { argon2: { memory: 19_456, passes: 1, parallelism: 1 } } } } }],
    ['portcullis.W012', { passwords: { hashers: { costs: { argon2: { memory: 4096, passes: 20, parallelism: 1 } } } } }],
    ['portcullis.W013', { passwords: { hashers: { preferred: 'scrypt', costs: { scrypt: { n: 16_384, r: 8, p: 1 } } } } }],
    ['portcullis.W014', { passwords: { validators: [] } }],
    ['portcullis.W014', { passwords: { validators: [new CommonPasswordValidator()] } }],
    ['portcullis.W014', { passwords: { validators: [new CommonPasswordValidator(), new MinimumLengthValidator({ minLength: 6 })] } }],
    ['portcullis.W014', { passwords: { validators: [new MinimumLengthValidator()] } }],
    ['portcullis.W015', { secretKeyFallbacks: ['one', 'two', 'three', 'four'] }],
    ['portcullis.W016', { lockouts: false }],
    ['portcullis.W016', { lockouts: { account: { limit: 101 } } }],
    ['portcullis.W017', { rateLimits: false }],
    ['portcullis.W018', { passwordReset: { timeout: 259_201 } }],
    ['portcullis.W019', { sessions: { cookieAge: 31 * 86_400 } }],
    ['portcullis.W020', { mail: {} }],
    ['portcullis.W021', { sessions: { store: 'memory' } }],
    ['portcullis.W022', { lockouts: { store: memoryCounters() } }],
    ['portcullis.W022', { rateLimits: { store: memoryCounters() } }],
  ])('%s is all that is wrong with %o', async (id, options) => {
    expect(await idsOf(options)).toEqual([id])
  })

  test.each<[id: string, machine: Partial<Machine>]>([
    ['security.W018', { environment: {} }],
    ['security.W018', { environment: { NODE_ENV: 'development' } }],
    ['portcullis.W025', { nodeVersion: '22.22.1' }],
    ['portcullis.W025', { nodeVersion: '24.14.0' }],
    ['portcullis.W025', { nodeVersion: '23.11.0' }],
    ['portcullis.W026', { nodeArguments: ['--insecure-http-parser'] }],
    ['portcullis.W027', { environment: { NODE_ENV: 'production', NODE_TLS_REJECT_UNAUTHORIZED: '0' } }],
  ])('A8, 4.2.1: %s is all that is wrong with a machine of %o', async (id, machine) => {
    expect(await idsOf({}, machine)).toEqual([id])
  })

  test('A8: a patched Node is none to warn of', async () => {
    for (const nodeVersion of ['22.22.2', '22.23.0', '24.14.1', '25.8.2', '26.0.0']) expect(await idsOf({}, { nodeVersion })).toEqual([])
  })

  test('C5: a platform that puts a proxy in front is known by what it sets', async () => {
    const environment = { NODE_ENV: 'production', DYNO: 'web.1' }
    expect(await idsOf({ trustedProxies: [] }, { environment })).toEqual(['portcullis.W002'])
    expect(await idsOf({}, { environment })).toEqual([])
  })

  test('what admits a weak thing is weighed with what makes up for it', async () => {
    expect(await idsOf({ sessions: { cookieAge: 90 * 86_400, absoluteTimeout: 86_400 } })).toEqual([])
    expect(await idsOf({ passwords: { hashers: { costs: { argon2: { memory: 47_104, passes: 1, parallelism: 1 } } } } })).toEqual([])
    expect(await idsOf({ passwords: { policy: 'nist' } })).toEqual([])
  })

  test('3.3.1: beside a Django the cookies keep its names, which is told, until both have better ones', async () => {
    const django = '5.2' as const
    expect(await idsOf({ django })).toEqual(['portcullis.W007', 'portcullis.W007'])
    expect(await idsOf({ django, sessions: { cookieName: '__Host-sessionid' }, csrf: { cookieName: '__Host-csrftoken' } })).toEqual([])
    expect(await idsOf({ sessions: { cookieDomain: 'shop.example' } })).toEqual(['portcullis.W007'])
  })

  test('PBKDF2 has as many iterations as the Django beside it', async () => {
    const csrf = { cookieName: '__Host-csrftoken' }
    const sessions = { cookieName: '__Host-sessionid' }
    const costs = { pbkdf2: { iterations: 1_000_000 } }
    expect(await idsOf({ django: '5.2', csrf, sessions, passwords: { hashers: { costs } } })).toEqual([])
    expect(await idsOf({ django: '6.1', csrf, sessions, passwords: { hashers: { costs } } })).toEqual(['portcullis.W011'])
  })

  test('pictures need sharp', async () => {
    const media = { storage: fileSystemStorage('media') }
    expect(await idsOf({ media })).toEqual([])
    expect(await idsOf({ media }, { hasPackage: () => false })).toEqual(['portcullis.W023'])
  })

  test('an admin over plain HTTP is told of by itself', async () => {
    const site = siteWith({ secureSslRedirect: false, securityHeaders: {} })
    site.admin()
    expect((await site.checkDeployment(MACHINE)).map((one) => one.id)).toEqual(['security.W004', 'security.W008', 'portcullis.W005'])
  })

  test('CK-2: what is silenced is not told', async () => {
    const silenced = siteWith({ secureSslRedirect: false, mail: {}, secretKey: 'short', silencedSystemChecks: ['security.W008', 'security.W009'] })
    expect((await silenced.checkDeployment(MACHINE)).map((one) => one.id)).toEqual(['portcullis.W020'])
    expect(silenced.check()).toEqual([])
  })

  test('each finding says what is wrong and what would be right, and no secret', async () => {
    const found = await siteWith({ mail: {}, lockouts: false, securityHeaders: {}, trustedProxies: ['2000::/3'] }).checkDeployment(MACHINE)
    expect(found).toHaveLength(4)
    for (const { message, hint, subject } of found) {
      expect(message).toMatch(/^[A-Z].*\.$/)
      expect(hint).toMatch(/^[A-Z].*\.$/)
      expect(subject).not.toBe('')
    }
    expect(JSON.stringify(found)).not.toContain(GOOD.secretKey)
  })

  test('the page on deployment tells of every finding there is', () => {
    const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
    // A row may name several of one family: “security.W004, W005”.
    const told = read('../../docs/deploy.md').replaceAll(/(security|portcullis)\.(W\d+(?:, W\d+)+)/g, (_all, family: string, ids: string) =>
      ids
        .split(', ')
        .map((id) => `${family}.${id}`)
        .join(' '),
    )
    const sources = [
      'transport-checks.ts',
      'credential-checks.ts',
      'machine-checks.ts',
      '../cli/probe/surface-probes.ts',
      '../cli/probe/forgery-probes.ts',
    ]
    const ids = new Set(sources.flatMap((path) => read(path).match(/(?:security|portcullis)\.W\d+/g) ?? []))
    expect(ids.size).toBeGreaterThan(35)
    for (const id of ids) expect(told).toContain(id)
  })
})
