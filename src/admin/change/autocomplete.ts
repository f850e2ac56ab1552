/**
 * What somebody may have meant while they type: JSON for our own scripts, in the form Django's admin gives it.
 * @module
 */

import type { ModelAdmin } from '../model-admin.js'
import type { AdminPageHandlers } from '../special.js'
import { LONGEST_SEARCH } from '../list/search.js'
import { LAST_SEARCH_PAGE, targetOf } from './targets.js'

/** The answers for one model: for who may see its objects, and only by the fields it says it is searched by (I1, I3). */
export function autocompletePage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const target = targetOf(visit, admin.model)
      if (!(await target.canSearch())) return visit.notFound()
      const { query } = visit.request
      const isKnown = [...query.keys()].every((name) => name === 'term' || name === 'page')
      const page = Number(query.get('page') ?? '1')
      const term = query.get('term') ?? ''
      if (
        !isKnown ||
        query.getAll('term').length > 1 ||
        term.length > LONGEST_SEARCH ||
        !Number.isSafeInteger(page) ||
        page < 1 ||
        page > LAST_SEARCH_PAGE
      )
        return visit.refuse({ status: 400, code: 'bad_request', reason: 'term or page is none' })
      const { options, hasMore } = await target.search(term, page)
      return visit.json({
        results: options.map(({ key, label }) => ({ id: key, text: label })),
        pagination: { more: hasMore && page < LAST_SEARCH_PAGE },
      })
    },
  }
}
