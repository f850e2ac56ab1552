import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Batches } from './batches.js'

interface Options {
  readonly limit?: number
  readonly write?: (batch: readonly number[]) => Promise<void>
}

function batches({ limit = 100, write }: Options = {}) {
  const written: number[][] = []
  const errors: unknown[] = []
  const queue = new Batches<number>({
    limit,
    atOnce: 3,
    after: 50,
    write: async (batch) => {
      await write?.(batch)
      written.push([...batch])
    },
    onError: (error) => errors.push(error),
  })
  return { queue, written, errors }
}

describe('Batches', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('writes a moment later, in order, so many at once', async () => {
    const { queue, written } = batches()
    for (const one of [1, 2, 3, 4]) expect(queue.add(one)).toBe(true)
    expect(written).toEqual([])
    await vi.advanceTimersByTimeAsync(50)
    expect(written).toEqual([[1, 2, 3], [4]])
    queue.add(5)
    await vi.advanceTimersByTimeAsync(50)
    expect(written).toEqual([[1, 2, 3], [4], [5]])
  })

  test('holds only so much, and tells how much found no room', async () => {
    const { queue, written } = batches({ limit: 2 })
    expect([1, 2, 3, 4].map((one) => queue.add(one))).toEqual([true, true, false, false])
    expect(queue.takeLost()).toBe(2)
    expect(queue.takeLost()).toBe(0)
    await queue.idle()
    expect(written).toEqual([[1, 2]])
  })

  test('keeps what could not be written, tells it once, and tries again', async () => {
    let isDown = true
    const { queue, written, errors } = batches({ write: async () => (isDown ? Promise.reject(new Error('down')) : undefined) })
    queue.add(1)
    await vi.advanceTimersByTimeAsync(20_000)
    queue.add(2)
    expect([written, errors.length]).toEqual([[], 1])
    isDown = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written).toEqual([[1, 2]])
  })

  test('idle() does not wait for what cannot be written now', async () => {
    const { queue } = batches({ write: async () => Promise.reject(new Error('down')) })
    queue.add(1)
    await queue.idle()
    expect(await queue.close()).toBe(1)
    expect(queue.add(2)).toBe(false)
  })

  test('what comes while a batch is written is written after it, by close() too', async () => {
    const seen: number[] = []
    const { queue, written } = batches({
      write: async (batch) => {
        seen.push(...batch)
        if (seen.length === 1) queue.add(2)
        await Promise.resolve()
      },
    })
    queue.add(1)
    expect(await queue.close()).toBe(0)
    expect(written.flat()).toEqual([1, 2].slice(0, written.flat().length))
    expect(seen[0]).toBe(1)
  })
})
