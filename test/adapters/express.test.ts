import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forExpress } from '../../src/express.js'
import { Visitor } from './client.js'
import { conform } from './conformance.js'
import { express5, expressOlder } from './harness/express.js'
import { listen } from './harness/parts.js'
import { stageFor } from './stage.js'

conform(express5)
conform(expressOlder)

describe('forExpress', () => {
  const stage = stageFor(express5)

  test('F2: pages below a path with a parameter lead to no other site, whatever stands in it', async () => {
    const router = express.Router().use(forExpress(stage.shop).site({ '/accounts': stage.shop.pages() }))
    const server = await listen(express().use('/:tenant', router))
    onTestFinished(() => server.stop())
    const visitor = new Visitor(server.send)
    expect((await visitor.get('/acme/accounts/login')).headers.get('location')).toBe('/acme/accounts/login/')
    for (const path of ['/\\evil.test/accounts/login', '/\\evil.test/accounts/profile/', '//evil.test/accounts/login']) {
      const { status, headers } = await visitor.get(path)
      expect([path, status, headers.get('location')]).toEqual([path, 404, null])
    }
  })
})
