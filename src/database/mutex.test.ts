import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { bulkChunks } from './bulk.js'
import { mysqlDialect } from './dialects/mysql.js'
import { sqliteDialect } from './dialects/sqlite.js'
import { Mutex } from './mutex.js'

test('a mutex serves in the order asked', async () => {
  const mutex = new Mutex(1000, 'waited')
  const order: number[] = []
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      mutex.run(async () => {
        await sleep(Math.random())
        order.push(index)
      }),
    ),
  )
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(mutex.tryLock()).toBe(true)
})

test('a mutex whose work throws is free again', async () => {
  const mutex = new Mutex(1000, 'waited')
  await expect(
    mutex.run(async () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(mutex.tryLock()).toBe(true)
  expect(mutex.tryLock()).toBe(false)
})

test('who waits for one holder too long gives up; a queue that moves is waited for', async () => {
  const mutex = new Mutex(60, 'waited too long')
  await mutex.lock()
  const failed = expect(mutex.run(async () => 'never')).rejects.toThrow('waited too long')
  await failed
  mutex.unlock()
  const slow = Array.from({ length: 6 }, () =>
    mutex.run(async () => {
      await sleep(30)
    }),
  )
  await Promise.all(slow)
  expect(mutex.tryLock()).toBe(true)
})

test('bulk rows are cut to what one statement takes', () => {
  const rows = Array.from({ length: 25_000 }, (_, index) => index)
  expect(bulkChunks(rows, 3, sqliteDialect).map((part) => part.length)).toEqual([10_666, 10_666, 3668])
  expect(bulkChunks(rows, 20_000, mysqlDialect)).toHaveLength(25_000)
  expect(bulkChunks(rows, 3, sqliteDialect).flat()).toEqual(rows)
  expect(bulkChunks([], 3, sqliteDialect)).toEqual([])
})
