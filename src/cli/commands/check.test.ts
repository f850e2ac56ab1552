import { afterAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { portcullis } from '../../index.js'
import { smtpTransport } from '../../mail.js'
import { sqlite } from '../../sqlite.js'
import { check } from './check.js'

const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

/** A site that may go on the internet, but for its key. */
function siteWith(secretKey: string) {
  const site = portcullis({
    secretKey,
    database: sqlite(':memory:'),
    baseUrl: 'https://shop.example',
    secureSslRedirect: true,
    securityHeaders: { hstsSeconds: 31_536_000, hstsIncludeSubdomains: true, hstsPreload: true },
    mail: { transport: smtpTransport('smtp://mail.example') },
  })
  opened.push(site)
  return site
}

const production = { environment: { NODE_ENV: 'production' } }

describe('check', () => {
  test('finds nothing on a good site', async () => {
    expect(await check(contextFor(siteWith(quick.secretKey), production), { deploy: true })).toEqual({
      exitCode: 0,
      text: 'Nothing found.',
      facts: { checks: [] },
    })
  })

  test('13.3.1: --deploy reports a weak secret key, as Django does, in a line of subject, id and message, and a hint', async () => {
    expect((await check(contextFor(siteWith('short')), {})).text).toBe('Nothing found.')
    const outcome = await check(contextFor(siteWith('short'), production), { deploy: true })
    expect(outcome.exitCode).toBe(0)
    expect(outcome.text).toMatch(/^warning: secretKey: \(security\.W009\) .+\n {4}Make one with `npx portcullis generate-secret`/)
    expect(outcome.facts['checks']).toEqual([expect.objectContaining({ id: 'security.W009', level: 'warning' })])
  })

  test('--fail-level warning makes a warning a no', async () => {
    expect((await check(contextFor(siteWith('short'), production), { deploy: true, failLevel: 'warning' })).exitCode).toBe(1)
  })

  test('--deploy looks at the environment, and an error makes it a no', async () => {
    const environment = { ...production.environment, NODE_TLS_REJECT_UNAUTHORIZED: '0', DYNO: 'web.1' }
    const outcome = await check(contextFor(siteWith(quick.secretKey), { environment }), { deploy: true })
    expect(outcome.exitCode).toBe(1)
    // The worst first.
    expect((outcome.facts['checks'] as { readonly id: string }[]).map((one) => one.id)).toEqual(['portcullis.W027', 'portcullis.W002'])
  })
})
