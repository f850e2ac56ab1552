import { afterEach, describe, expect, test, vi } from 'vitest'
import { errorListener } from './error-listener.js'

afterEach(() => vi.restoreAllMocks())

describe('errorListener', () => {
  const error = new Error('the disk is read-only')
  const failure = new Error('the tracker is down')
  const printed = () => vi.spyOn(console, 'error').mockImplementation(() => {})

  test('tells the application at once, and nobody else', () => {
    const [print, heard] = [printed(), vi.fn()]
    errorListener(heard)(error)
    expect(heard.mock.calls).toEqual([[error]])
    expect(print).not.toHaveBeenCalled()
  })

  test('prints where the application does not listen', () => {
    const print = printed()
    errorListener()(error)
    expect(print.mock.calls).toEqual([['portcullis:', error]])
  })

  test.each([
    [
      'throws',
      () => {
        throw failure
      },
    ],
    ['rejects', () => Promise.reject(failure)],
  ])('an application that %s loses neither error, and nobody meets a third', async (_how, onError) => {
    const print = printed()
    expect(() => errorListener(onError)(error)).not.toThrow()
    await vi.waitFor(() =>
      expect(print.mock.calls).toEqual([
        ['portcullis:', error],
        ['portcullis:', failure],
      ]),
    )
  })
})
