/**
 * What tests of an application need: `portcullis/testing`. Works under any test runner.
 * @module
 */

export { testClock } from './testing/clock.js'
export { createClient, TestClient, type ClientOptions, type ClientTarget } from './testing/client.js'
export { createFactories, type Factories, type UserOverrides } from './testing/factories.js'
export { createMailbox, type Mailbox } from './testing/mailbox.js'
export { expectMatrix, type Matrix, type MatrixRow, type Outcome } from './testing/matrix.js'
