import { conform } from './conformance.js'
import { nextSubject } from './harness/next.js'

conform(nextSubject)
