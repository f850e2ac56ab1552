/**
 * How a command ends without doing what it was asked: it was called wrongly, it said no, or the person at the keyboard did.
 * @module
 */

import { PortcullisError } from '../base/errors.js'

/** Called wrongly: an option that does not exist, a site that cannot be found. Exit code 2. */
export class Misuse extends PortcullisError {}

/** Understood, and not done: there is no such user, the name is taken. Exit code 1. */
export class Refusal extends PortcullisError {}

/** Ctrl-C, at a question or between two. Exit code 1. */
export class Cancelled extends PortcullisError {
  constructor() {
    super('Operation cancelled.')
  }
}
