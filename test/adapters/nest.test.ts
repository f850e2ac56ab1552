import { conform } from './conformance.js'
import { nestSubject } from './harness/nest.js'

conform(nestSubject)
