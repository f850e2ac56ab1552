/**
 * The bar beside every page: the models that somebody may see, the way to add one, and where they are now.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { ModelEntry, type LinkedApp } from './model-links.js'

/** The bar. Without scripts it has no filter, and is whole all the same. */
export function Sidebar({
  visit,
  apps,
  current,
}: {
  readonly visit: AdminVisit
  readonly apps: readonly LinkedApp[]
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
            {app.models.map((links) => (
              <li class={links.admin === current ? 'pa-side-model pa-side-current' : 'pa-side-model'}>
                <ModelEntry base={visit.base} links={links} isCurrent={links.admin === current} />
              </li>
            ))}
            {app.pages.map(({ label, href }) => {
              const isCurrent = href === visit.request.path
              return (
                <li class={isCurrent ? 'pa-side-model pa-side-current' : 'pa-side-model'}>
                  <a href={href} {...(isCurrent ? { 'aria-current': 'page' } : {})}>
                    {label}
                  </a>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </nav>
  )
}
