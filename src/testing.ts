/**
 * What tests of an application need: `portcullis/testing`. Works under any test runner.
 * @module
 */

export { testClock } from './testing/clock.js'
export { createFactories, type Factories, type UserOverrides } from './testing/factories.js'
export { createMailbox, type Mailbox } from './testing/mailbox.js'
