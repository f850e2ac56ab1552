/**
 * The bar beside every page: the models that somebody may see, the way to add one, and where they are now.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** An app in the bar, with what may be added to. */
export interface SideApp {
  readonly label: string
  readonly name: string
  readonly models: readonly { readonly admin: ModelAdmin; readonly mayAdd: boolean; readonly mayView: boolean }[]
}

/** What the bar shows. The rights are read once for a request, however many models there are. */
export async function sideApps(visit: AdminVisit): Promise<SideApp[]> {
  const apps = await visit.admin.visibleTo(visit.request)
  return Promise.all(
    apps.map(async ({ label, name, models }) => ({
      label,
      name,
      models: await Promise.all(
        models.map(async (admin) => ({ admin, mayAdd: await admin.canAdd(visit.request), mayView: await admin.canView(visit.request) })),
      ),
    })),
  )
}

/** The bar. Without scripts it has no filter, and is whole all the same. */
export function Sidebar({
  visit,
  apps,
  current,
}: {
  readonly visit: AdminVisit
  readonly apps: readonly SideApp[]
  readonly current: ModelAdmin | undefined
}): JSX.Element {
  return (
    <nav class="pa-side" id="models" aria-label="Models" tabindex={-1}>
      <div class="pa-side-filter" data-filter=".pa-side-model"></div>
      {apps.map((app) => (
        <section class="pa-side-app">
          <h2>
            <a href={`${visit.base}/${app.label}/`}>{app.name}</a>
          </h2>
          <ul>
            {app.models.map(({ admin, mayAdd, mayView }) => (
              <li class={admin === current ? 'pa-side-model pa-side-current' : 'pa-side-model'}>
                {mayView ? (
                  <a href={admin.url(visit.base)} {...(admin === current ? { 'aria-current': 'page' } : {})}>
                    {admin.titlePlural}
                  </a>
                ) : (
                  <span>{admin.titlePlural}</span>
                )}
                {mayAdd && (
                  <a class="pa-side-add" href={admin.url(visit.base, 'add')} aria-label={`Add ${admin.meta.verboseName}`}>
                    <Icon name="plus" size={14} />
                    Add
                  </a>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}
