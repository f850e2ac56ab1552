import { expect, test } from 'vitest'
import { KnownRequests } from './known-requests.js'
import type { SiteRequest } from './site-request.js'

const [first, second] = [{ name: 'first' }, { name: 'second' }] as unknown as [SiteRequest, SiteRequest]

test('each site knows a request by itself, and nobody sees the note', () => {
  const [one, other] = [new KnownRequests(), new KnownRequests()]
  const raw = { url: '/' }
  one.add(raw, first)
  expect([one.find(raw), other.find(raw), other.find({})]).toEqual([first, null, null])
  other.add(raw, second)
  expect([one.find(raw), other.find(raw)]).toEqual([first, second])
  expect(Object.keys(raw)).toEqual(['url'])
  expect(one.find({ ...raw })).toBeNull()
})

test('one that is opened anew is the new one, and one that takes no property is known all the same', () => {
  const known = new KnownRequests()
  const frozen = Object.freeze({ url: '/' })
  known.add(frozen, first)
  known.add(frozen, second)
  expect(known.find(frozen)).toBe(second)
  const raw = {}
  known.add(raw, first)
  known.add(raw, second)
  expect(known.find(raw)).toBe(second)
})
