import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import { ServiceUnavailable } from '../base/errors.js'
import { defaultConcurrency, HashingPool } from './pool.js'
import { Pbkdf2Sha256Hasher } from './pbkdf2.js'

/** A task that ends when it is told to. */
function task(): { run: () => Promise<void>; end: () => void; readonly started: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const state = {
    started: false,
    run: (): Promise<void> => {
      state.started = true
      return promise
    },
    end: resolve,
  }
  return state
}

/** Lets everything run that waits for nothing. */
const settle = (): Promise<void> => sleep(0)

describe('HashingPool', () => {
  test('runs as many at once as it may, and the rest in turn', async () => {
    const pool = new HashingPool({ concurrency: 2 })
    const tasks = [task(), task(), task(), task()]
    const done = Promise.all(tasks.map((one) => pool.run(one.run)))
    await settle()
    expect([tasks.map((one) => one.started), pool.running, pool.waiting]).toEqual([[true, true, false, false], 2, 2])
    tasks[1]?.end()
    await settle()
    expect([tasks.map((one) => one.started), pool.running, pool.waiting]).toEqual([[true, true, true, false], 2, 1])
    for (const one of tasks) one.end()
    await done
    expect([pool.running, pool.waiting]).toEqual([0, 0])
  })

  test('gives back the place of a task that fails', async () => {
    const pool = new HashingPool({ concurrency: 1 })
    await expect(pool.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await pool.run(async () => 'yes')).toBe('yes')
  })

  test('finding 7: refuses at once when too many wait, and says when to come back', async () => {
    const pool = new HashingPool({ concurrency: 1, queueLimit: 2 })
    const tasks = [task(), task(), task()]
    const running = tasks.map((one) => pool.run(one.run))
    const refusal = await pool.run(async () => 'never').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ServiceUnavailable)
    expect((refusal as ServiceUnavailable).retryAfter).toBe(1)
    for (const one of tasks) one.end()
    await Promise.all(running)
    expect(await pool.run(async () => 'again')).toBe('again')
  })

  test('refuses whoever would wait too long by the time hashes take, and asks for that time', async () => {
    const pool = new HashingPool({ concurrency: 1, maxWaitSeconds: 0.5 })
    await pool.run(() => sleep(200))
    const tasks = [task(), task(), task()]
    const running = tasks.map((one) => pool.run(one.run))
    await expect(pool.run(async () => 'third in the queue')).rejects.toMatchObject({
      retryAfter: 1,
      message: expect.stringMatching(/^2 .* 0\.6 seconds/),
    })
    for (const one of tasks) one.end()
    await Promise.all(running)
  })

  test('finding 7: clients take turns, so that a flood from one does not delay another', async () => {
    const pool = new HashingPool({ concurrency: 1 })
    const order: string[] = []
    const first = task()
    const hash = (client: string): Promise<unknown> => pool.run(async () => order.push(client), { client })
    const all = [pool.run(first.run), ...['flood', 'flood', 'flood', 'flood', 'ada', 'ada', 'grace'].map(hash)]
    first.end()
    await Promise.all(all)
    expect(order).toEqual(['flood', 'ada', 'grace', 'flood', 'ada', 'flood', 'flood'])
  })

  test('a flood that fills its own time leaves room for others', async () => {
    const pool = new HashingPool({ concurrency: 1, maxWaitSeconds: 0.5 })
    await pool.run(() => sleep(200))
    const tasks = Array.from({ length: 3 }, task)
    const flood = tasks.map((one) => pool.run(one.run, { client: 'flood' }))
    await expect(pool.run(async () => 'more', { client: 'flood' })).rejects.toThrow(ServiceUnavailable)
    const other = pool.run(async () => 'served', { client: 'ada' })
    for (const one of tasks) one.end()
    expect(await other).toBe('served')
    await Promise.all(flood)
  })

  test('15.2.2, finding 7: nothing else waits behind hashes: with twelve queued, a file’s status comes before the second hash ends', async () => {
    const pool = new HashingPool()
    const hasher = new Pbkdf2Sha256Hasher({ iterations: 200_000 })
    const order: string[] = []
    const hashes = Array.from({ length: 12 }, () => pool.run(() => hasher.encode(Buffer.from('x'), hasher.makeSalt())).then(() => order.push('hash')))
    // Every hash is queued by now, and those that may run are in the threads that serve the file, too.
    const status = stat(import.meta.filename).then(() => order.push('file'))
    await Promise.all([...hashes, status])
    expect(order.indexOf('file')).toBeLessThan(2)
    expect(order).toHaveLength(13)
  })
})

describe('defaultConcurrency', () => {
  test.each([
    [1, 4, 1],
    [2, 4, 2],
    [4, 4, 3],
    [16, 4, 3],
    [16, 18, 16],
    [2, 1, 1],
  ])('%i cores and %i threads of libuv make %i', (cores, threads, expected) => {
    expect(defaultConcurrency(cores, threads)).toBe(expected)
  })
})
