/**
 * The pages that add, change and delete one object, and what their fields ask while somebody types.
 * @module
 */

import type { ModelAdmin } from '../model-admin.js'
import type { ModelPages } from '../routes.js'
import type { AdminPageHandlers } from '../special.js'

const later = (_admin: ModelAdmin): AdminPageHandlers => ({ GET: async (visit) => visit.notFound() })

/** The pages. */
export const addPages: Pick<ModelPages, 'add' | 'change' | 'delete'> & { readonly others: { readonly autocomplete: (admin: ModelAdmin) => AdminPageHandlers } } = {
  add: later,
  change: later,
  delete: later,
  others: { autocomplete: later },
}
