import { once } from 'node:events'
import { createServer as createHttp1, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forNode, type SiteListener } from '../../src/node.js'
import type { Shop } from '../support/shop.js'
import { gates } from './application.js'
import { Visitor } from './client.js'
import { conform } from './conformance.js'
import { nodeSubject } from './harness/node.js'
import { running } from './harness/parts.js'
import { gate, logIn, stageFor } from './stage.js'

conform(nodeSubject)

describe('forNode', () => {
  const stage = stageFor(nodeSubject)
  type Listener = SiteListener<Shop['$types']['Visitor']>

  async function visitorOf(listener: Listener): Promise<Visitor> {
    const server = await running(createHttp1(forNode(stage.shop).site({}, listener)))
    onTestFinished(() => server.stop())
    return new Visitor(server.send)
  }

  /** Answers that change the session first, in every way that Node knows. */
  const ways: Record<string, (response: ServerResponse) => unknown> = {
    'end() alone': (response) => response.end('whole'),
    'write() and end()': (response) => (response.write('wh'), response.write(Buffer.from('o')), response.end('le')),
    'writeHead() with an object': (response) => response.writeHead(200, { 'x-mine': 'yes', 'set-cookie': ['mine=1'] }).end('whole'),
    'writeHead() with a list': (response) =>
      response.writeHead(200, 'OK', ['x-mine', 'yes', 'set-cookie', 'mine=1', 'set-cookie', 'more=1']).end('whole'),
    'flushHeaders()': (response) => (response.flushHeaders(), response.end('whole')),
    callbacks: (response) => response.write('who', () => response.end('le')),
    'an encoding': (response) => response.end('77686f6c65', 'hex'),
    'a pipe': (response) => Readable.from(['wh', 'ole']).pipe(response),
    'a length': (response) => (response.setHeader('content-length', 5), response.end('whole')),
  }
  test.each(Object.keys(ways))('%s: the session is saved and the answer whole', async (way) => {
    const visitor = await visitorOf((request, response) => {
      if (request.url === '/look') return response.end(String(request.session.get('count')))
      request.session.set('count', way)
      return ways[way]?.(response)
    })
    const answer = await visitor.get('/')
    expect([answer.status, answer.text]).toEqual([200, 'whole'])
    expect(answer.headers.getSetCookie().map((one) => one.split('=')[0])).toContain('sessionid')
    if (way.startsWith('writeHead')) {
      expect(answer.headers.get('x-mine')).toBe('yes')
      expect(answer.headers.getSetCookie()).toContain('mine=1')
    }
    expect((await visitor.get('/look')).text).toBe(way)
  })

  test('while the session is being saved, the answer looks given', async () => {
    const seen: unknown[] = []
    const visitor = await visitorOf((request, response) => {
      request.session.set('count', 1)
      seen.push(response.headersSent, response.writableEnded)
      response.writeHead(201)
      seen.push(response.headersSent, response.writableEnded)
      response.end('whole')
      seen.push(response.headersSent, response.writableEnded)
    })
    expect((await visitor.get('/')).status).toBe(201)
    expect(seen).toEqual([false, false, true, false, true, true])
  })

  test('D5: a stream for a session that is gone ends, and what it would go on to say is heard by nobody', async () => {
    const { name, arrived, open } = gate()
    const failed: unknown[] = []
    const visitor = await visitorOf(async (request, response) => {
      if (request.url === '/begin') {
        request.session.set('count', 1)
        return response.end('begun')
      }
      if (request.url === '/end') {
        await request.session.flush()
        return response.end('ended')
      }
      gates.get(name)?.arrived()
      await gates.get(name)?.opened
      request.session.set('count', 2)
      response.setHeader('x-mine', 'yes')
      response.write('a secret ')
      for (let index = 0; index < 300; index += 1) {
        response.write('more', (error) => error && failed.push(error))
        await turn()
      }
      return response.end('and more')
    })
    await visitor.get('/begin')
    const slow = visitor.get('/slow')
    await arrived
    await visitor.get('/end')
    open()
    const answer = await slow
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-mine')).toBe(null)
    expect(answer.text).not.toContain('secret')
    await delay(50)
    expect([failed, stage.told.errors]).toEqual([[], []])
  })

  test('16.3.4, 16.5.4: an error of the listener’s is told to the site, and to the visitor only that there was one', async () => {
    const visitor = await visitorOf((_request, response) => {
      response.setHeader('content-length', '3')
      throw new Error('a secret fault')
    })
    const answer = await visitor.get('/')
    expect([answer.status, answer.text]).toEqual([500, 'Something went wrong on our side.\n'])
    expect(stage.told.errors.pop()).toMatchObject({ message: 'a secret fault' })
  })

  test('a head that Node refuses is an error, and the answer to it has all that every answer has', async () => {
    const visitor = await visitorOf((_request, response) => response.writeHead(200, { 'x-mine': 'two\nlines', 'content-length': 3 }).end('yes'))
    const answer = await visitor.get('/')
    expect([answer.status, answer.headers.get('x-mine'), answer.headers.get('x-frame-options')]).toEqual([500, null, 'DENY'])
    expect(answer.text).toBe('Something went wrong on our side.\n')
    expect(stage.told.errors.pop()).toMatchObject({ code: 'ERR_INVALID_CHAR' })
  })

  test('what the listener says of caches and cookies in its head stands, and the site adds to it', async () => {
    const visitor = await visitorOf((request, response) => {
      if (request.url === '/login')
        return stage.shop.users
          .get({ username: 'ada' })
          .then((user) => stage.shop.login(request, user))
          .then(() => response.end())
      const who = request.user.getUsername()
      return response
        .writeHead(200, [
          'Cache-Control',
          'private, max-age=5',
          'Vary',
          'Accept',
          'X-Frame-Options',
          'SAMEORIGIN',
          'Set-Cookie',
          'a=1',
          'set-cookie',
          'b=2',
        ])
        .end(who)
    })
    await visitor.get('/login')
    const answer = await visitor.get('/')
    expect(answer.text).toBe('ada')
    const shown = ['cache-control', 'vary', 'x-frame-options', 'x-content-type-options'].map((name) => answer.headers.get(name))
    expect(shown).toEqual(['private, max-age=5', 'Accept, Cookie', 'SAMEORIGIN', 'nosniff'])
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('16.5.3: a store that fails is an error, not a session that was not kept in silence', async () => {
    const visitor = await visitorOf((request, response) => {
      request.session.set('count', Number.NaN)
      Object.defineProperty(request.session, 'save', { value: async () => Promise.reject(new Error('the disk is full')) })
      response.end('kept')
    })
    const answer = await visitor.get('/')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toMatch(/kept|disk/)
    expect(stage.told.errors.pop()).toMatchObject({ message: 'the disk is full' })
  })

  test('works over HTTP/2, where the host is called otherwise', async () => {
    const site = forNode(stage.shop).site({}, (request, response) => {
      request.session.set('count', 1)
      response.writeHead(200, { 'x-mine': 'yes' })
      response.write('hello ')
      response.end(stage.shop.requestOf(request).host)
    })
    const server = createHttp2((request, response) => site(request as never, response as never))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => void (client.close(), server.close()))
    const stream = client.request({ ':path': '/', ':authority': 'localhost:1' })
    const [headers] = (await once(stream, 'response')) as [Record<string, string | string[]>]
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    expect([headers[':status'], headers['x-mine'], text]).toEqual([200, 'yes', 'hello localhost:1'])
    expect(String(headers['set-cookie'])).toMatch(/^sessionid=/)
    expect(headers['x-frame-options']).toBe('DENY')
  })

  test('a guard may wrap a guard', async () => {
    const { loginRequired, permissionRequired, site } = forNode(stage.shop)
    const listener = loginRequired(permissionRequired('shop.add_product', (request, response) => response.end(request.user.username)) as never)
    const server = await running(
      createHttp1(
        site({}, async (request, response) => {
          if (request.url === '/token') return response.end(request.csrfToken())
          if (request.url?.startsWith('/login') === true) {
            await stage.shop.login(request, await stage.shop.users.get({ username: 'ada' }))
            return response.end('welcome')
          }
          return listener(request, response)
        }),
      ),
    )
    onTestFinished(() => server.stop())
    const visitor = new Visitor(server.send)
    expect((await visitor.get('/')).status).toBe(302)
    expect((await (await logIn(visitor, 'ada')).get('/')).text).toBe('ada')
  })
})
