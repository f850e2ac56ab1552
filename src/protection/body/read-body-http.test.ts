import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { MULTIPART } from '../../../test/support/bodies.js'
import { readBody } from './read-body.js'
import { BodyProblem } from './request-data.js'

/** What the server met, in order. */
const outcomes: string[] = []
let server: Server

beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request).then(({ status, text }) => {
      outcomes.push(`${status} ${text}`)
      response.writeHead(status, status === 413 ? { connection: 'close' } : {}).end(text)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function answer(request: IncomingMessage): Promise<{ status: number; text: string }> {
  const { 'content-type': contentType, 'content-length': contentLength } = request.headers
  try {
    const stream = request.iterator({ destroyOnReturn: false })
    const data = await readBody({ contentType, contentLength, stream, parsed: undefined })
    return { status: 200, text: JSON.stringify([...data.fields]) }
  } catch (error) {
    if (error instanceof BodyProblem) return { status: error.status, text: error.code }
    throw error
  }
}

/** Sends the bytes and gives the answer, read until the server closes or the answer is whole. */
async function send(parts: readonly string[], { breakOff = false } = {}): Promise<{ answer: string; closed: boolean }> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  let closed = false
  socket
    .on('data', (chunk) => (text += chunk.toString()))
    .on('close', () => (closed = true))
    .on('error', () => undefined)
  for (const part of parts) if (socket.writable) socket.write(part)
  if (breakOff) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    return { answer: text, closed: true }
  }
  while (!closed && !/\r\n\r\n[\s\S]*\S/.test(text)) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 20))
  socket.destroy()
  return { answer: text, closed }
}

const head = (...headers: string[]): string => ['POST / HTTP/1.1', 'Host: shop.example', ...headers, '', ''].join('\r\n')
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'

describe('readBody on a server', () => {
  test('reads what arrives in pieces', async () => {
    const { answer: text } = await send([head(FORM_TYPE, 'Transfer-Encoding: chunked'), chunk('a=%C'), chunk('3%A9&b'), chunk('=2'), '0\r\n\r\n'])
    expect(text).toContain('200 OK')
    expect(text).toContain('[["a",["é"]],["b",["2"]]]')
  })

  test('J8: more than allowed is answered with 413, and the connection closed, while the rest is still being sent', async () => {
    const many = Array.from({ length: 40 }, () => chunk('x'.repeat(8192)))
    const { answer: text, closed } = await send([head(FORM_TYPE, 'Transfer-Encoding: chunked'), ...many])
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toMatch(/connection: close/i)
    expect(closed).toBe(true)
  })

  test('J8: what is announced as too large is answered before it comes', async () => {
    expect((await send([head(FORM_TYPE, 'Content-Length: 9000000')])).answer).toMatch(/^HTTP\/1\.1 413 /)
    expect((await send([head('Content-Type: text/plain', 'Content-Length: 9000000')])).answer).toMatch(/^HTTP\/1\.1 415 /)
  })

  test('4.2.1, J8: two lengths, or a length beside chunks, never come this far', async () => {
    const before = outcomes.length
    const both = await send([head(FORM_TYPE, 'Content-Length: 3', 'Transfer-Encoding: chunked'), chunk('a=1'), '0\r\n\r\n'])
    const twice = await send([head(FORM_TYPE, 'Content-Length: 3', 'Content-Length: 4'), 'a=1b'])
    expect([both, twice].map(({ answer: text }) => text.slice(0, 12))).toEqual(['HTTP/1.1 400', 'HTTP/1.1 400'])
    expect(outcomes.length).toBe(before)
  })

  test('J7: a body that is half sent ends with its connection', async () => {
    for (const type of [FORM_TYPE, 'Content-Type: application/json', `Content-Type: ${MULTIPART}`]) {
      outcomes.length = 0
      await send([head(type, 'Content-Length: 100'), '--b\r\nContent-Disp'], { breakOff: true })
      while (outcomes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(outcomes).toEqual(['400 incomplete_body'])
    }
    expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
  })
})
