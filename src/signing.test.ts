import { expect, test } from 'vitest'

import * as signing from './signing.js'

test('portcullis/signing offers what Django’s module does', () => {
  const names = ['BadSignature', 'Keys', 'SignatureExpired', 'Signer', 'TimestampSigner', 'dumps', 'loads']
  const beneath = ['constantTimeCompare', 'getRandomString', 'saltedHmac', 'signCookie', 'unsignCookie']
  expect(Object.keys(signing).toSorted()).toEqual([...names, ...beneath].toSorted())
  expect(signing.loads(signing.dumps({ id: 1 }, { key: 'secret' }), { key: 'secret', maxAge: 60 })).toEqual({ id: 1 })
})
