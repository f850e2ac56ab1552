import { conform } from './conformance.js'
import { express5, expressOlder } from './harness/express.js'

conform(express5)
conform(expressOlder)
