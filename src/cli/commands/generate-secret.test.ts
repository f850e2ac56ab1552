import { describe, expect, test } from 'vitest'
import { Secret } from '../../base/secret.js'
import { checkSecretKeys } from '../../settings/secret-key.js'
import { generateSecret } from './generate-secret.js'

describe('generate-secret', () => {
  test('makes a key that the deployment check accepts, and never the same twice', async () => {
    const keys = Array.from({ length: 20 }, () => generateSecret().text)
    expect(new Set(keys).size).toBe(20)
    for (const secretKey of keys) {
      expect(secretKey).toMatch(/^[A-Za-z0-9]{64}$/)
      expect(checkSecretKeys([new Secret(secretKey)])).toEqual([])
    }
  })
})
