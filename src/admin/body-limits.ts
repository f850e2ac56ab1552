/**
 * How much a form of the admin may hold.
 * @module
 */

import type { BodyLimits } from '../protection/body/request-data.js'

/** Forms of the admin are long: two panes of permissions, rows of a list, a picture, a text as long as a chapter. */
export const ADMIN_BODY_LIMITS: BodyLimits = { totalBytes: 8 * 1024 * 1024, fields: 20_000, files: 20, fieldBytes: 1024 * 1024 }
