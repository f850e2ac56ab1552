/**
 * What the sources themselves show: who may write a user into a session, what leaves this machine, and which comparisons there are.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = join(import.meta.dirname, '../../src')

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test(?:-d)?\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') }))

/** The files in which something stands, outside of comments. */
function filesWith(pattern: RegExp): string[] {
  return sources.flatMap(({ name, text }) => (pattern.test(text) ? [name] : [])).toSorted()
}

describe('the sources', () => {
  test('6.1.3, D11, H5, finding 1: one file writes a user into a session', () => {
    expect(sources.length).toBeGreaterThan(300)
    expect(filesWith(/\.set\(SESSION_(?:USER|BACKEND|HASH)\b/)).toEqual(['authentication/login.ts'])
    expect(filesWith(/_auth_user_(?:id|hash|backend)/)).toEqual(['authentication/session-user.ts'])
  })

  test('6.1.3, A3: one file asks backends for a password', () => {
    expect(filesWith(/\bbackend\.authenticate\b/)).toEqual(['authentication/authenticate.ts'])
  })

  test('finding 10, A8: nothing compares by WebCrypto, whose comparison was not constant in time in every Node', () => {
    expect(filesWith(/\bsubtle\b/)).toEqual([])
    expect(filesWith(/\btimingSafeEqual\b/)).toEqual(['crypto/hmac.ts'])
  })

  test('finding 1, D4: tokens are signed in one folder, and none is read that chooses its own algorithm', () => {
    expect(filesWith(/\bcreateHmac\b/)).toEqual(['crypto/hmac.ts'])
    expect(filesWith(/from 'hono\/(?:jwt|cookie|csrf)'|jsonwebtoken|from 'jose'/)).toEqual([])
  })

  test('13.2.4, J14: nothing calls out but two commands, to the address that a developer names; mails leave through the package that is named', () => {
    // Scripts of pages ask their own site; the client of tests asks the server under test.
    const asking = filesWith(/(?<![.\w])fetch\([^:)]*\)/).filter((name) => !name.startsWith('admin/browser/'))
    expect(asking).toEqual(['testing/client.ts'])
    const calling = String.raw`(?:\w+|\* as \w+|\{[^}]*\b(?:request|get|Agent|connect|createConnection|Socket|lookup|resolve\w*)\b[^}]*\})`
    expect(filesWith(new RegExp(`import (?!type )${calling} from 'node:(?:https?|http2|net|tls|dgram|dns)(?:/promises)?'`))).toEqual([
      'cli/attack-client.ts',
      'cli/probe/probe-client.ts',
    ])
  })

  test('13.3.1: no key and no password of anybody stands in what is packed', () => {
    expect(filesWith(/PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30}/)).toEqual([])
    const literal = /(?:secret|passw(?:or)?d|token|api_?key)\w*['"]?\s*[:=]\s*['"](?=[^'"]*\d)[\w+/-]{16,}['"]/i
    expect(filesWith(literal)).toEqual([])
    expect(literal.test("secretKey: 'h8f3k2l1m9n0p7q6r5'")).toBe(true)
  })

  test('I10: the environment is read by names of ours', () => {
    expect(filesWith(/\bprocess\.env\[(?!')/)).toEqual(['media/picture-process.ts'])
  })
})
