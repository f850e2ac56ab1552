import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import { PICTURE_PROGRAM, runPictureProcess } from './picture-process.js'
import { sharpFile } from './sharp-package.js'

const folder = mkdtempSync(join(tmpdir(), 'portcullis_pictures_'))
afterAll(() => rmSync(folder, { recursive: true }))

const limits = JSON.stringify({ maxBytes: 1e6, maxPixels: 1e6, maxSide: 1000, memoryBytes: 5e8, size: 100 })
const run = (program: string, seconds = 5) => runPictureProcess({ program, parameters: [], bytes: Buffer.from('abc'), seconds })

describe('runPictureProcess', () => {
  test('gives the line and the bytes behind it', async () => {
    const echo = `process.stdout.write('+'); process.stdin.on('data', (c) => process.stdout.write('{"a":1}\\n' + c))`
    expect(await run(echo)).toEqual({ end: 'answer', line: '{"a":1}', bytes: Buffer.from('abc') })
  })

  test('J2: an endless loop ends, and its process with it', async () => {
    const file = join(folder, 'pid')
    const loop = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); require('node:fs').writeSync(1, '+'); for (;;);`
    expect(await run(loop, 0.2)).toEqual({ end: 'limit' })
    expect(() => process.kill(Number(readFileSync(file, 'utf8')), 0)).toThrow(/ESRCH/)
  })

  test('J2: a crash in the middle of an answer is no answer', async () => {
    expect(
      await run(`require('node:fs').writeSync(1, '+{"width":1}\\nhalf'); process.kill(process.pid, 'SIGSEGV'); setTimeout(() => 0, 1e6)`),
    ).toEqual({
      end: 'crash',
    })
    expect(await run(`process.stdout.write('+')`)).toEqual({ end: 'crash' })
  })

  test('J2: an answer without end is cut', async () => {
    const flood = `process.stdout.write('+'); const more = () => { while (process.stdout.write(Buffer.alloc(1e6))); process.stdout.once('drain', more) }; more()`
    expect(await run(flood, 60)).toEqual({ end: 'limit' })
  })

  test('what cannot start says why', async () => {
    const outcome = await runPictureProcess({
      program: PICTURE_PROGRAM,
      parameters: ['/nowhere/sharp.js', limits],
      bytes: Buffer.from('abc'),
      seconds: 5,
    })
    expect(outcome).toMatchObject({ end: 'no-start', message: expect.stringContaining('/nowhere/sharp.js') as string })
  })

  test('knows no secret of the site', async () => {
    process.env['PORTCULLIS_TEST_SECRET'] = 'secret'
    try {
      const outcome = await run(`process.stdout.write('+' + JSON.stringify(process.env) + '\\n')`)
      expect(outcome.end === 'answer' && outcome.line).not.toContain('secret')
    } finally {
      delete process.env['PORTCULLIS_TEST_SECRET']
    }
  })

  test('J1: has no decoder for SVG, TIFF and AVIF', async () => {
    const sharp = (await import('sharp')).default
    const square = sharp({ create: { width: 8, height: 8, channels: 3, background: '#c33' } })
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')
    for (const bytes of [svg, await square.tiff().toBuffer(), await square.avif().toBuffer()]) {
      const outcome = await runPictureProcess({ program: PICTURE_PROGRAM, parameters: [sharpFile(), limits], bytes, seconds: 5 })
      expect(outcome).toEqual({ end: 'answer', line: '{"refused":"invalid_image"}', bytes: Buffer.alloc(0) })
    }
  })
})
