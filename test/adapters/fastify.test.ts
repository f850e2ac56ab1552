import { conform } from './conformance.js'
import { fastifySubject, injectSubject } from './harness/fastify.js'

conform(fastifySubject)
conform(injectSubject)
