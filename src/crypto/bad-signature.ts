/**
 * What a reader of signed text throws: nothing else, whatever it is given.
 * @module
 */

import { PortcullisError } from '../base/errors.js'

/** The text was not signed with any of the keys for this use, or what it carries cannot be read. */
export class BadSignature extends PortcullisError {}

/** The signature is right, and too old. `age` and `maxAge` are in seconds. */
export class SignatureExpired extends BadSignature {
  readonly age: number
  readonly maxAge: number

  constructor(age: number, maxAge: number) {
    super(`The signature is ${age} seconds old; ${maxAge} are allowed.`)
    this.age = age
    this.maxAge = maxAge
  }
}
