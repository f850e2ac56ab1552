import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextFor } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { portcullis } from '../../index.js'
import { forNode } from '../../node.js'
import { sqlite } from '../../sqlite.js'
import { Misuse } from '../errors.js'
import { attack, type AttackCommandOptions } from './attack.js'

const PASSWORD = 'seven mugs of cold tea'
const auth = portcullis({ ...quick, lockouts: {}, database: sqlite(':memory:') })
const open = portcullis({ ...quick, database: sqlite(':memory:') })
const urls = { counting: '', open: '' }
const servers: Server[] = []

beforeAll(async () => {
  for (const [name, site] of [['counting', auth] as const, ['open', open] as const]) {
    await site.migrate()
    await site.users.createUser({ username: 'ada', password: PASSWORD })
    const server = createServer(forNode(site).site({ '/accounts': site.pages() }, (_request, response) => void response.end()))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
})
afterAll(async () => {
  for (const server of servers) server.close()
  await auth.close()
  await open.close()
})

const run = async (url: string, options: Partial<AttackCommandOptions>) => {
  const given = { url, profile: 'stuffing', login: '/accounts/login/', guesses: '40', seconds: '30', addresses: '1', ...options } as const
  return attack(contextFor(null, { environment: { PORTCULLIS_OWNER_PASSWORD: PASSWORD } }), given)
}

test('stuffing from one address: twenty guesses, and then a wait', async () => {
  expect(await run(urls.counting, {})).toMatchObject({ exitCode: 0, facts: { guesses: 40, admitted: 20, refused: 20, letIn: 0, owner: null } })
})

test('lock-the-owner from many addresses: the owner is let in every time', async () => {
  await auth.lockouts.unlock({ address: '127.0.0.1' })
  const { facts, exitCode, text } = await run(urls.counting, { profile: 'lock-the-owner', owner: 'ada', addresses: '60', guesses: '240' })
  expect(facts).toMatchObject({ guesses: 240, admitted: 100, refused: 140, owner: { refused: 0 } })
  expect([exitCode, text]).toEqual([0, expect.stringContaining('The owner logged in 25 of 25 times.')])
})

test('spraying at a site that counts nothing: every guess is let through', async () => {
  expect(await run(urls.open, { profile: 'spraying', addresses: '4' })).toMatchObject({ facts: { guesses: 40, admitted: 40, refused: 0 } })
})

test('attacks this machine and no other, and only so much', async () => {
  for (const url of [
    'http://203.0.113.9/',
    'http://127.0.0.1.evil.test/',
    'https://127.0.0.1/',
    'http://localhost.evil.test',
    'http://2130706433.evil/',
    'nothing',
  ])
    await expect(run(url, {}), url).rejects.toThrow(Misuse)
  await expect(run(urls.open, { guesses: '5001' })).rejects.toThrow(/--guesses/)
  await expect(run(urls.open, { seconds: '301' })).rejects.toThrow(/--seconds/)
  await expect(run(urls.open, { profile: 'lock-the-owner' })).rejects.toThrow(/--owner/)
  await expect(run(urls.open, { login: '/nowhere/' })).rejects.toThrow(/no login page/)
})
