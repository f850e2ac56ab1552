import { conform } from './conformance.js'
import { koaSubject } from './harness/koa.js'

conform(koaSubject)
