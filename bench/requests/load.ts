/**
 * The load, a process of its own: keep-alive connections on bare sockets, each with one request under way, until the time is up.
 * Every answer is looked at: a wrong status, or an answer for somebody else, is a failure.
 * @module
 */

import { createConnection, type Socket } from 'node:net'

/** What to send and what must come back. */
export interface LoadRequest {
  /** The whole request. */
  readonly text: string
  /** What the answer must hold, such as the visitor's address. */
  readonly holds: string
}

export interface LoadJob {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  readonly requests: readonly LoadRequest[]
  /** One more request every so many milliseconds on a connection of its own, to see what the others do to it. */
  readonly probe?: { readonly request: LoadRequest; readonly every: number }
}

/** Times in milliseconds. */
export interface Latencies {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly worst: number
}

export interface LoadResult extends Latencies {
  /** What it took, in seconds: answers under way at the end are waited for. */
  readonly seconds: number
  readonly failures: number
  readonly failure: string | null
  readonly probe: Latencies | null
}

/** No answer is longer; more is a mistake. */
const LONGEST_ANSWER = 1 << 20
/** Nobody waits longer for an answer, in milliseconds. */
const PATIENCE = 30_000

class Connection {
  readonly #port: number
  #socket: Socket | null = null
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve(answer: string): void; reject(error: Error): void } | null = null

  constructor(port: number) {
    this.#port = port
  }

  /** Sends one request and gives the answer, head and body. */
  async ask(text: string): Promise<string> {
    const socket = this.#socket ?? (await this.#connect())
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      socket.write(text, 'latin1')
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  async #connect(): Promise<Socket> {
    const socket = createConnection({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer in ${PATIENCE / 1000} s`)))
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    this.#socket = socket
    this.#received = Buffer.alloc(0)
    socket.on('data', (bytes) => this.#read(bytes))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null
      this.#waiting?.reject(new Error('the connection was closed'))
      this.#waiting = null
    })
    return socket
  }

  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    const size = answerSize(this.#received)
    if (size === null && this.#received.length <= LONGEST_ANSWER) return
    const answer = this.#received.toString('latin1', 0, size ?? undefined)
    this.#received = Buffer.alloc(0)
    // A server that closes after each answer is asked again on a new connection.
    if (/^connection: close/im.test(answer)) {
      this.#socket?.destroy()
      this.#socket = null
    }
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(answer)
  }
}

/** How long the answer at the beginning of `bytes` is; null while it is not all there. */
function answerSize(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = bytes.toString('latin1', 0, end + 2)
  const length = /^content-length: *(\d+)\r/im.exec(head)?.[1]
  if (length !== undefined) {
    const size = end + 4 + Number(length)
    return bytes.length >= size ? size : null
  }
  if (!/^transfer-encoding: *chunked\r/im.test(head)) return end + 4
  const last = bytes.lastIndexOf('0\r\n\r\n')
  return last >= end + 2 ? last + 5 : null
}

async function run(job: LoadJob): Promise<LoadResult> {
  const times: number[] = []
  let failures = 0
  let failure: string | null = null
  let next = 0
  const begun = performance.now()
  const deadline = begun + job.seconds * 1000
  const askOnce = async (connection: Connection, request: LoadRequest, into: number[]): Promise<void> => {
    const start = performance.now()
    let answer: string
    try {
      answer = await connection.ask(request.text)
    } catch (error) {
      answer = String(error)
    }
    into.push(performance.now() - start)
    if (answer.startsWith('200', 9) && answer.includes(request.holds)) return
    failures += 1
    failure ??= `wanted ${request.holds}, was answered ${answer.slice(0, 400)}`
  }
  const visitor = async (): Promise<void> => {
    const connection = new Connection(job.port)
    while (performance.now() < deadline) await askOnce(connection, job.requests[next++ % job.requests.length] as LoadRequest, times)
    connection.close()
  }
  const probed: number[] = []
  const probe = async ({ request, every }: NonNullable<LoadJob['probe']>): Promise<void> => {
    const connection = new Connection(job.port)
    // By the clock, not after the answer: a stop of a second is felt by everybody who came in that second.
    const under: Promise<void>[] = []
    for (let at = begun; at < deadline; at += every) {
      const wait = at - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      await Promise.all(under.splice(0))
      under.push(askOnce(connection, request, probed))
    }
    await Promise.all(under)
    connection.close()
  }
  await Promise.all([...Array.from({ length: job.connections }, visitor), ...(job.probe === undefined ? [] : [probe(job.probe)])])
  const seconds = (performance.now() - begun) / 1000
  return { ...latencies(times), seconds, failures, failure, probe: job.probe === undefined ? null : latencies(probed) }
}

function latencies(times: number[]): Latencies {
  const sorted = Float64Array.from(times).sort()
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), worst: at(1) }
}

if (import.meta.main) {
  process.on('message', (job: LoadJob) => void run(job).then((result) => process.send?.(result)))
  process.on('disconnect', () => process.exit())
}
