/**
 * A mailbox for tests: pass it as `mail: { transport: mailbox }`, and every mail of the site stays in it.
 * @module
 */

export { memoryTransport as createMailbox, type Mailbox } from '../mail/memory-transport.js'
