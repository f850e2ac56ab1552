import { execFile } from 'node:child_process'
import { once } from 'node:events'
import * as nodeModule from 'node:module'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

import { BcryptHasher } from './bcrypt.js'
import { bcryptInWorker, startBcryptWorker } from './bcrypt-workers.js'

const SALT = '$2b$04$abcdefghijklmnopqrstuu'
const HASH = '$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm'

describe('bcryptInWorker', () => {
  test('answers many at once, each its own', async () => {
    const again = await Promise.all(['password', 'other', 'password'].map((password) => bcryptInWorker(password, SALT)))
    expect([again[0], again[2]]).toEqual([HASH, HASH])
    expect(again[1]).not.toBe(HASH)
  })

  test('leaves the event loop free while it computes', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await bcryptInWorker('password', '$2b$09$abcdefghijklmnopqrstuu')
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test.runIf('registerHooks' in nodeModule)('lets a process end that has nothing else to do, and not before the answer', async () => {
    const hooks = `import { registerHooks } from 'node:module'
      registerHooks({ resolve: (name, context, next) => next(/^\\.+\\/.*\\.js$/.test(name) ? name.replace(/js$/, 'ts') : name, context) })`
    const program = `import { bcryptInWorker } from '${new URL('bcrypt-workers.ts', import.meta.url).href}'
      console.log(await bcryptInWorker('password', '${SALT}'))`
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 4000 })
    expect(stdout.trim()).toBe(HASH)
  })

  test('passes an error on, and goes on working', async () => {
    await expect(bcryptInWorker('password', 'no salt')).rejects.toThrow(/salt/i)
    expect(await bcryptInWorker('password', SALT)).toBe(HASH)
  })
})

describe('startBcryptWorker', () => {
  test('names the package to install when it is not there', () => {
    const absent = (): string => {
      throw new Error('Cannot find module')
    }
    expect(() => startBcryptWorker(absent)).toThrow(/npm install bcryptjs/)
  })

  test('an idle worker that stops does no harm', async () => {
    const worker = startBcryptWorker()
    await once(worker, 'online')
    await worker.terminate()
    expect(await bcryptInWorker('password', SALT)).toBe(HASH)
  })
})

describe('BcryptHasher', () => {
  const hasher = new BcryptHasher({ rounds: 4 })

  test('makes salts that bcrypt writes back unchanged, so that no stray bit is left', async () => {
    for (let round = 0; round < 20; round++) {
      const salt = hasher.makeSalt()
      expect(await hasher.encode(Buffer.from('x'), salt)).toContain(`bcrypt$${salt}`)
    }
  })

  test('cannot store bytes that are no text, and finds none equal', async () => {
    await expect(hasher.encode(Buffer.from([0xff]), SALT)).rejects.toMatchObject({ codes: ['invalid'] })
    expect(await hasher.verify(Buffer.from([0xff]), `bcrypt$${HASH}`)).toBe(false)
  })

  test('a byte order mark is part of the password', async () => {
    expect(await hasher.verify(Buffer.from('\ufeffpassword'), `bcrypt$${HASH}`)).toBe(false)
  })
})
