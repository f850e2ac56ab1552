import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ServiceUnavailable } from '../../base/errors.js'
import { Turns } from './turns.js'

describe('Turns', () => {
  test('so many are inside at once, and the rest follow in the order they came', async () => {
    const turns = new Turns()
    const order: number[] = []
    const leave: (() => void)[] = []
    const entered = [0, 1, 2, 3].map(async (index) => {
      leave[index] = await turns.enter('office', 2)
      order.push(index)
    })
    await sleep(0)
    expect(order).toEqual([0, 1])
    leave[1]?.()
    // A second time is no second place.
    leave[1]?.()
    await sleep(0)
    expect(order).toEqual([0, 1, 2])
    leave[0]?.()
    await Promise.all(entered)
    expect(order).toEqual([0, 1, 2, 3])
  })

  test('one line does not stand in the way of another, and whoever comes first after all have left goes in', async () => {
    const turns = new Turns()
    const leave = await turns.enter('office', 1)
    ;(await turns.enter('school', 1))()
    leave()
    ;(await turns.enter('office', 1))()
  })

  test('who waits too long is told to come back, and takes no place', async () => {
    const turns = new Turns(20)
    const leave = await turns.enter('office', 1)
    await expect(turns.enter('office', 1)).rejects.toThrow(ServiceUnavailable)
    leave()
    ;(await turns.enter('office', 1))()
  })

  test('no more than 500 wait', async () => {
    const turns = new Turns()
    const leave = await turns.enter('office', 1)
    const waiting = Array.from({ length: 500 }, async () => (await turns.enter('office', 1))())
    await expect(turns.enter('office', 1)).rejects.toThrow('500 tries')
    leave()
    await Promise.all(waiting)
  })
})
