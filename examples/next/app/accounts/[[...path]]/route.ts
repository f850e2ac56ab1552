/**
 * The account pages.
 * @module
 */

import { auth, pages } from '../../../auth'

export const { GET, POST } = pages({ '/accounts': auth.pages() })
