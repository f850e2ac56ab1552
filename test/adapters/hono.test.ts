import { conform } from './conformance.js'
import { honoOnNode, honoFetch, honoMounted } from './harness/hono.js'

conform(honoOnNode)
conform(honoFetch)
conform(honoMounted)
