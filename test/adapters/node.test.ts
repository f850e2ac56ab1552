import { conform } from './conformance.js'
import { nodeSubject } from './harness/node.js'

conform(nodeSubject)
