import { describe, expect, test } from 'vitest'

import { png } from '../../test/support/pictures.js'
import { ValidationError } from '../base/errors.js'
import { preparePicture, savePicture } from './save-picture.js'
import type { MediaStorage } from './storage.js'

function inMemory(): { kept: Map<string, Uint8Array>; storage: MediaStorage } {
  const kept = new Map<string, Uint8Array>()
  const storage: MediaStorage = {
    save: (name, bytes) => Promise.resolve(kept.set(name, bytes)).then(() => name),
    open: () => Promise.resolve(null),
    delete: (name) => Promise.resolve(kept.delete(name)),
  }
  return { kept, storage }
}

describe('savePicture', () => {
  test('J3, J4: keeps what was decoded, under a name and an ending of ours', async () => {
    const { kept, storage } = inMemory()
    const sent = png(20, 10)
    const name = await savePicture(sent, { storage, uploadTo: 'profile_pics', limits: { size: 10 } })
    expect(name).toMatch(/^profile_pics\/[a-z0-9]{26}\.webp$/)
    expect([...kept.keys()]).toEqual([name])
    expect(Buffer.from(kept.get(name) ?? []).toString('latin1', 8, 12)).toBe('WEBP')
  })

  test('5.4.3: keeps nothing that the scanner refuses, or that is no picture', async () => {
    const { kept, storage } = inMemory()
    const scanned: number[] = []
    const scan = (bytes: Uint8Array): Promise<boolean> => Promise.resolve(scanned.push(bytes.length) > 1)
    const sent = png(20, 10)
    const refused = await savePicture(sent, { storage, uploadTo: '', scan }).catch((error: unknown) => error)
    expect(refused instanceof ValidationError && refused.codes).toEqual(['invalid_image'])
    await expect(savePicture(Buffer.from('<?php'), { storage, uploadTo: '', scan })).rejects.toThrow(ValidationError)
    expect(kept.size).toBe(0)
    await savePicture(sent, { storage, uploadTo: '', scan })
    expect([kept.size, scanned]).toEqual([1, [sent.length, sent.length]])
  })
})

describe('preparePicture', () => {
  test('keeps nothing until it is told to', async () => {
    const { kept, storage } = inMemory()
    const picture = await preparePicture(png(20, 10), { storage })
    expect(kept.size).toBe(0)
    const name = await picture.store('pics')
    expect([...kept.keys()]).toEqual([name])
  })

  test('J3: a folder that is none is refused before a picture is looked at', async () => {
    const { storage } = inMemory()
    await expect(savePicture(Buffer.from('no picture'), { storage, uploadTo: '../x' })).rejects.toThrow(/uploadTo/)
  })
})
