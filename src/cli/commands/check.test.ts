import { afterAll, describe, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { check } from './check.js'

const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

function siteWith(secretKey: string) {
  const site = portcullis({ ...quick, secretKey, database: sqlite(':memory:') })
  opened.push(site)
  return site
}

describe('check', () => {
  test('finds nothing on a good site', async () => {
    expect(await check(contextFor(siteWith(quick.secretKey)), { deploy: true })).toEqual({
      exitCode: 0,
      text: 'Nothing found.',
      facts: { checks: [] },
    })
  })

  test('13.3.1: --deploy reports a weak secret key, as Django does, in a line of subject, id and message, and a hint', async () => {
    expect((await check(contextFor(siteWith('short')), {})).text).toBe('Nothing found.')
    const outcome = await check(contextFor(siteWith('short')), { deploy: true })
    expect(outcome.exitCode).toBe(0)
    expect(outcome.text).toMatch(/^warning: secretKey: \(security\.W009\) .+\n {4}Make one with `npx portcullis generate-secret`/)
    expect(outcome.facts['checks']).toEqual([expect.objectContaining({ id: 'security.W009', level: 'warning' })])
  })

  test('--fail-level warning makes a warning a no', async () => {
    expect((await check(contextFor(siteWith('short')), { deploy: true, failLevel: 'warning' })).exitCode).toBe(1)
  })
})
