import { expect, test } from 'vitest'

import * as signing from './signing.js'

test('portcullis/signing offers what Django’s module does', () => {
  expect(Object.keys(signing).sort()).toEqual(['BadSignature', 'Keys', 'SignatureExpired', 'Signer', 'TimestampSigner', 'dumps', 'loads'])
  expect(signing.loads(signing.dumps({ id: 1 }, { key: 'secret' }), { key: 'secret', maxAge: 60 })).toEqual({ id: 1 })
})
