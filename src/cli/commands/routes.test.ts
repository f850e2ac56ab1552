import { afterAll, describe, expect, test } from 'vitest'
import { folderWith } from '../../../test/support/cli-process.js'
import { contextFor } from '../../../test/support/command-line.js'
import { routes } from './routes.js'

const folder = folderWith({
  'app.mjs': `
    import { Hono } from 'hono'
    export const app = new Hono().get('/', (c) => c.text('hello'))
    export default app
  `,
  'several.mjs': `
    import { Hono } from 'hono'
    export const first = new Hono().get('/first', (c) => c.text('hello'))
    export const second = Promise.resolve(new Hono())
    export const nothing = null
  `,
  'fastify.mjs': `
    import fastify from 'fastify'
    export const app = fastify()
    app.register(async (scope) => void scope.get('/late', async () => 'late'))
  `,
  'none.mjs': `export const answer = 42`,
})
afterAll(folder.drop)

const context = contextFor(null, { workingDirectory: folder.path })

describe('routes', () => {
  test('lists the routes of the application that the module exports, under however many names', async () => {
    const outcome = await routes(context, { app: 'app.mjs' })
    expect(outcome).toEqual({
      exitCode: 0,
      text: 'GET  /  everybody',
      facts: { routes: [{ method: 'GET', path: '/', guards: [], isPages: false }] },
    })
  })

  test('with --check the answer is no where a route is open and does not say so', async () => {
    const outcome = await routes(context, { app: 'app.mjs', check: true })
    expect(outcome.exitCode).toBe(1)
    expect(outcome.text).toContain('1 route is open to everybody and does not say so.')
    expect(await routes(context, { app: 'several.mjs', exportName: 'second', check: true })).toMatchObject({
      exitCode: 0,
      text: 'There are no routes.',
    })
  })

  test('of several applications one is named', async () => {
    await expect(routes(context, { app: 'several.mjs' })).rejects.toThrow(
      'several.mjs exports several applications: first, second. Name one: --export first',
    )
    expect(await routes(context, { app: 'several.mjs', exportName: 'first' })).toMatchObject({ text: 'GET  /first  everybody' })
  })

  test('a Fastify without a site cannot tell, and says so', async () => {
    await expect(routes(context, { app: 'fastify.mjs' })).rejects.toThrow('This Fastify has no site.')
  })

  test('says what is wrong with the module', async () => {
    await expect(routes(context, { app: 'missing.mjs' })).rejects.toThrow('There is no file missing.mjs.')
    await expect(routes(context, { app: 'none.mjs' })).rejects.toThrow('none.mjs exports no application of Express')
    await expect(routes(context, { app: 'app.mjs', exportName: 'other' })).rejects.toThrow('no application named “other”')
  })
})
