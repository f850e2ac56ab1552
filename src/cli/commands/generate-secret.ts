/**
 * `portcullis generate-secret`: prints a secret key. Needs no site.
 * @module
 */

import { ALPHANUMERIC, getRandomString } from '../../crypto/random.js'
import { done, type Outcome } from '../outcome.js'

/** 64 of 62 letters are 381 bits. Letters and digits only, so that no shell, `.env` file or YAML reads any of them as something else. */
const LENGTH = 64

/** Makes a key for `secretKey`; Django takes it as `SECRET_KEY` too. */
export function generateSecret(): Outcome {
  const secretKey = getRandomString(LENGTH, ALPHANUMERIC)
  return done(secretKey, { secretKey })
}
