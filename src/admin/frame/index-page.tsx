/**
 * The first page of the admin, and the page of one app: what somebody may see, and what they did last.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Moment } from '../../pages/components/moment.js'
import { appName } from '../admin-site.js'
import { readChangeMessage } from '../log/change-message.js'
import { recentActions, type LoggedAction } from '../log/read-log.js'
import { capitalized } from '../model-admin.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { linkedApps, ModelEntry, type LinkedApp } from './model-links.js'
import { adminPage, headerOf } from './page.js'

/** Of the recent actions, so many are shown. Django's number. */
const MOST_RECENT = 10

/** The pages. */
export const indexPages: { readonly index: AdminPageHandlers; readonly app: AdminPageHandlers } = {
  index: {
    async GET(visit) {
      const apps = await linkedApps(visit)
      const recent = await recentActions(visit, MOST_RECENT)
      return adminPage(visit, {
        title: visit.admin.options.indexTitle ?? 'What there is to look after',
        breadcrumbs: [],
        content: (
          <div class="pa-index">
            <div class="pa-apps">{appSections(visit, apps)}</div>
            <Recent visit={visit} actions={recent} />
          </div>
        ),
      })
    },
  },
  app: {
    async GET(visit) {
      const [label = ''] = visit.parameters
      return appPage(visit, label)
    },
  },
}

/** The page of one app. */
export async function appPage(visit: AdminVisit, label: string): Promise<Response> {
  const apps = (await linkedApps(visit)).filter((one) => one.label === label)
  if (apps.length === 0) return visit.notFound()
  return adminPage(visit, {
    title: appName(label),
    breadcrumbs: [{ label: headerOf(visit), href: `${visit.base}/` }, { label: appName(label) }],
    content: <div class="pa-apps">{appSections(visit, apps)}</div>,
  })
}

function appSections(visit: AdminVisit, apps: readonly LinkedApp[]): JSX.Element {
  if (apps.length === 0) {
    return (
      <div class="pc-card pa-empty">
        <h2>Nothing yet</h2>
        <p class="pc-soft">Your account may enter, but it has no permission on any of the models. Ask who runs the site.</p>
      </div>
    )
  }
  return (
    <>
      {apps.map((app) => (
        <section class="pc-card pa-app" aria-labelledby={`app-${app.label}`}>
          <h2 id={`app-${app.label}`}>
            <a href={`${visit.base}/${app.label}/`}>{app.name}</a>
          </h2>
          <ul class="pa-models">
            {app.models.map((links) => (
              <li>
                <ModelEntry base={visit.base} links={links} />
              </li>
            ))}
            {app.pages.map(({ label, href }) => (
              <li>
                <a href={href}>{label}</a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function Recent({ visit, actions }: { readonly visit: AdminVisit; readonly actions: readonly LoggedAction[] }): JSX.Element {
  return (
    <section class="pc-card pa-recent" aria-labelledby="recent">
      <h2 id="recent">What you did last</h2>
      {actions.length === 0 ? (
        <p class="pc-soft">Nothing yet. What you add, change or delete here is noted.</p>
      ) : (
        <ol class="pa-actions">
          {actions.map((one) => (
            <li class={`pa-action pa-action-${one.kind}`}>
              {one.href === null ? <span>{one.name}</span> : <a href={one.href}>{one.name}</a>}
              <span class="pc-soft pc-small">
                {capitalized(one.modelName)} ·{' '}
                {one.kind === 'changed' ? readChangeMessage(one.message) : one.kind === 'added' ? 'Added.' : 'Deleted.'} · <Moment at={one.time} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {visit.staff.isSuperuser && visit.admin.all.some((one) => one.model.label === 'admin.LogEntry') && (
        <p>
          <a href={`${visit.base}/admin/logentry/`}>Everything that was done</a>
        </p>
      )}
    </section>
  )
}
