/**
 * A bounded pool for hashing. A password hash is slow by design, so a flood of logins is an attack by itself: only so many run at once,
 * the others wait in turns, and who would wait too long is told to come back.
 * @module
 */

import { availableParallelism } from 'node:os'
import { ServiceUnavailable } from '../base/errors.js'
import { checkCost } from './hasher.js'

/** Enough for a burst, and little memory: a waiting hash is a closure. */
const QUEUE_LIMIT = 1000

/** Who waits longer has usually given up, and the hash would be for nobody. */
const MAX_WAIT_SECONDS = 10

/** How much the newest hash counts in the mean, against all before it. */
const WEIGHT_OF_NEWEST = 0.2

/** How many hashes run and wait. */
export interface HashingPoolOptions {
  /** Hashes at once. Default: as many as cores, but one fewer than libuv has threads (see `defaultConcurrency`). */
  readonly concurrency?: number | undefined
  /** Hashes that may wait. Default 1,000. */
  readonly queueLimit?: number | undefined
  /** The longest wait to expect of anyone, in seconds. Default 10. */
  readonly maxWaitSeconds?: number | undefined
}

/** What the pool is told of a hash. */
export interface HashingOptions {
  /** Whose hash it is, such as a client address. Clients take turns, so a flood from one delays that one. */
  readonly client?: string | undefined
}

/**
 * Runs hashes, so many at once.
 *
 * @example
 * const pool = new HashingPool({ concurrency: 4 })
 * const encoded = await pool.run(() => hasher.encode(bytes, hasher.makeSalt()))
 */
export class HashingPool {
  readonly concurrency: number
  readonly queueLimit: number
  readonly maxWaitSeconds: number
  /** Who waits, by client; the client in front is next, and goes to the back afterwards. */
  readonly #queue = new Map<string, (() => void)[]>()
  #waiting = 0
  #running = 0
  #meanSeconds = 0

  constructor(options: HashingPoolOptions = {}) {
    this.concurrency = checkCost('concurrency of the hashing pool', options.concurrency ?? defaultConcurrency(), 1, 1024)
    this.queueLimit = checkCost('queueLimit of the hashing pool', options.queueLimit ?? QUEUE_LIMIT, 0, 1_000_000)
    this.maxWaitSeconds = options.maxWaitSeconds ?? MAX_WAIT_SECONDS
  }

  /** Hashes running now. */
  get running(): number {
    return this.#running
  }

  /** Hashes waiting now. */
  get waiting(): number {
    return this.#waiting
  }

  /** Runs `task` when its turn comes; throws `ServiceUnavailable` at once when that would be too late. */
  async run<T>(task: () => Promise<T>, options: HashingOptions = {}): Promise<T> {
    if (this.#running < this.concurrency) this.#running++
    else await this.#turn(options.client ?? '')
    const start = performance.now()
    try {
      return await task()
    } finally {
      this.#measure((performance.now() - start) / 1000)
      this.#next()
    }
  }

  async #turn(client: string): Promise<void> {
    const own = this.#queue.get(client) ?? []
    // Clients take turns: before this one's next hash, each other client has at most as many as this one has waiting, and one more.
    const ahead = Math.min(this.#waiting, (own.length + 1) * (this.#queue.size + (own.length === 0 ? 1 : 0)) - 1)
    const wait = ((ahead + 1) / this.concurrency) * this.#meanSeconds
    if (this.#waiting >= this.queueLimit || wait > this.maxWaitSeconds) {
      throw new ServiceUnavailable(`${this.#waiting} password hashes are waiting already; one more would wait ${wait.toFixed(1)} seconds.`, {
        retryAfter: wait,
      })
    }
    this.#waiting++
    this.#queue.set(client, own)
    // The place of the hash that ends passes to this one, so `running` stays as it is.
    await new Promise<void>((resolve) => own.push(resolve))
  }

  #next(): void {
    const front = this.#queue.entries().next().value
    if (front === undefined) {
      this.#running--
      return
    }
    const [client, own] = front
    this.#queue.delete(client)
    const start = own.shift()
    if (own.length > 0) this.#queue.set(client, own)
    this.#waiting--
    start?.()
  }

  #measure(seconds: number): void {
    this.#meanSeconds = this.#meanSeconds === 0 ? seconds : this.#meanSeconds + WEIGHT_OF_NEWEST * (seconds - this.#meanSeconds)
  }
}

/**
 * Hashes at once on this machine: one for each core, but one thread of libuv's pool stays free, because files, name look-ups and
 * compression wait for the same threads. On more than three cores set the environment variable `UV_THREADPOOL_SIZE` to cores + 2.
 */
export function defaultConcurrency(cores: number = availableParallelism(), threads: number = Number(process.env['UV_THREADPOOL_SIZE']) || 4): number {
  return Math.max(1, Math.min(cores, threads - 1))
}

let shared: HashingPool | undefined

/** The process's own pool: cores are shared by all sites in it, so hashes are counted together. */
export function sharedHashingPool(): HashingPool {
  return (shared ??= new HashingPool())
}
