import * as crypto from 'node:crypto'

import { describe, expect, test } from 'vitest'

import { ImproperlyConfigured } from '../base/errors.js'
import { findArgon2Engine, type Argon2Job } from './argon2-engine.js'
import { Argon2Hasher } from './argon2.js'

const JOB: Argon2Job = { variety: 'argon2id', version: 19, memory: 64, passes: 2, parallelism: 2, hashBytes: 24 }
const absent = (): Promise<never> => Promise.reject(new Error('Cannot find package'))

describe('findArgon2Engine', () => {
  test.runIf('argon2' in crypto)('both engines compute the same', async () => {
    const salt = Buffer.from('abcdefgh')
    const password = Buffer.from('pässword')
    const engines = [await findArgon2Engine(), await findArgon2Engine(absent)]
    for (const variety of ['argon2d', 'argon2i', 'argon2id'] as const) {
      const [one, other] = await Promise.all(engines.map((engine) => engine(password, salt, { ...JOB, variety })))
      expect(Buffer.from(one ?? []).toString('hex')).toBe(Buffer.from(other ?? [0]).toString('hex'))
    }
  })

  test('names the package to install when there is neither', async () => {
    await expect(findArgon2Engine(absent, null)).rejects.toThrow(ImproperlyConfigured)
    const hasher = new Argon2Hasher({ memory: 64, passes: 1, parallelism: 1 }, () => findArgon2Engine(absent, null))
    await expect(hasher.encode(Buffer.from('x'), 'abcdefgh')).rejects.toThrow(/npm install @node-rs\/argon2/)
  })

  test.runIf('argon2' in crypto)('names the package for a hash of before 2016, which Node’s own cannot compute', async () => {
    const engine = await findArgon2Engine(absent)
    await expect(engine(Buffer.from('x'), Buffer.from('abcdefgh'), { ...JOB, version: 16 })).rejects.toThrow(/npm install @node-rs\/argon2/)
  })
})
