/**
 * The pages that add and change one object, and what their fields ask while somebody types.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import { deletePage } from '../remove/delete-page.js'
import type { ModelPages } from '../routes.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { openForm } from './admin-form.js'
import { autocompletePage } from './autocomplete.js'
import { formPage } from './form-page.js'
import { initialFrom } from './initial.js'
import { missing } from './missing.js'
import { receive } from './receive.js'

/** The pages. */
export const addPages: Pick<ModelPages, 'add' | 'change' | 'delete'> & {
  readonly others: { readonly autocomplete: (admin: ModelAdmin) => AdminPageHandlers }
} = {
  add: addPage,
  change: changePage,
  delete: deletePage,
  others: { autocomplete: autocompletePage },
}

function addPage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      if (!(await admin.canAdd(visit.request))) return visit.forbidden(`lacks ${admin.permission('add')}`)
      return formPage({ form: await openForm(visit, admin, null, initialFrom(visit, admin)) })
    },
    async POST(visit) {
      if (!(await admin.canAdd(visit.request))) return visit.forbidden(`lacks ${admin.permission('add')}`)
      return receive(visit, admin, null)
    },
  }
}

function changePage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      // The right comes before the object, so that nobody learns which there are (I3).
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const row = await findRow(visit, admin)
      if (row === null) return missing(visit, admin)
      if (!(await admin.canView(visit.request, row))) return visit.forbidden('may not see this object')
      return formPage({ form: await openForm(visit, admin, row) })
    },
    async POST(visit) {
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const row = await findRow(visit, admin)
      if (row === null) return missing(visit, admin)
      if (!(await admin.canChange(visit.request, row))) return visit.forbidden(`lacks ${admin.permission('change')}`)
      return receive(visit, admin, row)
    },
  }
}

async function findRow(visit: AdminVisit, admin: ModelAdmin): Promise<Model | null> {
  return admin.find(visit.parameters[0] ?? '')
}
